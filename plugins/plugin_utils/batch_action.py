# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the actions share that Ansible runs once, on the controller, for all hosts of a play batch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils.errors import NetcellarError


class BatchAction(ActionBase):  # type: ignore[misc]  # ansible-core tells no types
    """Once for the whole batch, without a connection of Ansible's."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False


class SessionAction(BatchAction):
    """Opens SSH sessions to the hosts of the batch; fails for what stops all of them.

    ``OPTIONS`` are those of the task, as an argument spec; ``options`` what it was given of them.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {}

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Act on the batch. Raises AnsibleActionFail for what stops all hosts."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, self.options = self.validate_argument_spec(self.OPTIONS)
        try:
            return result | self.meet(task_vars or {})
        except NetcellarError as error:
            raise AnsibleActionFail(str(error)) from None

    @abstractmethod
    def meet(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return what the task result gets. Raises NetcellarError for what stops all hosts."""


class ReportingAction(BatchAction):
    """Takes no options but the variables of the first host, and never fails: its result tells of faults."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the outcome as a task result, which never fails."""
        super().run(tmp, task_vars)
        self.validate_argument_spec({})
        self._variables = task_vars or {}
        return self.report()

    @abstractmethod
    def report(self) -> dict[str, Any]:
        """Return the task result, also of what went wrong."""

    def value(self, name: str) -> str:
        """A variable of the first host as text; ``""`` where it is not set."""
        value = self._templar.template(self._variables.get(name))
        return "" if value is None else str(value)
