# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One login: what is told to a device, and when; nothing before its host key is trusted and the breaker lets us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..module_utils.errors import NetcellarError
from .algorithms import Algorithms
from .breaker import Account, Turn
from .dialogue import SessionError
from .hostkeys import HostKeys

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection, SSHKey

    from .connect import Credential


class Login:
    """``keys`` are the credential's own. ``shown`` is a host key that was not known; ``offered`` whether a secret was;
    ``stopped`` why nothing was tried. ``connection`` is there before it is open.

    Waiting for the breaker is not the device's time: ``deadline`` stands still meanwhile.
    """

    def __init__(
        self,
        credential: Credential,
        host_keys: HostKeys,
        account: Account | None,
        keys: Sequence[Any],
        algorithms: Algorithms,
    ) -> None:
        self.credential = credential
        self.host_keys = host_keys
        self.algorithms: Algorithms = algorithms
        self.deadline: asyncio.Timeout | None = None
        self.connection: SSHClientConnection | None = None
        self.shown: SSHKey | None = None
        self.offered = False
        self.stopped: NetcellarError | None = None
        self._account = account
        self._keys = list(keys)
        self._agent = credential.agent
        self._agent_client: Any = None
        self._turn: Turn | None = None
        self._ended = False

    @property
    def in_key_exchange(self) -> bool:
        """Whether the host has said that it speaks SSH, and has not shown its key."""
        made = self.connection
        return made is not None and bool(made.get_extra_info("server_version")) and made.get_server_host_key() is None

    def trusts(self, host: str, port: int, key: SSHKey) -> bool:
        """Whether a host key that is not known may be accepted."""
        self.shown = key
        return self.host_keys.may_learn(host, port)

    async def keys(self) -> Sequence[Any] | None:
        """The keys, once; None where there are no more, or where the breaker forbids to try."""
        if not self._keys and not self._agent:
            return None
        if not await self._may_try():
            return None
        agent, self._agent = self._agent, None
        if agent:
            self._keys += await self._keys_of(agent)
        keys, self._keys = self._keys, []
        self.offered = self.offered or bool(keys)
        return keys

    async def password(self) -> str | None:
        """The password, or None where the breaker forbids to try it."""
        if not await self._may_try():
            return None
        self.offered = True
        return self.credential.password

    def end(self, accepted: bool | None) -> None:
        """Tell the breaker whether the device accepted the credential; None where it did not say."""
        self._ended = True
        if self._agent_client:
            self._agent_client.close()
        if self._turn is not None:
            self._turn.end(accepted)

    async def _keys_of(self, agent: str) -> Sequence[Any]:
        """The keys that an agent holds: it signs with them, and never gives them away."""
        try:
            self._agent_client = await asyncssh.connect_agent(agent)
            return list(await self._agent_client.get_keys())
        except (OSError, ValueError, asyncssh.Error):
            name = self.credential.name
            self.stopped = SessionError("no_credential", f"the SSH agent of the credential {name!r} does not answer")
            return []

    async def _may_try(self) -> bool:
        if self._account is None or self._turn is not None:
            return True
        left = self._stop_the_clock()
        try:
            turn = await self._account.enter()
        except NetcellarError as error:
            self.stopped = error
            return False
        finally:
            if left is not None and self.deadline and not self._ended:
                self.deadline.reschedule(asyncio.get_running_loop().time() + left)
        if self._ended:
            turn.end(None)
            return False
        self._turn = turn
        return True

    def _stop_the_clock(self) -> float | None:
        """The seconds that were left."""
        until = self.deadline.when() if self.deadline else None
        if self.deadline is None or until is None:
            return None
        self.deadline.reschedule(None)
        return until - asyncio.get_running_loop().time()
