# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One session with one device: a single login, and every artifact that is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..module_utils.platform import Platform
from ..module_utils.transcript import Transcript
from .algorithms import Algorithms
from .breaker import Breaker
from .channel import Feed
from .connect import Credential, connect, network_fault, place
from .dialogue import Dialogue, Execution, SessionError
from .hostkeys import HostKeys
from .jump import Jump
from .shell import Shell
from .tunnel import Tunnel

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection

# Wide, so that no line is wrapped, and high, for devices that page by the height; more columns than this and some
# devices fall back to 80.
TERMINAL = (511, 1000)
GOODBYE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds, and the most bytes that are taken from a device.

    ``connect``: until the login is complete. ``command``: without any output while an answer is due. ``device``: for
    everything together.
    """

    connect: float = 20.0
    command: float = 60.0
    device: float = 600.0
    size: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a session: where it is, what it is, what is asked of it, and how to log in, in order.

    ``jump`` is the jump host that it is behind, if it is.
    """

    address: str
    port: int
    platform: Platform
    artifacts: tuple[str, ...]
    credentials: tuple[Credential, ...]
    algorithms: Algorithms = "modern"
    jump: Jump | None = None

    @property
    def where(self) -> str:
        """Address and port as messages name them."""
        return place(self.address, self.port)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one session brought: a transcript per artifact, and the name of the credential that was accepted.

    ``second`` holds those of the artifacts that were read twice.
    """

    transcripts: dict[str, Transcript]
    credential: str
    second: dict[str, Transcript] = field(default_factory=dict)


# Whether an artifact, of which this was heard, is to be read once more.
Again = Callable[[str, Transcript], Awaitable[bool]]


async def _once(_artifact: str, _heard: Transcript) -> bool:
    return False


class Session:
    """Reads the artifacts of one peer."""

    def __init__(
        self,
        peer: Peer,
        host_keys: HostKeys,
        limits: Limits,
        again: Again = _once,
        breaker: Breaker | None = None,
    ) -> None:
        self._peer = peer
        self._host_keys = host_keys
        self._limits = limits
        self._again = again
        self._breaker = breaker
        self._tunnel: Tunnel | None = None

    async def read(self) -> Reading:
        """Log in once and read. Raises SessionError; a text that was cut is an answer that is not complete."""
        try:
            async with asyncio.timeout(self._limits.device):
                connection, credential = await self._log_in()
                try:
                    return await self._read(connection, credential)
                finally:
                    await _leave(connection)
        except TimeoutError:
            message = f"{self._peer.where} was not done within {self._limits.device:g} s"
            raise SessionError("device_timeout", message) from None

    async def _log_in(self) -> tuple[SSHClientConnection, Credential]:
        """Try the credentials in turn; only one that the device itself refused leads to the next."""
        if self._peer.jump:
            self._tunnel = await self._peer.jump.tunnel()
        refused = SessionError("no_credential", f"there is no credential for {self._peer.where}")
        peer, keys, seconds = self._peer, self._host_keys, self._limits.connect
        how: dict[str, Any] = {"breaker": self._breaker, "algorithms": peer.algorithms, "tunnel": self._tunnel}
        for one in peer.credentials:
            try:
                return await connect(peer.address, peer.port, one, keys, seconds, **how), one
            except SessionError as error:
                if error.error != "auth":
                    raise
                refused = error
        raise refused

    async def _read(self, connection: SSHClientConnection, credential: Credential) -> Reading:
        reading = Reading({}, credential.name)
        try:
            dialogue = await self._dialogue(connection)
            await dialogue.open(credential)
            for name in self._peer.artifacts:
                if not await self._read_one(dialogue, name, reading):
                    self._blame_jump_host()
                    break
        except SessionError:
            self._blame_jump_host()
            raise
        except (asyncssh.Error, OSError) as error:
            self._blame_jump_host()
            raise network_fault(self._peer.where, error) from None
        return reading

    def _blame_jump_host(self) -> None:
        """Raises JumpError where the line is gone because the jump host is."""
        if self._tunnel and (lost := self._tunnel.lost()):
            raise lost from None

    async def _read_one(self, dialogue: Dialogue, name: str, reading: Reading) -> bool:
        """Read one artifact, again where there is doubt. False when the line is gone."""
        artifact = self._peer.platform.artifacts[name]
        heard = reading.transcripts[name] = await dialogue.fetch(artifact)
        if heard.answers[-1].complete and await self._again(name, heard):
            heard = reading.second[name] = await dialogue.fetch(artifact)
        return heard.answers[-1].complete

    async def _dialogue(self, connection: SSHClientConnection) -> Dialogue:
        async def start(command: str) -> Feed:
            return await self._channel(connection, command=command)

        peer, silence = self._peer, self._limits.command
        if peer.platform.channel == "exec":
            return Execution(start, peer.platform, silence, peer.where)
        feed = await self._channel(connection, term_type="vt100", term_size=TERMINAL)
        return Shell(feed, peer.platform, silence, peer.where)

    async def _channel(self, connection: SSHClientConnection, **how: Any) -> Feed:
        feed = Feed(self._limits.size)
        # A feed has all that asyncssh calls of a session, but is no subclass: the import of asyncssh may be missing.
        session: Any = feed
        await connection.create_session(lambda: session, encoding=None, **how)
        return feed


async def _leave(connection: SSHClientConnection) -> None:
    """Say goodbye; a device that does not answer is left all the same."""
    connection.close()
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await connection.wait_closed()
    except TimeoutError:
        connection.abort()
