"""Slots: entered once, taken once, missed with a reason; overlap, windows, clocks that jump, schedulers that race."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from netcellar.models import Slot
from netcellar.presence import SILENCE, Presence
from netcellar.processes import Identity
from netcellar.project_types import Job
from netcellar.schedule import Cron, Schedule
from netcellar.scheduler import Scheduler, next_look
from netcellar.slots import Slots
from netcellar.store import Store
from netcellar.window import Window

from .kit import add, run

Open = Callable[[], Store]
UTC = ZoneInfo("UTC")
NOON = datetime(2026, 11, 21, 12)
MINUTE = timedelta(minutes=1)
HOURLY = Job("hourly", "i", "r", (), None, {}, schedule=Schedule(Cron("0 * * * *", UTC)))


class Bench:
    """A scheduler whose runs begin and go on until they are ended by hand."""

    def __init__(self, store: Store, *jobs: Job, pid: int = 1, alone: bool = True, here: str = "m") -> None:
        self.store = store
        self.living = {1, 2}
        self.begun: list[datetime] = []
        self.told: list[str] = []
        presence = Presence(alone, here, Identity(pid, 1.0), lambda identity: identity.pid in self.living)
        self.scheduler = Scheduler(store, {job.name: job for job in jobs}, presence, self.begin, self.told.append)
        self.presence = presence

    def begin(self, job: Job, slot: Slot) -> None:
        self.begun.append(slot.due)
        entered = run(self.name(slot.due), job=job.name, pid=self.presence.me.pid, pid_started=1.0, machine="m")
        assert self.store.enter(entered, lambda other: self.presence.lost(other, slot.due), slot.due) is None

    def end(self, due: datetime, status: str = "success") -> None:
        self.store.finish(self.name(due), [], status=status, finished=due)

    def slots(self) -> dict[datetime, tuple[str, str]]:
        found = Slots(self.store, self.presence).past(last=10_000)
        return {slot.due: (slot.state, slot.reason) for slot in found}

    @staticmethod
    def name(due: datetime) -> str:
        return f"{due:%Y%m%d%H%M}"


def test_a_slot_runs_at_its_moment_and_is_closed_with_the_status(store: Store) -> None:
    bench = Bench(store, HOURLY)
    bench.scheduler.look(NOON - MINUTE)
    assert bench.begun == []
    bench.scheduler.look(NOON)
    bench.scheduler.look(NOON + MINUTE)
    assert bench.begun == [NOON]
    assert bench.slots() == {NOON: ("running", "")}
    bench.end(NOON, "partial")
    bench.scheduler.look(NOON + 2 * MINUTE)
    assert bench.slots() == {NOON: ("done", "partial")}


def test_what_was_missed_runs_once(store: Store) -> None:
    Bench(store, HOURLY).scheduler.look(NOON - MINUTE)
    late = Bench(store, HOURLY)
    late.scheduler.look(NOON + timedelta(hours=2, minutes=30))
    last = NOON + timedelta(hours=2)
    assert late.begun == [last]
    missed = [reason for state, reason in late.slots().values() if state == "missed"]
    assert missed == ["no scheduler was there; the slot of 2026-11-21T14:00:00Z runs in its place"] * 2


def test_a_job_may_not_want_to_catch_up(store: Store) -> None:
    job = replace(HOURLY, schedule=replace(HOURLY.schedule or Schedule(Cron("", UTC)), catch_up=False))
    Bench(store, job).scheduler.look(NOON - MINUTE)
    late = Bench(store, job)
    late.scheduler.look(NOON + timedelta(minutes=6))
    assert late.begun == []
    assert late.slots() == {NOON: ("missed", "no scheduler was there, and the job does not catch up")}
    late.scheduler.look(NOON + timedelta(minutes=64))
    assert late.begun == [NOON + timedelta(hours=1)], "up to five minutes late is not missed"


def test_a_new_schedule_owes_nothing(store: Store) -> None:
    bench = Bench(store, HOURLY)
    bench.scheduler.look(NOON + MINUTE)
    changed = Bench(store, replace(HOURLY, schedule=Schedule(Cron("30 * * * *", UTC))))
    changed.scheduler.look(NOON + timedelta(minutes=45))
    changed.scheduler.look(NOON + timedelta(minutes=50))
    assert bench.begun == changed.begun == []
    changed.scheduler.look(NOON + timedelta(minutes=90))
    assert changed.begun == [NOON + timedelta(minutes=90)]


@pytest.mark.parametrize(("overlap", "state"), [("skip", "missed"), ("queue", "waiting")])
def test_overlap(overlap: str, state: str, store: Store) -> None:
    bench = Bench(store, replace(HOURLY, overlap=overlap))
    bench.scheduler.look(NOON - MINUTE)
    bench.scheduler.look(NOON)
    one, two, three = (NOON + timedelta(hours=hours) for hours in (1, 2, 3))
    bench.scheduler.look(one)
    assert bench.begun == [NOON]
    assert bench.slots()[one][0] == state
    if overlap == "skip":
        assert bench.slots()[one][1] == "run 202611211200 was still going on"
    bench.scheduler.look(two)
    bench.end(NOON)
    bench.scheduler.look(two + MINUTE)
    if overlap == "queue":
        assert bench.begun == [NOON, two], "of several that wait, the last runs"
        assert bench.slots()[one] == ("missed", "the slot of 2026-11-21T14:00:00Z runs in its place")
        bench.end(two)
    bench.scheduler.look(three)
    assert bench.begun[-1] == three


def test_a_run_by_hand_is_in_the_way_too(store: Store) -> None:
    bench = Bench(store, HOURLY)
    bench.scheduler.look(NOON - MINUTE)
    add(store, run("by-hand", job="hourly", pid=2, pid_started=1.0, machine="m"))
    bench.scheduler.look(NOON)
    assert bench.slots() == {NOON: ("missed", "run by-hand was still going on")}


def test_a_window_makes_late_slots_wait_and_others_missed(store: Store) -> None:
    window = Window(time(12), time(12, 30), UTC)
    bench = Bench(store, replace(HOURLY, window=window))
    bench.scheduler.look(NOON - MINUTE)
    one = NOON + timedelta(hours=1)
    bench.scheduler.look(NOON + timedelta(minutes=40))
    assert bench.slots() == {NOON: ("waiting", "")}
    bench.scheduler.look(one)
    assert bench.begun == []
    assert bench.slots()[one] == ("missed", "it lies outside the job's window 12:00-12:30 UTC")


def test_a_clock_that_is_set_back_runs_nothing_twice(store: Store) -> None:
    bench = Bench(store, HOURLY)
    bench.scheduler.look(NOON - MINUTE)
    bench.scheduler.look(NOON)
    bench.end(NOON)
    bench.scheduler.look(NOON - timedelta(minutes=30))
    bench.scheduler.look(NOON)
    assert bench.begun == [NOON]
    assert any("clock was set back" in words for words in bench.told)


def test_a_clock_that_was_a_year_ahead_stops_nothing(store: Store) -> None:
    bench = Bench(store, HOURLY)
    bench.scheduler.look(NOON - MINUTE)
    ahead = NOON + timedelta(days=365, minutes=1)
    bench.scheduler.look(ahead)
    assert len(bench.begun) == 1
    assert len(bench.slots()) <= 31 * 24 + 1, "not every slot of a year is entered"
    bench.end(bench.begun[0])
    for minutes in (0, 60):
        bench.scheduler.look(NOON + timedelta(minutes=minutes))
    assert bench.begun[1:] == [NOON + timedelta(hours=1)]


def test_a_scheduler_that_died_between_taking_and_beginning(store: Store) -> None:
    bench = Bench(store, HOURLY)
    bench.scheduler.look(NOON - MINUTE)
    bench.scheduler.begin = lambda _job, _slot: None
    bench.scheduler.look(NOON)
    other = Bench(store, HOURLY, pid=2)
    other.scheduler.look(NOON + MINUTE)
    assert other.begun == [], "whoever took it lives"
    other.living.discard(1)
    other.scheduler.look(NOON + 2 * MINUTE)
    other.scheduler.look(NOON + 3 * MINUTE)
    assert other.begun == [NOON]


def test_a_scheduler_of_another_machine_is_given_up_after_a_silence(store: Store) -> None:
    bench = Bench(store, HOURLY, alone=False, here="one")
    bench.scheduler.look(NOON - MINUTE)
    bench.scheduler.begin = lambda _job, _slot: None
    bench.scheduler.look(NOON)
    other = Bench(store, HOURLY, alone=False, here="m")
    other.living = set()
    other.scheduler.look(NOON + SILENCE)
    assert other.begun == []
    other.scheduler.look(NOON + SILENCE + MINUTE)
    other.scheduler.look(NOON + SILENCE + 2 * MINUTE)
    assert other.begun == [NOON]


def test_a_job_that_left_the_project_is_forgotten(store: Store) -> None:
    bench = Bench(store, replace(HOURLY, overlap="queue"))
    bench.scheduler.look(NOON - MINUTE)
    add(store, run("by-hand", job="hourly", pid=2, pid_started=1.0, machine="m"))
    bench.scheduler.look(NOON)
    empty = Bench(store)
    empty.scheduler.look(NOON + MINUTE)
    assert empty.slots() == {NOON: ("missed", "the job has no schedule any more")}
    assert empty.scheduler.slots.watched() == {}


def test_schedulers_that_look_at_the_same_moment_begin_a_slot_once(open_stores: Open) -> None:
    jobs = [replace(HOURLY, name=f"job{number}") for number in range(3)]
    benches = [Bench(open_stores(), *jobs) for _ in range(3)]
    benches[0].scheduler.look(NOON - MINUTE)
    ready = threading.Barrier(len(benches))
    begun: list[tuple[str, datetime]] = []
    for bench in benches:
        bench.scheduler.begin = lambda job, slot: begun.append((job.name, slot.due))

    def look(bench: Bench) -> None:
        for hour in range(6):
            ready.wait()
            bench.scheduler.look(NOON + timedelta(hours=hour))
            ready.wait()
            for slot in bench.scheduler.slots.open():
                bench.scheduler.slots.close(slot, "success", NOON)

    with ThreadPoolExecutor(len(benches)) as pool:
        list(pool.map(look, benches))
    assert sorted(begun) == sorted((job.name, NOON + timedelta(hours=hour)) for job in jobs for hour in range(6))


def test_two_that_enter_a_run_of_a_job_at_once_do_not_both_get_in(open_stores: Open) -> None:
    stores = [open_stores() for _ in range(4)]
    ready = threading.Barrier(len(stores))

    def enter(number: int) -> list[bool]:
        found = []
        for turn in range(5):
            ready.wait()
            entered = run(f"{turn}-{number}", job=f"job{turn}")
            found.append(stores[number].enter(entered, lambda _run: False) is None)
        return found

    with ThreadPoolExecutor(len(stores)) as pool:
        came_in = list(pool.map(enter, range(len(stores))))
    assert [sum(turn) for turn in zip(*came_in, strict=True)] == [1] * 5


def test_how_long_nothing_is_due() -> None:
    jobs = {"hourly": HOURLY}
    assert next_look(jobs, NOON - timedelta(seconds=3), timedelta(seconds=5)) == timedelta(seconds=3)
    assert next_look(jobs, NOON, timedelta(seconds=5)) == timedelta(seconds=5)
    assert next_look({}, NOON, timedelta(seconds=5)) == timedelta(seconds=5)
