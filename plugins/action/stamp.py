# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write the dates of proven backups to Nautobot: documented in ``plugins/modules/stamp.py``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError
from ..plugin_utils.batch_action import ReportingAction
from ..plugin_utils.run import RUN_ID, RunFolder
from ..plugin_utils.secrets import secret
from ..plugin_utils.stamping import Outcome, Target, stamp_proven


class ActionModule(ReportingAction):
    """Variables of the first host in, numbers out; once for the whole batch."""

    def report(self) -> dict[str, Any]:
        """Write what is proven."""
        if self._task.check_mode:
            return Outcome("").as_result() | {"msg": "not in check mode"}
        try:
            result = self._stamp().as_result()
        except NetcellarError as error:
            result = Outcome("", errors={"": str(error)}).as_result()
        return result | {"warnings": [f"dates in Nautobot: {line}" for line in result["errors"][:3]]}

    def _stamp(self) -> Outcome:
        url = self.value("netcellar_nautobot_url") or os.environ.get("NAUTOBOT_URL", "")
        token = self.value("netcellar_nautobot_token") or secret("nautobot_token") or ""
        verify = self.value("netcellar_nautobot_validate_certs").lower() not in {"false", "no", "0"}
        target = Target(self.value("netcellar_stamp_field"), url, token, verify)
        run = RunFolder.of(Path(self.value("netcellar_state")), self.value("netcellar_run_id") or RUN_ID)
        return stamp_proven(Path(self.value("netcellar_repository")).expanduser(), run, target)
