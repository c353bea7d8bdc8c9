# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A first meeting with the hosts of a play batch: where each is, behind which jump host, and which keys are known."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .breaker import Breaker
from .hostkeys import HostKeys
from .jump import Access, Jump, Jumps
from .jump_route import jump_credential, jump_hops
from .meeting import Door, Met, keep, meet_all
from .owner import Owner
from .run import RUN_ID, default_state
from .session import Limits
from .targets import address_of, algorithms_of, port_of
from .variables import HostVariables, Variables


class FirstMeeting:
    """With ``learn`` the keys of ``hosts`` that have none yet are kept."""

    def __init__(self, variables: Variables, hosts: Sequence[str], *, learn: bool) -> None:
        self._variables = variables
        self._hosts = hosts
        self._learn = learn
        self._first = variables.of(hosts[0])
        self._jumps = Jumps()
        self._files: dict[Path, tuple[HostKeys, HostKeys]] = {}

    def hold(self) -> list[Met]:
        """Meet all hosts; each is told as it is met. Raises NetcellarError for what stops all of them."""
        keep(*(Met(host, "waiting") for host in self._hosts))
        doors, wrong = [], []
        for host in self._hosts:
            try:
                doors.append(self._door(host, self._variables.of(host)))
            except NetcellarError as error:
                wrong.append(Met(host, "failed", str(error)))
        keep(*wrong)
        return wrong + asyncio.run(self._meet(doors))

    async def _meet(self, doors: Sequence[Door]) -> list[Met]:
        concurrency = int(self._first.number("netcellar_concurrency", 500))
        async with self._jumps:
            return await meet_all(doors, concurrency, learn=self._learn, tell=keep)

    def _door(self, host: str, variables: HostVariables) -> Door:
        learning, strict = self._keys(variables)
        seconds = variables.number("netcellar_connect_timeout", Limits().connect)
        jump = self._jump(variables, strict, seconds)
        where = address_of(variables, host), port_of(variables)
        return Door(host, *where, learning, seconds, jump, algorithms_of(variables))

    def _keys(self, variables: HostVariables) -> tuple[HostKeys, HostKeys]:
        """The keys that devices are held to, and those for jump hosts, which may be known to the user's own SSH."""
        own = self._state / "known_hosts"
        file = Path(variables.text("netcellar_known_hosts", str(own))).expanduser()
        if file not in self._files:
            others = (Path("~/.ssh/known_hosts").expanduser(),) if file == own else ()
            self._files[file] = HostKeys("learn", file), HostKeys("strict", file, others)
        return self._files[file]

    def _jump(self, variables: HostVariables, keys: HostKeys, seconds: float) -> Jump | None:
        hops = jump_hops(variables)
        if not hops:
            return None
        return self._jumps.through(hops, Access(jump_credential(variables), keys, seconds, self._breaker))

    @property
    def _state(self) -> Path:
        return Path(self._first.text("netcellar_state", default_state())).expanduser()

    @cached_property
    def _breaker(self) -> Breaker:
        run = self._first.text("netcellar_run_id", RUN_ID)
        return Breaker(self._state / "breaker", run, Owner.of(os.getppid()))
