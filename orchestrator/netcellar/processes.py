"""Nothing runs on alone: who a process is, which processes belong to a run, and how they are ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

RUN_VARIABLE = "NETCELLAR_RUN"
# psutil derives the start time from the wall clock, which may be set in the meantime.
CLOCK_STEP_SECONDS = 5.0
GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Identity:
    """A process, told from a later one of the same number by its start time (seconds since 1970)."""

    pid: int
    started: float

    @classmethod
    def me(cls) -> Identity:
        """This process."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> Identity:
        """The running process ``pid``. Raises psutil.NoSuchProcess."""
        return cls(pid, psutil.Process(pid).create_time())


def alive(identity: Identity) -> bool:
    """Whether that very process still runs."""
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.started) < CLOCK_STEP_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def processes_of(run_id: str) -> Iterator[psutil.Process]:
    """Every process of this user that was started for the run: each inherits the run's id in its environment."""
    me = psutil.Process()
    for process in psutil.process_iter():
        try:
            ours = process.pid != me.pid and process.uids().real == os.getuid()
            if ours and process.environ().get(RUN_VARIABLE) == run_id and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def end_processes(run_id: str, *, grace: float = GRACE_SECONDS) -> int:
    """End every process of the run: ask, wait ``grace`` seconds at most, then kill. Gives how many there were."""
    ended: set[int] = set()
    # A process may start another one while it is being ended, so look again until there is none.
    while found := list(processes_of(run_id)):
        ended.update(process.pid for process in found)
        _signal(found, "terminate")
        _gone, left = psutil.wait_procs(found, timeout=grace)
        _signal(left, "kill")
        psutil.wait_procs(left, timeout=grace)
        grace = 0.5
    return len(ended)


def _signal(processes: list[psutil.Process], how: str) -> None:
    for process in processes:
        try:
            getattr(process, how)()
        except psutil.NoSuchProcess:
            continue
