"""A device whose every byte a test writes down: a real SSH server on the loopback interface, in the test's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncssh
from ansible_collections.netcellar.backup.plugins.module_utils.platform import Platform
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits, Peer, Reading, Session

CONFIG = "Building configuration...\n\nversion 17.3\nhostname r1\n!\ninterface Loopback0\n!\nend\n"
# So long that no load on the machine matters; what is to run into a limit gets one of its own.
PATIENT = Limits(connect=60, command=60, device=120)


class Wire:
    """The device's end of the session."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.process = process
        self.typed: list[str] = []

    def send(self, text: str | bytes, piece: int = 0) -> None:
        """Send text as it is (``\\n`` becomes ``\\r\\n``) or bytes; ``piece`` bytes at a time."""
        data = text.replace("\n", "\r\n").encode() if isinstance(text, str) else text
        for start in range(0, len(data), piece or len(data) or 1):
            self.process.stdout.write(data[start : start + (piece or len(data))])

    async def line(self) -> str:
        """The next line that is typed."""
        data = await self.process.stdin.readline()
        if not data:
            raise asyncssh.ConnectionLost("the client has left")
        self.typed.append(data.decode().rstrip("\n"))
        return self.typed[-1]

    async def key(self) -> str:
        """The next key that is typed."""
        return (await self.process.stdin.readexactly(1)).decode()

    def hang_up(self) -> None:
        """Drop the line without a word."""
        self.process.channel.get_connection().abort()


Script = Callable[[Wire], Awaitable[None]]


class Device:
    """A scripted IOS device: the ordinary dialogue, each part of which a test may replace."""

    prompt = "r1#"
    login = "\nr1#"
    config = CONFIG
    piece = 0

    def __init__(self) -> None:
        self.typed: list[str] = []

    async def run(self, wire: Wire) -> None:
        """The whole session."""
        self.typed = wire.typed
        wire.send(self.login, self.piece)
        while True:
            command = await wire.line()
            self.echo(wire, command)
            if command.startswith("show "):
                await self.show(wire)
            wire.send(self.prompt, self.piece)

    def echo(self, wire: Wire, command: str) -> None:
        """What comes back of the command itself."""
        wire.send(f"{command}\n", self.piece)

    async def show(self, wire: Wire) -> None:
        """The configuration."""
        wire.send(self.config, self.piece)


async def serve(script: Script) -> asyncssh.SSHAcceptor:
    """A server for one script; any user and password will do."""

    class Open(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return False

    async def session(process: asyncssh.SSHServerProcess[bytes]) -> None:
        try:
            await script(Wire(process))
        except (OSError, asyncssh.Error, asyncio.IncompleteReadError):
            process.close()

    return await asyncssh.create_server(
        Open, "127.0.0.1", 0, server_host_keys=[KEY], process_factory=session, encoding=None, line_editor=False
    )


KEY = asyncssh.generate_private_key("ssh-ed25519")


def read(
    script: Script,
    *,
    platform: Platform | str = "cisco_ios",
    artifacts: tuple[str, ...] = ("running",),
    become: str | None = None,
    limits: Limits = PATIENT,
) -> Reading:
    """Read a scripted device to the end. Raises SessionError."""

    async def work() -> Reading:
        server = await serve(script)
        try:
            known = platform_for(platform) if isinstance(platform, str) else platform
            credential = Credential("test", "somebody", "Pass-word1", become_password=become)
            peer = Peer("127.0.0.1", server.get_port(), known, artifacts, (credential,))
            return await Session(peer, HostKeys("off", Path("unused")), limits).read()
        finally:
            server.close()
            await _end_sessions()

    return asyncio.run(work())


async def _end_sessions() -> None:
    rest: list[asyncio.Task[Any]] = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def running(script: Script, **options: Any) -> Answer:
    """The answer that holds the running configuration of a scripted device."""
    return read(script, **options).transcripts["running"].answers[-1]
