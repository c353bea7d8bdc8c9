"""Ends what a supervisor that was itself killed has left running."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path


def end_leftovers(folder: Path) -> None:
    """End the session that the last supervisor of ``folder`` led; sign in as the new one.

    Call it only when that supervisor is known to be dead.
    """
    path = folder / "supervisor.json"
    if path.exists():
        old = json.loads(path.read_text())
        if started(old["pid"]) in (None, old["started"]):  # else the number is a stranger's by now
            _end_session(old["pid"], old["started"])
    path.write_text(json.dumps({"pid": os.getpid(), "started": started(os.getpid())}))


def started(pid: int) -> int | None:
    """When a process started, in clock ticks after boot; None if there is none."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return int(fields[19]) if fields else None


def _end_session(leader: int, since: int) -> None:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = _stat(stat)
        # the number of a session is not given to a new process while one of the session lives
        if fields and int(fields[3]) == leader and int(fields[19]) >= since:
            os.kill(int(stat.parent.name), signal.SIGKILL)


def _stat(path: Path) -> list[str] | None:
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return None
