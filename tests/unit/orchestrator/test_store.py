"""The store: its migrations make what the models say, from empty and again; receipts belong to good records only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from netcellar.core import Kept, Record
from netcellar.models import Base, ReceiptRow, Run
from netcellar.store import FILE_NAME, Store, StoreError, now, open_store
from sqlalchemy import select, text


def run(name: str, **values: Any) -> Run:
    facts = {"job": "nightly", "inventory": "i", "repository": "r", "check": False, "status": "running", "message": ""}
    return Run(id=name, **(facts | {"started": now(), "pid": 1, "pid_started": 1.5} | values))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "state")
    yield store
    store.engine.dispose()


def test_migrations_from_empty_give_what_the_models_say(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_keeps_everything(store: Store, tmp_path: Path) -> None:
    store.add(run("a"))
    assert [one.id for one in open_store(tmp_path / "state").runs()] == ["a"]


def test_many_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(tmp_path / "new"), range(8)))
    assert all(list(store.runs()) == [] for store in stores)


def test_sqlite_is_opened_safely(store: Store) -> None:
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_records_and_receipts(store: Store) -> None:
    store.add(run("a"))
    kept = Kept("running", "p/r1", 10, "00", True)
    good = Record("a", "1", "r1", outcome="stored", artifacts=(kept,), commit="c0ffee", remote="x", captured_at="t")
    bad = Record("a", "2", "r2", outcome="failed", error="push", artifacts=(kept,))
    for _ in range(2):
        store.keep_records("a", [good, bad], [asdict(good), asdict(bad)])
    found = store.find("a")
    assert found is not None
    assert [(row.host, row.outcome, row.error) for row in found.records] == [
        ("r1", "stored", None),
        ("r2", "failed", "push"),
    ]
    with store.session() as session:
        receipts = session.scalars(select(ReceiptRow)).all()
        assert [(row.device_id, row.commit_hash, row.remote) for row in receipts] == [("1", "c0ffee", "x")]


def test_records_of_no_run_are_refused(store: Store) -> None:
    record = Record("b", "1", "r1")
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.keep_records("b", [record], [asdict(record)])


def test_find_by_a_beginning(store: Store) -> None:
    for name in ("2026-a", "2026-b", "2027"):
        store.add(run(name))
    assert store.find("2026") is None
    assert store.find("2%") is None
    for name, asked in (("2026-b", "2026-b"), ("2027", "2027"), ("2027", "2027")):
        found = store.find(asked)
        assert found is not None
        assert found.id == name


def test_a_newer_store_is_left_alone(store: Store, tmp_path: Path) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"(?s)newer Netcellar.*update Netcellar"):
        open_store(tmp_path / "state")


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("this is no database " * 100)
    with pytest.raises(StoreError, match=r"(?s)cannot be used: file is not a database.*-> "):
        open_store(tmp_path)


def test_a_locked_store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netcellar.store.BUSY_SECONDS", 0)
    store.engine.dispose()
    with sqlite3.connect(tmp_path / "state" / FILE_NAME) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked"):
            open_store(tmp_path / "state").add(run("a"))
    other.close()
