"""Before a run: what killed runs left behind is ended, removed and told."""

from __future__ import annotations

from pathlib import Path

import psutil

from .core import Record
from .models import Run
from .processes import Identity, alive, end_processes
from .secrets_file import remove_left_overs
from .store import Store, now
from .tail import Tail


def run_folder(state: Path, run_id: str) -> Path:
    """The folder of a run: records, result, Ansible's output."""
    return state / "runs" / run_id


def is_lost(run: Run) -> bool:
    """Whether a run that is entered as running has lost its orchestrator."""
    return run.finished is None and not alive(Identity(run.pid, run.pid_started))


def recover(state: Path, store: Store) -> list[Run]:
    """End what lost runs still have running, and enter them as ``lost`` with their records. Gives those runs."""
    remove_left_overs(state)
    lost = [run for run in store.unfinished() if is_lost(run)]
    for run in lost:
        _end(run)
        records = list(read_all(run_folder(state, run.id)).values())
        message = "the process of this run was killed; what was captured is kept and committed by the next run"
        store.finish(run.id, records, status="lost", finished=now(), message=message)
    return lost


def read_all(folder: Path) -> dict[str, Record]:
    """Every record of a run's folder, by device id."""
    tail = Tail(folder)
    tail.look()
    return tail.records


def _end(run: Run) -> None:
    if run.child_pid and run.child_started and alive(Identity(run.child_pid, run.child_started)):
        psutil.Process(run.child_pid).terminate()
    end_processes(run.id)
