"""Logs, the audit, and ageing out: what is old goes, what tells of a device's last good capture stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from netcellar.journal import Keep, age_out, audit, audited, lines_of, log
from netcellar.models import CertificateRow, HoldingRow, LogLine, ReceiptRow, RecordRow, Slot
from netcellar.store import Store
from sqlalchemy import func, select

from .kit import add, run, stored

NOON = datetime(2026, 11, 21, 12)


def line(run_id: str, level: str, message: str, source: str = "job", at: datetime = NOON) -> LogLine:
    return LogLine(run_id=run_id, at=at, level=level, source=source, message=message)


def count(store: Store, table: type) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_lines_by_level_source_and_place(store: Store) -> None:
    add(store, run("a"))
    log(store, [line("a", "debug", "1"), line("a", "info", "2"), line("a", "error", "3", "connection")])
    assert [one.message for one in lines_of(store, "a")] == ["2", "3"]
    assert [one.message for one in lines_of(store, "a", level="debug")] == ["1", "2", "3"]
    assert [one.message for one in lines_of(store, "a", source="connection")] == ["3"]
    first = lines_of(store, "a")[0].id
    assert [one.message for one in lines_of(store, "a", after=first)] == ["3"]


def test_the_audit_names_who_and_where(store: Store) -> None:
    audit(store, NOON, "run.start", "a")
    audit(store, NOON, "run.cancel", "a", {"status": "running"})
    newest, oldest = audited(store)
    assert (newest.verb, newest.subject, newest.details) == ("run.cancel", "a", {"status": "running"})
    assert newest.actor
    assert newest.machine
    assert oldest.verb == "run.start"
    assert len(audited(store, last=1)) == 1


def test_old_runs_go_with_all_that_is_theirs(store: Store) -> None:
    old, new = NOON - timedelta(days=200), NOON
    for name, started, status in (("old", old, "success"), ("new", new, "success"), ("stuck", old, "running")):
        add(store, run(name, started=started, status=status))
        store.finish(name, [stored(name, name)])
        log(store, [line(name, "info", "x", at=new)])
    assert age_out(store, NOON, Keep()) == ["old"]
    assert sorted(one.id for one in store.runs()) == ["new", "stuck"]
    for table in (RecordRow, ReceiptRow, CertificateRow, LogLine):
        assert count(store, table) == 2, table
    assert count(store, HoldingRow) == 3, "how old a device's last good capture is must not be forgotten"


def test_the_last_run_of_a_job_stays_however_old(store: Store) -> None:
    old = NOON - timedelta(days=999)
    add(store, run("first", started=old, status="success"))
    add(store, run("last", started=old + timedelta(days=1), status="failed"))
    add(store, run("other", job="weekly", started=old, status="success"))
    assert age_out(store, NOON, Keep()) == ["first"]
    assert sorted(one.id for one in store.runs()) == ["last", "other"]


def test_lines_audit_and_slots_have_ages_of_their_own(store: Store) -> None:
    add(store, run("a", status="success"))
    claimed = {"noted": NOON, "machine": "m", "pid": 1, "pid_started": 1.0}
    for days in (1, 31, 731):
        at = NOON - timedelta(days=days)
        log(store, [line("a", "info", str(days), at=at)])
        audit(store, at, "run.start", str(days))
        with store.session() as session:
            session.add(Slot(job="a", due=at, state="waiting" if days == 731 else "done", reason="", **claimed))
    age_out(store, NOON, Keep(runs=timedelta(days=10)))
    assert [one.message for one in lines_of(store, "a")] == ["1"]
    assert [entry.subject for entry in audited(store)] == ["31", "1"]
    with store.reading() as session:
        assert sorted(slot.state for slot in session.scalars(select(Slot))) == ["done", "waiting"]
