# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commit what was captured, push it, prove it: documented in ``plugins/modules/commit.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils.errors import NetcellarError
from ..plugin_utils.account import Account
from ..plugin_utils.cellar import About
from ..plugin_utils.committing import Order, commit_run
from ..plugin_utils.parent import end_with_parent
from ..plugin_utils.run import RUN_ID, RunFolder
from ..plugin_utils.secrets import secret

NOTHING: dict[str, Any] = {"changed": False, "committed": False, "pushed": False}


class ActionModule(ActionBase):
    """Variables of the first host in, numbers out; once for the whole batch."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the outcome as a task result, which never fails: the run's records and its verdict tell of faults."""
        super().run(tmp, task_vars)
        self.validate_argument_spec({})
        self._variables = task_vars or {}
        if self._task.check_mode:
            return NOTHING | {"message": "not in check mode"}
        # Wherever it ends, nothing is lost; going on without Ansible would meet the next run.
        end_with_parent()
        try:
            return commit_run(self._order()).as_result()
        except NetcellarError as error:
            return NOTHING | {"message": str(error), "warnings": [str(error)]}

    def _order(self) -> Order:
        run = self._value("netcellar_run_id") or RUN_ID
        push = boolean(self._value("netcellar_push") or "true")
        inventory = self._value("netcellar_inventory") or Path(self._value("inventory_file")).stem
        return Order(
            repository=Path(self._value("netcellar_repository")).expanduser(),
            branch=self._value("netcellar_branch") or "main",
            remote=self._value("netcellar_remote") if push else "",
            about=About(run, inventory, self._value("netcellar_job")),
            run=RunFolder.of(Path(self._value("netcellar_state")), run),
            account=Account(secret("remote_user") or "git", token) if (token := secret("remote_token")) else None,
        )

    def _value(self, name: str) -> str:
        value = self._templar.template(self._variables.get(name))
        return "" if value is None else str(value)
