# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Jump hosts: each is logged in to once, and all devices behind it share that connection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from ..module_utils.jump_host import Hop
from .breaker import Breaker
from .connect import Credential, connect, place
from .dialogue import SessionError
from .hostkeys import HostKeys
from .tunnel import JumpError, Tunnel

# So a jump host that dies without a word ends the sessions through it as its own fault, before they time out.
KEEPALIVE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Access:
    """How jump hosts are logged in to, each within ``seconds``."""

    credential: Credential
    host_keys: HostKeys
    seconds: float
    breaker: Breaker | None = None


class Jump:
    """One jump host, behind another one where ``before`` is given."""

    def __init__(self, hop: Hop, access: Access, before: Jump | None = None) -> None:
        self.hop = hop
        self.before = before
        self.host_keys = access.host_keys
        self.credential = access.credential
        self.seconds = access.seconds
        self._breaker = access.breaker
        self._tunnel: asyncio.Task[Tunnel] | None = None

    @property
    def where(self) -> str:
        """Address and port as messages name them."""
        return place(self.hop.address, self.hop.port)

    @property
    def chain(self) -> tuple[Jump, ...]:
        """All jump hosts on the way, the nearest to us first and this one last."""
        return (*(self.before.chain if self.before else ()), self)

    @property
    def known(self) -> bool:
        """Whether a host key of it is known, be it the right one or not."""
        return self.host_keys.has(self.hop.address, self.hop.port)

    async def tunnel(self) -> Tunnel:
        """The way through. Whoever comes first logs in; a failure holds for all until ``forget``. Raises JumpError."""
        if self._tunnel is None or (self._failed() is None and self._lost()):
            self._tunnel = asyncio.create_task(self._open())
        # One device whose time is over must not end it for the others.
        return await asyncio.shield(self._tunnel)

    def forget(self) -> None:
        """Let the next device try again where the login failed."""
        if self._failed() is not None:
            self._tunnel = None
        if self.before:
            self.before.forget()

    async def close(self) -> None:
        """End the connection; the sessions through it must be over."""
        task, self._tunnel = self._tunnel, None
        if task is None:
            return
        task.cancel()
        [opened] = await asyncio.gather(task, return_exceptions=True)
        if isinstance(opened, Tunnel):
            opened.connection.abort()
            await opened.connection.wait_closed()

    def _failed(self) -> BaseException | None:
        return self._tunnel.exception() if self._tunnel and self._tunnel.done() else None

    def _lost(self) -> bool:
        return bool(self._tunnel and self._tunnel.done() and self._tunnel.result().lost())

    async def _open(self) -> Tunnel:
        before = await self.before.tunnel() if self.before else None
        hop = self.hop
        credential = replace(self.credential, user=hop.user or self.credential.user)
        try:
            connection = await connect(
                hop.address,
                hop.port,
                credential,
                self.host_keys,
                self.seconds,
                breaker=self._breaker,
                tunnel=before,
            )
        except JumpError:
            raise
        except SessionError as error:
            raise JumpError(error.error, error.message) from None
        connection.set_keepalive(KEEPALIVE_SECONDS)
        return Tunnel(connection, self.where)


class Jumps:
    """The jump hosts of a batch. As a context manager it closes them in the end."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[Hop, ...], Credential, HostKeys], Jump] = {}

    def through(self, hops: Sequence[Hop], access: Access) -> Jump:
        """The last of these jump hosts, the first of which is reached from here. Devices with equal ones share it."""
        jump: Jump | None = None
        for number in range(len(hops)):
            key = (tuple(hops[: number + 1]), access.credential, access.host_keys)
            jump = self._known.get(key) or self._known.setdefault(key, Jump(hops[number], access, jump))
        if jump is None:
            raise ValueError("there is no jump host")
        return jump

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for jump in reversed(list(self._known.values())):
            await jump.close()
