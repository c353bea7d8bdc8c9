# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Learn the SSH host keys of all hosts of a batch: documented in ``plugins/modules/hostkeys.py``."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.batch_action import SessionAction
from ..plugin_utils.connect import require_asyncssh
from ..plugin_utils.first_meeting import FirstMeeting
from ..plugin_utils.meeting import as_result
from ..plugin_utils.variables import Variables


class ActionModule(SessionAction):
    """Variables in, counts and the hosts to look at out."""

    def meet(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Ask the batch for its keys."""
        require_asyncssh()
        variables = Variables(task_vars, self._templar)
        meeting = FirstMeeting(variables, task_vars["ansible_play_batch"], learn=not self._task.check_mode)
        return as_result(meeting.hold(), check=self._task.check_mode)
