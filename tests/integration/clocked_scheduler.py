"""A scheduler whose clock begins where the test says: ``python -m tests.integration.clocked_scheduler FOLDER MOMENT``.

The clock goes on at its own pace from there. All else is the real program.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from netcellar.project import load_project
from netcellar.project_store import project_store
from netcellar.resident import Resident
from netcellar.signals import stop_on_signals


def main(folder: Path, moment: datetime, grace: float) -> None:
    """Stay until a signal comes."""
    began = time.monotonic()

    def clock() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - began)

    def tell(words: str) -> None:
        print(words, flush=True)

    project = load_project(folder / "netcellar.yml")
    with stop_on_signals() as stop:
        resident = Resident(project, lambda: project_store(project, os.environ, tell), os.environ, tell, clock)
        tell("ready")
        resident.stay(stop, grace)
    tell("stopped")


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), float(sys.argv[3]))
