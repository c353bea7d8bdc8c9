"""What a killed process left is entered; so is the result of a run that ended while the store was gone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from netcellar.models import LogLine
from netcellar.presence import SILENCE, Presence
from netcellar.processes import Identity
from netcellar.project import load_project
from netcellar.project_store import forget_old
from netcellar.recovery import recover, run_folder
from netcellar.run_log import RunLog
from netcellar.signals import Stop
from netcellar.store import Store, StoreError, now
from netcellar.vigil import Vigil
from netcellar.window import Window

from .kit import add, run, stored

UTC = ZoneInfo("UTC")
NOON = datetime(2026, 11, 21, 12)
RESULT = {
    "schema": 1,
    "status": "partial",
    "message": "one not",
    "timings": {"finished": "2026-11-21T11:00:00Z"},
}


def presence(*living: int, alone: bool = True) -> Presence:
    return Presence(alone, "here", Identity(99, 1.0), lambda identity: identity.pid in living)


def left(state: Path, run_id: str, *devices: str) -> Path:
    """The folder of a run with a record for each device."""
    folder = run_folder(state, run_id)
    folder.mkdir(parents=True)
    lines = [stored(run_id, device).line() for device in devices]
    (folder / "records.jsonl").write_text("".join(lines))
    return folder


def test_a_run_whose_process_is_gone_is_lost_with_its_records(store: Store, tmp_path: Path) -> None:
    for name, pid in (("gone", 1), ("there", 2)):
        add(store, run(name, pid=pid))
        left(tmp_path, name, "r1")
    assert [one.id for one in recover(tmp_path, store, presence(2), NOON)] == ["gone"]
    gone, there = store.find("gone"), store.find("there")
    assert gone is not None
    assert there is not None
    assert (gone.status, gone.finished, len(gone.records)) == ("lost", NOON, 1)
    assert (there.status, there.records) == ("running", [])
    assert recover(tmp_path, store, presence(2), NOON) == []


@pytest.mark.parametrize("living", [(), (1,)], ids=["process-gone", "process-there"])
def test_a_run_that_could_not_tell_the_store_of_its_end(living: tuple[int, ...], store: Store, tmp_path: Path) -> None:
    add(store, run("a"))
    (left(tmp_path, "a", "r1", "r2") / "result.json").write_text(json.dumps(RESULT))
    assert recover(tmp_path, store, presence(*living), NOON) == []
    found = store.find("a")
    assert found is not None
    assert (found.status, found.message, found.finished) == ("partial", "one not", datetime(2026, 11, 21, 11))
    assert (found.result, len(found.records)) == (RESULT, 2)


def test_half_a_result_is_none(store: Store, tmp_path: Path) -> None:
    add(store, run("a"))
    (left(tmp_path, "a") / "result.json").write_text(json.dumps(RESULT)[:40])
    assert [one.id for one in recover(tmp_path, store, presence(), NOON)] == ["a"]


def test_a_run_of_another_machine_lives_while_it_gives_signs(store: Store, tmp_path: Path) -> None:
    add(store, run("a", machine="there", seen=NOON))
    ours = presence(alone=False)
    assert recover(tmp_path, store, ours, NOON + SILENCE) == []
    assert [one.id for one in recover(tmp_path, store, ours, NOON + SILENCE + timedelta(seconds=1))] == ["a"]


def test_old_runs_go_with_their_folders(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "netcellar.yml"
    file.write_text("version: 1\nrepositories: {main: {path: c.git}}\nstore: {keep_runs: 10d}\n")
    project = load_project(file)
    for name, days in (("old", 11), ("young", 9), ("last", 0)):
        add(store, run(name, status="success", started=NOON - timedelta(days=days)))
        left(project.state, name)
    assert forget_old(project, store, NOON) == 1
    assert sorted(path.name for path in (project.state / "runs").iterdir()) == ["last", "young"]


class Deaf:
    """A store that takes nothing."""

    def session(self, *_arguments: object) -> None:
        raise StoreError("the store is gone")

    reading = cancelled_by = sign = session


def test_a_log_waits_for_a_store_that_is_gone(store: Store) -> None:
    add(store, run("a"))
    told: list[str] = []
    log = RunLog(store, "a", told.append)
    log.store = Deaf()  # type: ignore[assignment]
    log.say("info", "one")
    for _ in range(2):
        log.flush()
    log.store = store
    log.say("info", "two")
    log.flush()
    with store.reading() as session:
        assert [line.message for line in session.query(LogLine).order_by(LogLine.id)] == ["one", "two"]
    assert len(told) == 1


def test_what_asks_a_run_to_end(store: Store) -> None:
    add(store, run("a"))
    stop = Stop()
    vigil = Vigil(store, "a", stop, None, lambda _words: None)
    vigil.look()
    assert not stop.asked
    found = store.find("a")
    assert found is not None
    assert found.seen is not None
    store.update("a", cancel_by="somebody")
    Vigil(store, "a", stop, None, lambda _words: None).look()
    assert (stop.asked, stop.why) == (1, "somebody cancelled it")


def test_a_window_that_closes_ends_a_run(store: Store) -> None:
    add(store, run("a"))
    clock = now().time()
    closed = Window(clock.replace(hour=(clock.hour + 2) % 24), clock.replace(hour=(clock.hour + 3) % 24), UTC)
    stop = Stop()
    Vigil(store, "a", stop, closed, lambda _words: None).look()
    assert stop.asked == 1
    assert "has closed" in stop.why


def test_a_run_does_not_end_because_the_store_is_gone() -> None:
    told: list[str] = []
    stop = Stop()
    vigil = Vigil(Deaf(), "a", stop, None, told.append)  # type: ignore[arg-type]
    vigil.look()
    assert not stop.asked
    assert len(told) == 1
