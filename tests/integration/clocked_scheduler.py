"""A scheduler whose clock begins where the test says: ``python -m tests.integration.clocked_scheduler FOLDER MOMENT``.

The clock goes on at its own pace from its first look, so that no slot passes while it starts. All else is the real
program.
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
    began: list[float] = []

    def clock() -> datetime:
        began.append(time.monotonic())
        return moment + timedelta(seconds=began[-1] - began[0])

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
