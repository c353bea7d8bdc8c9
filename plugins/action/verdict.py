# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Say how a host, or the whole run, fared: documented in ``plugins/modules/verdict.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils.errors import NetcellarError
from ..plugin_utils.known_sets import accept_sets
from ..plugin_utils.run import RUN_ID, RunFolder
from ..plugin_utils.verdict import MODES, SCOPES, host_verdict, run_verdict

OPTIONS: dict[str, Any] = {
    "scope": {"type": "str", "choices": SCOPES, "default": "host"},
    "state": {"type": "path", "required": True},
    "run_id": {"type": "str"},
    "verdict": {"type": "str", "choices": MODES, "default": "all"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core tells no types
    """Options in, verdict out."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the verdict as a task result. Raises AnsibleActionFail for a run id that cannot be one."""
        super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(OPTIONS)
        variables = task_vars or {}
        try:
            run = RunFolder.of(Path(options["state"]), options["run_id"] or RUN_ID)
            if options["scope"] == "host":
                return host_verdict(run, variables["inventory_hostname"]).as_result()
            if not self._task.check_mode:
                accept_sets(variables, run)
        except NetcellarError as error:
            raise AnsibleActionFail(str(error)) from error
        devices_count, check = options["verdict"] == "off", self._task.check_mode
        return run_verdict(run, devices_count=devices_count, check=check).as_result()
