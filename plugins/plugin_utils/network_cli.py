# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sessions with devices that are reached through ``ansible.netcommon.network_cli``.

The plugins log in, gain rights and switch paging off, in a process for each device. Then their line is ours: the same
dialogue as over every other session asks for the configurations, so the same bytes come to the same judge.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ..module_utils.errors import NetcellarError
from ..module_utils.platform import Platform, Prompt
from .breaker import Account, Turn
from .channel import Feed
from .connect import Credential, host_key_message
from .dialogue import Dialogue, SessionError
from .netcommon import Call, option_names, require_netcommon, terminal_of
from .nursery import Nursery
from .session import Session
from .shell import Shell
from .variables import HostVariables

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

CHUNK = 65536
# Sessions at a time: each is a process.
MOST_PROCESSES = 50


@dataclass(frozen=True, slots=True)
class Way:
    """How a host is reached: ``terminal`` is the name of its terminal plugin, ``options`` the plugins' variables."""

    terminal: str
    options: Mapping[str, Any] = field(repr=False)


def way_to(platform: Platform, variables: HostVariables) -> Way:
    """How a host of the platform is reached. Raises NetcellarError of class unsupported where it cannot be."""
    require_netcommon()
    if platform.channel != "shell":
        message = f"{platform.network_os} is asked by single commands, and network_cli has only a shell"
        raise NetcellarError(message, remedy="leave netcellar_transport out", error="unsupported")
    if variables.value("netcellar_jump_host"):
        message = "netcellar_jump_host is not for hosts whose netcellar_transport is network_cli"
        raise NetcellarError(message, remedy="use ansible_libssh_proxy_command", error="unsupported")
    terminal = terminal_of((variables.text("ansible_network_os"), *platform.aliases))
    options = {name: variables.value(name) for name in sorted(option_names())}
    return Way(terminal, {name: value for name, value in options.items() if value is not None})


class Line:
    """Our end of the line to one device; ``_leave`` of a session ends it as it ends a connection."""

    def __init__(
        self, nursery: Nursery, child: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._nursery = nursery
        self._child: int | None = child
        self._reader = reader
        self._writer = writer
        self._relay: asyncio.Task[None] | None = None

    async def hear(self, word: str) -> str:
        """The value that the child tells for ``word``. Raises SessionError for a fault that it tells instead."""
        told: dict[str, str] = json.loads(await self._reader.readline() or "{}")
        if word in told:
            return told[word]
        raise SessionError(told.get("error", "internal"), told.get("message", _BROKE))  # type: ignore[arg-type]

    def go_on(self) -> None:
        """Let the child log in: the host key is trusted."""
        self._writer.write(b"\n")

    def feed(self, feed: Feed, first: str) -> None:
        """Let ``feed`` hear ``first`` and then all that the device sends."""
        feed.connection_made(self._writer.transport)  # type: ignore[arg-type]
        feed.data_received(f"\r\n{first}".encode(), None)
        self._relay = asyncio.create_task(self._carry(feed))

    def close(self) -> None:
        """Say goodbye."""
        if self._writer.can_write_eof() and not self._writer.is_closing():
            self._writer.write_eof()

    async def wait_closed(self) -> None:
        """Wait until the child has said goodbye too."""
        if self._relay:
            await self._relay
        self.abort()

    def abort(self) -> None:
        """End it at once, whatever the child does."""
        if self._relay:
            self._relay.cancel()
        self._writer.transport.abort()
        child, self._child = self._child, None
        if child is not None:
            self._nursery.end(child)

    async def _carry(self, feed: Feed) -> None:
        try:
            while data := await self._reader.read(CHUNK):
                feed.data_received(data, None)
        except OSError as error:
            feed.connection_lost(error)
        else:
            feed.connection_lost(None)


_BROKE = "the plugins of network_cli ended without a word"


class NetworkCliSession(Session):
    """A session over such a line."""

    def __init__(self, nursery: Nursery, way: Way, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._nursery = nursery
        self._way = way
        self._first = ""

    async def _log_in(self) -> tuple[Any, Credential]:
        refused = SessionError("no_credential", f"there is no credential for {self._peer.where}")
        for one in self._peer.credentials:
            try:
                return await self._line(one), one
            except SessionError as error:
                if error.error != "auth":
                    raise
                refused = error
        raise refused

    async def _line(self, one: Credential) -> Line:
        """The line, when the terminal plugin is done with it. Raises SessionError."""
        account = self._breaker.account(one) if self._breaker else None
        if account:
            account.check()
        child, channel = self._nursery.bear(self._call(one).order())
        line = Line(self._nursery, child, *await asyncio.open_unix_connection(sock=channel))
        try:
            await self._enter(line, account)
            self._first = await line.hear("ready")
        except BaseException:
            line.abort()
            raise
        return line

    async def _enter(self, line: Line, account: Account | None) -> None:
        """From the host key to the login; waiting for the breaker is not the device's time."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with self._in_time(self._limits.connect):
            key = asyncssh.import_public_key(await line.hear("key"))
        left = self._limits.connect - (loop.time() - began)
        self._judge(key)
        async with _turn(account):
            line.go_on()
            async with self._in_time(left):
                await line.hear("accepted")
        peer = self._peer
        if not self._host_keys.trusts(peer.address, peer.port, key):
            self._host_keys.learn(peer.address, peer.port, key)

    def _judge(self, key: Any) -> None:
        """Refuse a host key that is neither known nor to be learned: nothing was told to the device so far."""
        keys, address, port = self._host_keys, self._peer.address, self._peer.port
        if not keys.trusts(address, port, key) and not keys.may_learn(address, port):
            raise SessionError("host_key", host_key_message(self._peer.where, keys, address, port, key))

    @asynccontextmanager
    async def _in_time(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            message = f"{self._peer.where} did not complete the login within {self._limits.connect:g} s"
            raise SessionError("connect_timeout", message) from None

    def _call(self, one: Credential) -> Call:
        peer, limits = self._peer, self._limits
        return Call(
            address=peer.address,
            port=peer.port,
            network_os=self._way.terminal,
            name=one.name,
            user=one.user,
            password=one.password,
            private_key_file=one.private_key_file,
            become_password=one.become_password,
            agent=one.agent is not None,
            kinds=",".join(self._host_keys.algorithms(peer.address, peer.port)),
            seconds=limits.connect,
            silence=limits.command,
            options=self._way.options,
        )

    async def _dialogue(self, connection: Any) -> Dialogue:
        feed = Feed(self._limits.size)
        connection.feed(feed, self._first)
        return Shell(feed, _set_up(self._peer.platform, self._first), self._limits.command, self._peer.where)


@asynccontextmanager
async def _turn(account: Account | None) -> AsyncIterator[None]:
    """The right to try a credential once, where a breaker counts. What came of it is told to the breaker."""
    turn: Turn | None = await account.enter() if account else None
    accepted: bool | None = None
    try:
        yield
        accepted = True
    except NetcellarError as error:
        # A device that hangs up on a password has refused it; one that stays silent may not even have looked.
        accepted = False if error.error in {"auth", "unreachable"} else None
        raise
    finally:
        if turn:
            turn.end(accepted)


def _set_up(platform: Platform, prompt: str) -> Platform:
    """The platform for a line on which a terminal plugin has found the prompt and set the terminal up."""
    found = (
        platform.prompt if platform.prompt.stands(prompt) else Prompt(re.compile(re.escape(prompt.rstrip()) + r"\s*"))
    )
    # The plugins end a line so, and a device that has seen that takes a line feed for the rest of it.
    return replace(platform, prompt=found, setup=(), line_end="\r")
