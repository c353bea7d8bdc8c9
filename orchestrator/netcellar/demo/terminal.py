"""One login at a simulated device: what it prints for what is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import asyncssh

from .configs import config_of
from .dialects import DIALECTS, Dialect, display_set

Fault = Literal["", "password", "down", "hangup", "error", "silent", "stuck", "slow", "hostname", "host_key", "old"]
PIECE = 7


@dataclass
class LabDevice:
    """A simulated device. It may be altered while it runs; the next login sees it.

    ``fault`` is what goes wrong with it: it refuses the ``password``, is ``down``, hangs up in mid-config, answers an
    ``error`` instead of a configuration, falls ``silent`` after the login, is ``stuck`` before it, sends ``slow``
    (7 bytes at a time), bears another ``hostname``, shows a ``host_key`` that is not the known one, or knows only
    ``old`` algorithms. ``delay`` is the time in seconds before each answer. ``page`` is the length of a page in lines;
    a device that ``always_pages`` does so also where paging was turned off. An ``enable_password`` makes the login an
    unprivileged one where the platform knows that.
    """

    name: str
    platform: str
    user: str = "backup"
    password: str = "backup"  # noqa: S105 - the laboratory's own
    enable_password: str = ""
    fault: Fault = ""
    size: int = 4000
    config: str = ""
    startup: str = ""
    page: int = 24
    always_pages: bool = False
    delay: float = 0.0
    banner: str = ""
    logins: int = 0
    tries: int = 0
    sessions: int = 0
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.config = self.config or config_of(self.platform, self.shown_name, self.size)
        self.startup = self.startup or self.config

    @property
    def shown_name(self) -> str:
        """The host name the device bears, which is not its name where that is the fault."""
        return "somebody-else" if self.fault == "hostname" else self.name

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.platform]


class Terminal:
    """The shell of one login. ``read_number`` gives a new number for every read of a configuration."""

    def __init__(
        self, device: LabDevice, process: asyncssh.SSHServerProcess[bytes], read_number: Callable[[], int]
    ) -> None:
        self._device = device
        self._dialect = device.dialect
        self._process = process
        self._read_number = read_number
        self._privileged = not (self._dialect.user_prompt and device.enable_password)
        self._pages_on = True
        self._pages: list[str] = []
        self._typed = ""
        self._echo = ""
        self._asking = False

    async def run(self) -> None:
        """Serve the login until the client leaves."""
        if self._process.command is not None:
            return await self._exec(" ".join(self._process.command.split()))
        if self._device.fault == "silent":
            await self._process.stdin.read()
            return None
        await self._send(f"{self._device.banner}\n{self._prompt}")
        last = ""
        while data := await self._process.stdin.read(4096):
            for key in data.decode("utf-8", "replace"):
                if not (key == "\n" and last == "\r") and await self._key(key):
                    return self._process.exit(0)
                last = key
            self._flush_echo()
        return None

    @property
    def _prompt(self) -> str:
        shape = self._dialect.prompt if self._privileged else self._dialect.user_prompt
        return shape.format(name=self._device.shown_name, user=self._device.user)

    async def _send(self, text: str) -> None:
        echo, self._echo = self._echo, ""
        data = (echo + text.replace("\n", "\r\n")).encode()
        step = PIECE if self._device.fault == "slow" else len(data) or 1
        for start in range(0, len(data), step):
            self._process.stdout.write(data[start : start + step])
            if self._device.fault == "slow" and start % 1400 == 0:
                await self._process.stdout.drain()
                await asyncio.sleep(0)
        await self._process.stdout.drain()

    async def _key(self, key: str) -> bool:
        """Take one typed character; true when the login is over."""
        if self._pages:
            await self._page(key)
        elif key in "\r\n":
            typed, self._typed = self._typed, ""
            return await self._line(typed)
        elif key == "\x15":
            self._echo += "\b \b" * len(self._typed)
            self._typed = ""
        elif key >= " ":
            self._typed += key
            if not self._asking:
                self._echo += key
        return False

    def _flush_echo(self) -> None:
        """The echo of what came in one piece goes out in one piece, as devices send it."""
        echo, self._echo = self._echo, ""
        if echo:
            self._process.stdout.write(echo.encode())

    async def _line(self, typed: str) -> bool:
        if self._asking:
            await self._password(typed)
            return False
        command = " ".join(typed.split())
        self._echo += self._dialect.echo_end
        if self._device.delay or self._device.fault == "slow":
            self._flush_echo()
        if command in {"exit", "quit", "logout"}:
            return True
        if self._device.delay:
            await asyncio.sleep(self._device.delay)
        if command:
            self._device.commands.append(command)
        await self._run(command)
        return False

    async def _run(self, command: str) -> None:
        dialect = self._dialect
        if command == "enable" and dialect.user_prompt and not self._privileged:
            self._asking = True
            return await self._send("Password: ")
        if command in dialect.paging_off:
            self._pages_on = False
        elif (text := self._config(command)) is not None:
            return await self._answer(text)
        elif command and not command.startswith(dialect.accepted or "\0") and command != "enable":
            return await self._send(self._invalid(command) + self._prompt)
        reply = next((text for start, text in dialect.replies.items() if command.startswith(start)), "")
        return await self._send(reply + self._prompt)

    def _config(self, command: str) -> str | None:
        """The configuration that a command asks for, or None where it asks for something else."""
        for artifact in ("running", "startup"):
            if self._privileged and command in getattr(self._dialect, artifact):
                if self._device.fault == "error":
                    return self._invalid(command)
                config = self._device.config if artifact == "running" else self._device.startup
                if "display set" in command:
                    return display_set(config)
                return self._dialect.frame(config, artifact, self._read_number())
        return None

    def _invalid(self, command: str) -> str:
        mark = " " * (len(self._prompt.strip()) + 1)
        return self._dialect.invalid.format(mark=mark, command=command, word=command.split(maxsplit=1)[0])

    async def _answer(self, text: str) -> None:
        if self._device.fault == "hangup":
            await self._send(text[: len(text) // 2])
            return self._process.channel.get_connection().abort()
        lines = f"{text}{self._prompt}".split("\n")
        paged = self._device.always_pages or (self._pages_on and self._dialect.paging_off)
        if not paged or len(lines) <= self._device.page:
            return await self._send("\n".join(lines))
        step = self._device.page - 1
        self._pages = ["\n".join(lines[start : start + step]) for start in range(0, len(lines), step)]
        return await self._send(self._pages.pop(0) + "\n" + self._dialect.pager)

    async def _page(self, key: str) -> None:
        self._echo += self._dialect.wipe
        if key in "qQ\x03":
            self._pages = []
            return await self._send(self._prompt)
        page = self._pages.pop(0)
        return await self._send(f"{page}\n{self._dialect.pager}" if self._pages else page)

    async def _password(self, typed: str) -> None:
        self._asking = False
        if typed == self._device.enable_password:
            self._privileged = True
            await self._send(f"\n{self._prompt}")
        else:
            await self._send(f"\n% Bad secrets\n\n{self._prompt}")

    async def _exec(self, command: str) -> None:
        self._device.commands.append(command)
        if self._device.delay:
            await asyncio.sleep(self._device.delay)
        if self._device.fault == "silent":
            await self._process.stdin.read()
            return None
        text = self._config(command) if self._dialect.exec_channel else None
        if text is None:
            await self._send(self._invalid(command))
            return self._process.exit(1)
        if self._device.fault == "hangup":
            await self._send(text[: len(text) // 2])
            return self._process.channel.get_connection().abort()
        await self._send(text)
        return self._process.exit(0)
