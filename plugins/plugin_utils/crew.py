# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Works off many jobs at a time, and kindly: so many sessions for a group, a start that is spread, few second tries."""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import signal
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ..module_utils.errors import ErrorClass
from ..module_utils.record import Record
from .harvest import Harvester, Job
from .jump import Jumps
from .run import RunFolder

LimitBy = Literal["none", "location", "platform"]
LIMITS_BY: tuple[LimitBy, ...] = get_args(LimitBy)
# What may be over a moment later, and shows before a login: no device is logged in to twice for it.
HEALING: frozenset[ErrorClass] = frozenset({"connect_timeout", "refused"})
# Files that Ansible and Git need beside the sessions.
OTHER_FILES = 128
# After so many new objects garbage is looked for.
GARBAGE = 20_000


@dataclass(frozen=True, slots=True)
class Pace:
    """``concurrency``: sessions at a time; ``group_limit``: those with devices of one location or platform.

    ``jitter``: the first sessions begin within so many seconds. ``retries``: how often a device is tried once more
    whose fault may heal, ``delay`` seconds after its last failure, doubled each time.
    """

    concurrency: int = 500
    limit_by: LimitBy = "none"
    group_limit: int = 10
    jitter: float = 0.0
    retries: int = 0
    delay: float = 3.0

    def group(self, job: Job) -> str | None:
        """The group whose limit holds for a job; None where there is none, or its location is not known."""
        if self.limit_by == "none":
            return None
        return job.target.record.location or None if self.limit_by == "location" else job.target.platform.network_os


class Line:
    """Jobs that wait. A group that has all its sessions lets the others pass."""

    def __init__(self, jobs: Iterable[Job], pace: Pace) -> None:
        self._pace = pace
        self._busy: Counter[str | None] = Counter()
        self._waiting: dict[str | None, deque[Job]] = {}
        for job in jobs:
            self._waiting.setdefault(pace.group(job), deque()).append(job)

    @property
    def empty(self) -> bool:
        """Whether no job waits any more."""
        return not self._waiting

    def take(self) -> Job | None:
        """The next job whose group has a session left. Groups take turns."""
        free = (group for group in self._waiting if group is None or self._busy[group] < self._pace.group_limit)
        group = next(free, "")
        if group == "":
            return None
        jobs = self._waiting.pop(group)
        job = jobs.popleft()
        self._busy[group] += 1
        if jobs:
            self._waiting[group] = jobs
        return job

    def done(self, job: Job) -> None:
        """Give the session of a job back to its group."""
        self._busy[self._pace.group(job)] -= 1


class Crew:
    """Works off the jobs; each has its record as soon as it is done, and a later one where it is tried again."""

    def __init__(self, jobs: Sequence[Job], folder: RunFolder, harvester: Harvester, pace: Pace) -> None:
        self._jobs = jobs
        self._folder = folder
        self._harvester = harvester
        self._pace = pace
        self._outcomes: dict[str, str] = {}
        self._failed: list[tuple[float, Job]] = []

    async def work(self) -> Counter[str]:
        """Do all jobs. SIGTERM ends it as SIGINT does: sessions are closed, what is staged stays."""
        main, loop = asyncio.current_task(), asyncio.get_running_loop()
        if main is not None:
            loop.add_signal_handler(signal.SIGTERM, main.cancel)
        await self._round(self._jobs, self._pace.jitter)
        for turn in range(self._pace.retries):
            failed, self._failed = self._failed, []
            if not failed:
                break
            last = max(at for at, _job in failed)
            await asyncio.sleep(max(0.0, last + self._pace.delay * 2**turn - loop.time()))
            again = [job for _at, job in failed]
            for jump in {job.jump for job in again if job.jump}:
                jump.forget()
            await self._round(again, 0.0)
        return Counter(self._outcomes.values())

    async def _round(self, jobs: Sequence[Job], jitter: float) -> None:
        line, moved = Line(jobs, self._pace), asyncio.Condition()
        workers = min(len(jobs), self._pace.concurrency, _most_sessions(self._pace.concurrency))
        async with asyncio.TaskGroup() as group:
            for __ in range(workers):
                group.create_task(self._worker(line, moved, random.uniform(0, jitter)))  # noqa: S311 - no secret

    async def _worker(self, line: Line, moved: asyncio.Condition, wait: float) -> None:
        if wait:
            await asyncio.sleep(wait)
        while True:
            async with moved:
                while (job := line.take()) is None:
                    if line.empty:
                        return
                    await moved.wait()
            await self._do(job)
            async with moved:
                line.done(job)
                moved.notify(len(self._jobs) if line.empty else 1)

    async def _do(self, job: Job) -> None:
        # One device's fault, be it ours, must not end the sessions of the others.
        [done] = await asyncio.gather(self._harvester.harvest(job), return_exceptions=True)
        if not isinstance(done, Record):
            message = f"an unexpected {type(done).__name__}"
            done = job.target.record.failed("internal", message, stage="capture")
        self._folder.append(done)
        staged = done.stage == "stage" and done.artifacts
        self._outcomes[done.device_id] = "captured" if staged else done.outcome
        if done.error in HEALING:
            self._failed.append((asyncio.get_running_loop().time(), job))


def run_crew(crew: Crew, jumps: Jumps) -> Counter[str]:
    """Let a crew work in an event loop of its own. Raises KeyboardInterrupt for SIGTERM."""
    usual = gc.get_threshold()
    # Hundreds of sessions are many objects and little garbage: to search them as often as usual is a tenth of the work.
    gc.set_threshold(GARBAGE, *usual[1:])
    try:
        return asyncio.run(_work(crew, jumps))
    except asyncio.CancelledError:
        # Ansible knows how to end for a SIGINT.
        raise KeyboardInterrupt from None
    finally:
        gc.set_threshold(*usual)


async def _work(crew: Crew, jumps: Jumps) -> Counter[str]:
    async with jumps:
        return await crew.work()


def _most_sessions(wanted: int) -> int:
    """How many sessions the operating system lets us open; our own limit is raised as far as we may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(1, soft - OTHER_FILES)
