"""The scheduler as a program: what its runs come to is entered, however they end, and a store that goes comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import netcellar.resident
import pytest
from netcellar.errors import RunRefusedError
from netcellar.execution import JobBusyError
from netcellar.order import Order
from netcellar.processes import Identity
from netcellar.project import load_project
from netcellar.resident import Resident
from netcellar.signals import Stop
from netcellar.slots import Slots
from netcellar.store import Store, StoreError

from tests.waiting import HANG_SECONDS

from .kit import run

Open = Callable[[], Store]
NOON = datetime(2026, 11, 21, 12)
PROJECT = """\
version: 1
repositories: {main: {path: cellar.git}}
jobs:
  hourly: {inventory: {devices: [r1]}, schedule: {cron: "0 * * * *"}}
"""


class Desk:
    """A resident on a clock that stands still; its runs do what the test says."""

    def __init__(self, folder: Path, open_store: Open, text: str = PROJECT) -> None:
        (folder / "devices.yml").write_text("devices: [{name: r1}]\n")
        self.file = folder / "netcellar.yml"
        self.file.write_text(text)
        self.at = NOON - timedelta(minutes=1)
        self.told: list[str] = []
        self.resident = Resident(load_project(self.file), open_store, {}, self.told.append, lambda: self.at)
        self.resident.look()
        self.at = NOON

    def change(self, text: str) -> None:
        """Write the project file, later than before: within a tick of the system's clock all times are one."""
        later = self.file.stat().st_mtime_ns + 10**9
        self.file.write_text(text)
        os.utime(self.file, ns=(later, later))

    def look(self) -> None:
        """Look, wait for what was begun, and look again."""
        self.resident.look()
        for one in self.resident.going:
            assert one.thread
            one.thread.join(HANG_SECONDS)
        self.resident.look()

    def slots(self) -> list[tuple[str, str]]:
        return [(slot.state, slot.reason) for slot in self.resident.scheduler.slots.past()]


@contextmanager
def runs_that(monkeypatch: pytest.MonkeyPatch, do: Callable[[Store, Order], int]) -> Iterator[None]:
    class Done:
        run_id, status, message = "a", "success", "well"

        def __init__(self, code: int) -> None:
            self.exit_code = code

    def stub(_project: Any, order: Order, *, store: Store, **_others: Any) -> Done:
        return Done(do(store, order))

    with monkeypatch.context() as patch:
        patch.setattr(netcellar.resident, "run_job", stub)
        yield


def refuse(_store: Store, _order: Order) -> int:
    raise RunRefusedError("no secret", remedy="give it")


def be_busy(_store: Store, _order: Order) -> int:
    raise JobBusyError(run("other", job="hourly", started=NOON))


def enter(store: Store, order: Order) -> None:
    me = Identity.me()
    entered = run("a", job="hourly", pid=me.pid, pid_started=me.started)
    assert store.enter(entered, lambda _run: False, order.slot) is None


def fill_the_disk(store: Store, order: Order) -> int:
    enter(store, order)
    raise OSError(28, "No space left on device")


def end_well(store: Store, order: Order) -> int:
    enter(store, order)
    store.finish("a", [], status="success", finished=NOON)
    return 0


def end_well_and_break(store: Store, order: Order) -> int:
    end_well(store, order)
    raise StoreError("gone")


@pytest.mark.parametrize(
    ("do", "slot", "codes"),
    [
        (end_well_and_break, ("done", "success"), [3]),
        (end_well, ("done", "success"), [0]),
        (refuse, ("missed", "no secret"), [3]),
        (be_busy, ("missed", "run other of `hourly` goes on since 2026-11-21T12:00:00Z"), [3]),
        (fill_the_disk, ("done", "lost"), [3]),
    ],
)
def test_whatever_a_run_comes_to_its_slot_is_closed(
    do: Callable[[Store, Order], int],
    slot: tuple[str, str],
    codes: list[int],
    open_stores: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(tmp_path, open_stores)
    with runs_that(monkeypatch, do):
        desk.look()
    assert desk.slots() == [slot]
    assert desk.resident.codes == codes
    assert list(desk.resident.store.unfinished()) == []


def test_with_queue_a_slot_that_found_the_job_busy_waits(
    open_stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(
        tmp_path, open_stores, PROJECT.replace("}}}", "}}").replace('"0 * * * *"}', '"0 * * * *"}, overlap: queue')
    )
    answers = iter((be_busy, end_well))

    def answer(store: Store, order: Order) -> int:
        return next(answers)(store, order)

    with runs_that(monkeypatch, answer):
        desk.look()
        assert desk.slots() in ([("running", "")], [("waiting", "")], [("done", "success")])
        desk.look()
    assert desk.slots() == [("done", "success")]


def test_a_store_that_goes_and_comes_again(open_stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path, open_stores)

    def gone(_self: Slots) -> None:
        raise StoreError("the database has gone")

    with runs_that(monkeypatch, end_well):
        with monkeypatch.context() as patch:
            patch.setattr(Slots, "watched", gone)
            for _ in range(3):
                desk.resident.look()
        told = [words for words in desk.told if "the database has gone" in words]
        assert len(told) == 1, "it is told of once"
        assert "caught up" in told[0]
        desk.look()
    assert desk.slots() == [("done", "success")]
    assert "the store is there again" in desk.told


def test_a_changed_project_is_taken_over_and_a_broken_one_is_not(open_stores: Open, tmp_path: Path) -> None:
    desk = Desk(tmp_path, open_stores)
    desk.change(PROJECT.replace("0 * * * *", "0 * * *"))
    desk.resident.reread()
    assert "five fields" in desk.told[-1]
    assert list(desk.resident.scheduler.jobs) == ["hourly"]
    desk.change(PROJECT.replace("hourly", "other"))
    desk.resident.reread()
    assert list(desk.resident.scheduler.jobs) == ["other"]
    told = len(desk.told)
    desk.resident.reread()
    assert len(desk.told) == told
    desk.change(f"state: elsewhere\n{PROJECT}")
    desk.resident.reread()
    assert "start the scheduler again" in desk.told[-1]
    assert list(desk.resident.scheduler.jobs) == ["other"], "its runs would be in one place, and its slots in another"


def test_it_stops_at_once_where_nothing_goes_on(open_stores: Open, tmp_path: Path) -> None:
    desk = Desk(tmp_path, open_stores)
    desk.resident.stay(Stop(1), 600)
    assert desk.slots() == []
