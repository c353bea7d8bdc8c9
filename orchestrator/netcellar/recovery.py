"""Before a run: what killed runs left behind is ended, removed and told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from .core import Record
from .keeping import moment
from .models import Run
from .presence import Presence
from .processes import Identity, alive, end_processes
from .result import read_result
from .secrets_file import remove_left_overs
from .store import Store
from .tail import Tail

LOST = "the process of this run was killed; what was captured is kept and committed by the next run"


def run_folder(state: Path, run_id: str) -> Path:
    """The folder of a run: records, result, Ansible's output."""
    return state / "runs" / run_id


def recover(state: Path, store: Store, presence: Presence, at: datetime) -> list[Run]:
    """End what lost runs still have running, and enter what is known of them. Gives those that are ``lost``.

    A run that had come to its end, and could not tell the store of it, is entered with its own result.
    """
    remove_left_overs(state)
    lost = []
    for run in store.unfinished():
        result = read_result(run_folder(state, run.id)) if presence.is_local(run.machine) else None
        if result is None and not presence.lost(run, at):
            continue
        if presence.is_local(run.machine):
            _end(run)
        if result:
            records = list(read_all(run_folder(state, run.id)).values())
            store.finish(run.id, records, **_own(result))
        else:
            lose(state, store, run.id, at)
            lost.append(run)
    return lost


def lose(state: Path, store: Store, run_id: str, at: datetime) -> None:
    """Enter a run as lost, with the records that it left."""
    records = list(read_all(run_folder(state, run_id)).values())
    store.finish(run_id, records, status="lost", finished=at, message=LOST)


def _own(result: dict[str, Any]) -> dict[str, Any]:
    """The columns of a run that its own result knows."""
    ended = moment(result["timings"]["finished"])
    return {"status": result["status"], "message": result["message"], "finished": ended, "result": result}


def read_all(folder: Path) -> dict[str, Record]:
    """Every record of a run's folder, by device id."""
    tail = Tail(folder)
    tail.look()
    return tail.records


def _end(run: Run) -> None:
    if run.child_pid and run.child_started and alive(Identity(run.child_pid, run.child_started)):
        psutil.Process(run.child_pid).terminate()
    end_processes(run.id)
