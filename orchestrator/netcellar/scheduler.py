"""Which slot runs when: one look at the clock and the store at a time. Several schedulers may look at one store.

A slot is a row that exists once, so whoever enters it, it runs once: it waits, is taken by exactly one scheduler, and
is closed with the status of its run. One that does not run is closed as missed, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from .models import Slot
from .presence import Presence
from .project_types import Job
from .schedule import Schedule
from .slots import RUNNING, WAITING, Entry, Slots
from .store import Store

LATE = timedelta(minutes=5)
"""A slot that is noticed within this time of its moment was not missed."""
BACK = timedelta(days=31)
"""Slots that are older are not entered one by one: nobody looked for so long, or the clock was wrong."""
CLOCK_BACK = timedelta(minutes=2)

Begin = Callable[[Job, Slot], None]
Tell = Callable[[str], None]


class Scheduler:
    """``begin`` starts a run without waiting for it. ``tell`` is told what a person should know. Raises StoreError."""

    def __init__(self, store: Store, jobs: Mapping[str, Job], presence: Presence, begin: Begin, tell: Tell) -> None:
        self.store = store
        self.jobs = {name: job for name, job in jobs.items() if job.schedule}
        self.presence = presence
        self.slots = Slots(store, presence)
        self.begin = begin
        self.tell = tell

    def look(self, at: datetime) -> None:
        """Close what has ended, enter what is due at ``at``, and start what may run."""
        self.settle(at)
        watched = self.slots.watched()
        if gone := [name for name in watched if name not in self.jobs]:
            self.slots.forget(gone)
        for name, job in self.jobs.items():
            if job.schedule is None:
                continue
            row = watched.get(name)
            if row is None or row.schedule != job.schedule.timetable.words:
                self.slots.watch(name, job.schedule.timetable.words, at)
                continue
            until = row.until
            if until > at + CLOCK_BACK:
                self.tell(f"{name}: the clock was set back by {until - at}; no slot runs a second time")
                self.slots.enter(name, (), at, at)
                until = at
            if entries := due_now(job.schedule, until, at):
                self.slots.enter(name, entries, entries[-1].due, at)
        self._start(at)

    def settle(self, at: datetime) -> None:
        """Close the slots whose runs have ended, and free those that were taken and never began."""
        running = [slot for slot in self.slots.open() if slot.state == RUNNING]
        runs = self.store.by_id([slot.run_id for slot in running if slot.run_id])
        for slot in running:
            run = runs.get(slot.run_id or "")
            if run and run.finished:
                self.slots.close(slot, run.status, at)
            elif slot.run_id and run is None:
                self.slots.close(slot, "its run is no longer in the store", at)
            elif not slot.run_id and self.presence.left(slot, at):
                self.slots.give_back(slot, at)

    def _start(self, at: datetime) -> None:
        waiting = sorted((slot for slot in self.slots.open() if slot.state == WAITING), key=lambda slot: slot.job)
        if not waiting:
            return
        busy = self._busy(at)
        for name, slots in groupby(waiting, key=lambda slot: slot.job):
            *older, newest = slots
            for slot in older:
                self._miss(slot, f"the slot of {newest.due.isoformat()}Z runs in its place", at)
            if name in self.jobs:
                self._consider(self.jobs[name], newest, busy.get(name), at)
            else:
                self._miss(newest, "the job has no schedule any more", at)

    def _busy(self, at: datetime) -> dict[str, str]:
        """What goes on, by job."""
        busy = {run.job: f"run {run.id}" for run in self.store.unfinished() if not self.presence.lost(run, at)}
        taken = (slot for slot in self.slots.open() if slot.state == RUNNING)
        return {slot.job: f"its slot of {slot.due.isoformat()}Z" for slot in taken} | busy

    def _consider(self, job: Job, slot: Slot, in_the_way: str | None, at: datetime) -> None:
        if job.window and not job.window.is_open(slot.due):
            self._miss(slot, f"it lies outside the job's window {job.window}", at)
        elif in_the_way and job.overlap == "skip":
            self._miss(slot, f"{in_the_way} was still going on", at)
        elif not in_the_way and (job.window is None or job.window.is_open(at)) and self.slots.take(slot, at):
            self.begin(job, slot)

    def _miss(self, slot: Slot, reason: str, at: datetime) -> None:
        if self.slots.miss(slot, reason, at):
            self.tell(f"{slot.job}: the slot of {slot.due.isoformat()}Z is missed: {reason}")


def due_now(schedule: Schedule, after: datetime, at: datetime) -> Sequence[Entry]:
    """The slots later than ``after`` up to ``at``. Of several, the last one runs; it stands for those before it."""
    return list(_entries(schedule, list(schedule.timetable.due(max(after, at - BACK), at)), at))


def _entries(schedule: Schedule, moments: Sequence[datetime], at: datetime) -> Iterator[Entry]:
    late = bool(moments) and at - moments[-1] > LATE
    runs = schedule.catch_up or not late
    for moment in moments[:-1]:
        instead = f"; the slot of {moments[-1].isoformat()}Z runs in its place" if runs else ""
        yield Entry(moment, f"no scheduler was there{instead}")
    for moment in moments[-1:]:
        yield Entry(moment, "" if runs else "no scheduler was there, and the job does not catch up")


def next_look(jobs: Mapping[str, Job], at: datetime, longest: timedelta) -> timedelta:
    """How long nothing is due, ``longest`` at most."""
    moments = [
        moment
        for job in jobs.values()
        if job.schedule and (moment := next(job.schedule.timetable.due(at, at + longest), None))
    ]
    return min((moment - at for moment in moments), default=longest)
