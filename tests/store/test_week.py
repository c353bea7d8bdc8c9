"""A week of simulated time: three jobs, a change of the clocks, two schedulers, kills at random moments.

Every slot ran exactly once, or is recorded as missed with the reason.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from netcellar.models import Run, Slot
from netcellar.presence import Presence
from netcellar.processes import Identity
from netcellar.project_types import Job
from netcellar.recovery import recover
from netcellar.schedule import Cron, Every, Schedule
from netcellar.scheduler import Scheduler
from netcellar.slots import DONE, MISSED, Slots
from netcellar.store import Store

from .kit import run

Open = Callable[[], Store]
BERLIN = ZoneInfo("Europe/Berlin")
STEP = timedelta(minutes=20)
WEEK = timedelta(days=7)


def job(name: str, schedule: Schedule, overlap: str = "skip") -> Job:
    return Job(name, "i", "r", (), None, {}, schedule=schedule, overlap=overlap)


JOBS = {
    "nightly": job("nightly", Schedule(Cron("30 2 * * *", BERLIN))),
    "often": job("often", Schedule(Cron("0 * * * *", BERLIN), catch_up=False)),
    "slices": job("slices", Schedule(Every(timedelta(hours=6))), overlap="queue"),
}


@dataclass
class World:
    """Which processes live, and what they run: per run id the process, and when it will have ended."""

    store: Store
    state: Path
    chance: random.Random
    at: datetime
    living: set[int] = field(default_factory=set)
    going: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    pids: int = 0

    def presence(self, pid: int) -> Presence:
        return Presence(True, "m", Identity(pid, float(pid)), lambda identity: identity.pid in self.living)

    def scheduler(self, store: Store) -> tuple[int, Scheduler]:
        self.pids += 1
        self.living.add(self.pids)
        pid = self.pids

        def begin(job: Job, slot: Slot) -> None:
            self.begin(pid, job, slot)

        return pid, Scheduler(store, JOBS, self.presence(pid), begin, lambda _: None)

    def begin(self, pid: int, job: Job, slot: Slot) -> None:
        """A run begins; now and then its process is killed before it could say so."""
        if self.chance.random() < 0.05:
            self.kill(pid)
            return
        name = f"{job.name}-{slot.due:%d%H%M}-{len(self.going)}"
        entered = run(name, job=job.name, pid=pid, pid_started=float(pid), started=self.at)
        presence = self.presence(pid)
        assert self.store.enter(entered, lambda other: presence.lost(other, self.at), slot.due) is None
        lasts = timedelta(minutes=self.chance.choice((3, 20, 90, 500)))
        self.going[name] = (pid, self.at + lasts)

    def kill(self, pid: int) -> None:
        self.living.discard(pid)

    def end_runs(self) -> None:
        for name, (pid, until) in list(self.going.items()):
            if pid in self.living and until <= self.at:
                self.store.finish(name, [], status="success", finished=self.at)
            if pid not in self.living or until <= self.at:
                self.going[name] = (pid, datetime.max)


def live_a_week(world: World, open_stores: Open, begin: datetime) -> None:
    """Two schedulers look now and then; each may be killed at any time, and come back some hours later."""
    places: list[tuple[int, Scheduler] | datetime] = [world.scheduler(open_stores()) for _ in range(2)]
    stores = [open_stores(), open_stores()]
    while world.at < begin + WEEK:
        world.end_runs()
        for number, place in enumerate(places):
            if isinstance(place, datetime):
                if place <= world.at:
                    places[number] = world.scheduler(stores[number])
                continue
            pid, scheduler = place
            if pid in world.living:
                recover(world.state, scheduler.store, scheduler.presence, world.at)
                scheduler.look(world.at)
            if world.chance.random() < 0.02:
                world.kill(pid)
            if pid not in world.living:
                places[number] = world.at + timedelta(hours=world.chance.choice((0, 1, 5, 30)))
        world.at += STEP + timedelta(seconds=world.chance.randrange(120))


@pytest.mark.parametrize(
    ("begin", "seed"),
    [(datetime(2027, 10, 28), 1), (datetime(2027, 3, 25), 2)],
    ids=["autumn", "spring"],
)
def test_a_week(begin: datetime, seed: int, store: Store, open_stores: Open, tmp_path: Path) -> None:
    world = World(store, tmp_path, random.Random(seed), begin)
    for name, one in JOBS.items():
        assert one.schedule
        Slots(store, world.presence(0)).watch(name, one.schedule.timetable.words, begin)
    live_a_week(world, open_stores, begin)
    # At last one scheduler lives on, and sees to what the killed ones left.
    _, last = world.scheduler(store)
    for _ in range(100):
        world.at += timedelta(minutes=10)
        world.end_runs()
        recover(world.state, store, last.presence, world.at)
        last.look(world.at)
    judge(store, begin, begin + WEEK)


def judge(store: Store, begin: datetime, end: datetime) -> None:
    slots = [slot for slot in Slots(store, Presence(True)).past(last=10_000) if slot.due <= end]
    runs = {one.id: one for one in store.runs(last=10_000)}
    for name, one in JOBS.items():
        assert one.schedule
        due = list(one.schedule.timetable.due(begin, end))
        assert sorted(slot.due for slot in slots if slot.job == name) == due
    assert {slot.state for slot in slots} == {DONE, MISSED}
    for slot in slots:
        assert slot.reason
        assert (slot.run_id is not None) == (slot.state == DONE), slot.reason
    served = Counter(slot.run_id for slot in slots if slot.run_id)
    assert set(served.values()) == {1}
    assert {runs[name].status for name in served if name} == {"success", "lost"}
    assert_no_overlap(list(runs.values()))


def assert_no_overlap(runs: list[Run]) -> None:
    for name in JOBS:
        mine = sorted((one for one in runs if one.job == name), key=lambda one: one.started)
        assert mine
        for before, after in pairwise(mine):
            assert before.finished
            assert before.finished <= after.started, (before.id, after.id)
