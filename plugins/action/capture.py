# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Capture the configurations of all hosts of a batch: documented in ``plugins/modules/capture.py``."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from ..module_utils.variable_names import unknown
from ..plugin_utils.batch import Batch
from ..plugin_utils.batch_action import SessionAction
from ..plugin_utils.cellar import Cellar
from ..plugin_utils.connect import require_asyncssh
from ..plugin_utils.credentials import CommandLine
from ..plugin_utils.harvest import Harvester
from ..plugin_utils.known_sets import warnings_of
from ..plugin_utils.owner import Owner
from ..plugin_utils.parent import end_with_parent
from ..plugin_utils.quarantine import Quarantine
from ..plugin_utils.run import RUN_ID, RunFolder, default_state
from ..plugin_utils.secrets import mask_key
from ..plugin_utils.staging import Staging
from ..plugin_utils.targets import TRANSPORTS, Transport
from ..plugin_utils.variables import Variables


class ActionModule(SessionAction):
    """Variables in, counts and the path of the records out; never a text, never an error for a device's sake."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"transport": {"type": "str", "choices": TRANSPORTS, "default": "ssh"}}

    def meet(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Capture the batch."""
        require_asyncssh()
        transport: Transport = self.options["transport"]
        variables = Variables(task_vars, self._templar)
        first = variables.of(task_vars["inventory_hostname"])
        state = Path(first.text("netcellar_state", default_state())).expanduser()
        run_id = first.text("netcellar_run_id", RUN_ID)
        folder = RunFolder.of(state, run_id)
        folder.create()
        folder.note_warnings([*warnings_of(task_vars), *unknown(task_vars)])
        hosts = set(task_vars["ansible_play_batch"])
        if transport == "network_cli":
            hosts &= folder.network_cli()
        repository = Path(first.text("netcellar_repository", str(state / "cellar.git"))).expanduser()
        batch = Batch(
            variables,
            play_hosts=task_vars["ansible_play_hosts_all"],
            hosts=[host for host in task_vars["ansible_play_batch"] if host in hosts],
            command_line=CommandLine.of(self._task, self._play_context, task_vars),
            run_id=run_id,
            state=state,
            concurrency=int(first.number("netcellar_concurrency", 500)),
            mask_key=mask_key(first.text("netcellar_mask_key"), state),
            transport=transport,
        )
        with ExitStack() as stack:
            check = self._task.check_mode
            cellar = Cellar(repository, first.text("netcellar_branch", "main"))
            if check:
                repository = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "cellar.git"
            staging = Staging(repository)
            # Ansible's main process lives as long as the run; this one ends with the task.
            staging.open(run_id, Owner.of(end_with_parent()))
            quarantine = None if check else Quarantine(repository)
            if quarantine:
                quarantine.prune()
            outcomes = dict(batch.capture(folder, Harvester(staging, quarantine, stored=cellar.stored())))
        left = len(hosts & folder.network_cli()) if transport == "ssh" else 0
        told = {"run_id": run_id, "records": str(folder.records_file), "outcomes": outcomes}
        return {**told, "left_to_network_cli": left, "changed": False}
