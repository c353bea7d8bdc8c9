# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commit what was captured, push it, prove it: documented in ``plugins/modules/commit.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils.errors import NetcellarError
from ..plugin_utils.account import Account
from ..plugin_utils.batch_action import ReportingAction
from ..plugin_utils.cellar import About
from ..plugin_utils.committing import Order, commit_run
from ..plugin_utils.departing import Leaving, checked_most, checked_policy
from ..plugin_utils.known_sets import whole
from ..plugin_utils.parent import end_with_parent
from ..plugin_utils.run import RUN_ID, RunFolder
from ..plugin_utils.secrets import secret

NOTHING: dict[str, Any] = {"changed": False, "committed": False, "pushed": False}


class ActionModule(ReportingAction):
    """Variables of the first host in, numbers out; once for the whole batch."""

    def report(self) -> dict[str, Any]:
        """Commit and push; the run's records and its verdict tell of faults."""
        if self._task.check_mode:
            return NOTHING | {"message": "not in check mode"}
        # Wherever it ends, nothing is lost; going on without Ansible would meet the next run.
        end_with_parent()
        try:
            return commit_run(self._order()).as_result()
        except NetcellarError as error:
            return NOTHING | {"message": str(error), "warnings": [str(error)]}

    def _order(self) -> Order:
        run = self.value("netcellar_run_id") or RUN_ID
        push = _push(self.value("netcellar_push") or "true")
        source = self.value("inventory_file")
        # Hosts that `-i` lists are no inventory that a device could belong to.
        inventory = self.value("netcellar_inventory") or ("" if "," in source else Path(source).stem)
        return Order(
            repository=Path(self.value("netcellar_repository")).expanduser(),
            branch=self.value("netcellar_branch") or "main",
            remote=self.value("netcellar_remote") if push else "",
            about=About(run, inventory, self.value("netcellar_job")),
            run=RunFolder.of(Path(self.value("netcellar_state")), run),
            account=Account(secret("remote_user") or "git", token) if (token := secret("remote_token")) else None,
            signing_key=str(Path(key).expanduser()) if (key := self.value("netcellar_signing_key")) else "",
            leaving=self._leaving(),
        )

    def _leaving(self) -> Leaving | None:
        # The devices of an earlier time, or a part of them, say nothing about who has left.
        entire = not self.value("ansible_limit") and whole(self._variables)
        hosts = frozenset(self._variables["groups"]["all"]) - {"localhost"}
        most = self.value("netcellar_max_departed") or "10%"
        policy = checked_policy(self.value("netcellar_departed") or "keep")
        return Leaving(policy, checked_most(most), hosts) if entire and policy != "keep" else None


def _push(value: str) -> bool:
    try:
        return bool(boolean(value))
    except TypeError:
        raise NetcellarError(
            f"netcellar_push={value!r} is unknown", remedy="Write true or false", error="git"
        ) from None
