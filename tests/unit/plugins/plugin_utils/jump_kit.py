"""A jump host for tests: an SSH server that lets a known account through to other ports, and counts."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Self

import asyncssh

from tests.waiting import HANG_SECONDS

HOST = "127.0.0.1"
USER, PASSWORD = "bastion", "Through-The-Gate-1"


class JumpServer:
    """Runs in a thread of its own. ``permit`` is whether it lets anybody through; ``address`` where it listens."""

    def __init__(self, *, permit: bool = True, address: str = HOST) -> None:
        self.permit = permit
        self.address = address
        self.port = 0
        self.tries = 0
        self.logins = 0
        self.through: list[tuple[str, int]] = []
        self.users: set[str] = set()
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncssh.SSHAcceptor | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def known_hosts(self) -> str:
        """The line of a known_hosts file."""
        return f"[{self.address}]:{self.port} {self._key.export_public_key().decode().strip()}\n"

    def drop(self) -> None:
        """Cut all connections, as a server that dies."""
        self._loop.call_soon_threadsafe(lambda: [each.abort() for each in list(self.connections)])

    def _run(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(HANG_SECONDS)  # type: ignore[arg-type]

    async def _open(self) -> None:
        self._server = await asyncssh.listen(
            self.address, self.port, server_host_keys=[self._key], server_factory=lambda: _Gate(self)
        )
        self.port = self._server.get_port()

    async def _close(self) -> None:
        assert self._server
        self._server.close()
        for each in list(self.connections):
            each.abort()
        await self._server.wait_closed()


class StuckServer(JumpServer):
    """Takes connections and never says a word; ``tries`` counts them."""

    async def _open(self) -> None:
        self._stuck = await asyncio.start_server(self._knock, self.address, self.port)
        self.port = self._stuck.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._stuck.close()

    def tries_in_all(self) -> int:
        """``tries``, when all are counted that came until now: they are taken in order, and one of ours comes last."""
        with socket.create_connection((self.address, self.port)) as last:
            last.shutdown(socket.SHUT_WR)
            assert last.recv(1) == b""
        return self.tries - 1

    async def _knock(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tries += 1
        await reader.read()
        writer.close()


class _Gate(asyncssh.SSHServer):
    def __init__(self, jump: JumpServer) -> None:
        self._jump = jump

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._jump.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._jump.connections.discard(self._connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._jump.tries += 1
        self._jump.users.add(username)
        good = password == PASSWORD
        self._jump.logins += good
        return good

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        self._jump.through.append((dest_host, dest_port))
        if not self._jump.permit:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "administratively prohibited")
        return True
