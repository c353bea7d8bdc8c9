# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Learn the SSH host keys of all hosts of a batch: documented in ``plugins/modules/hostkeys.py``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError
from ..plugin_utils.batch_action import SessionAction
from ..plugin_utils.connect import require_asyncssh
from ..plugin_utils.hostkeys import HostKeys
from ..plugin_utils.meeting import Door, Met, as_result, meet_all
from ..plugin_utils.session import Limits
from ..plugin_utils.targets import address_of, port_of
from ..plugin_utils.variables import Variables


class ActionModule(SessionAction):
    """Variables in, counts and the hosts to look at out."""

    def meet(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Ask the batch for its keys."""
        require_asyncssh()
        variables = Variables(task_vars, self._templar)
        first = variables.of(task_vars["inventory_hostname"])
        files: dict[Path, HostKeys] = {}
        doors, met = [], []
        for host in task_vars["ansible_play_batch"]:
            own = variables.of(host)
            try:
                file = Path(own.text("netcellar_known_hosts", "~/.local/state/netcellar/known_hosts")).expanduser()
                keys = files.get(file) or files.setdefault(file, HostKeys("learn", file))
                seconds = own.number("netcellar_connect_timeout", Limits().connect)
                doors.append(Door(host, address_of(own, host), port_of(own), keys, seconds))
            except NetcellarError as error:
                met.append(Met(host, "failed", str(error)))
        concurrency = int(first.number("netcellar_concurrency", 500))
        met += asyncio.run(meet_all(doors, concurrency, learn=not self._task.check_mode))
        return as_result(met)
