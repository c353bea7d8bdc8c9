"""The store in a file: locked, full, gone, no database, not writable. Each is said clearly, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from netcellar.database import open_url
from netcellar.store import FILE_NAME, Store, StoreError, open_store
from sqlalchemy import text
from sqlalchemy.engine import URL

from .kit import add, run, stored


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder that is not there yet."""
    return tmp_path / "state"


@pytest.fixture
def file_store(state: Path) -> Iterator[Store]:
    """The store that a project has by itself."""
    store = open_store(state)
    yield store
    store.engine.dispose()


def test_many_may_open_a_new_store_at_once(state: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(state), range(8)))
    assert all(list(store.runs()) == [] for store in stores)


def test_nobody_else_reads_it_whatever_the_umask_says(state: Path) -> None:
    state.mkdir()
    before = os.umask(0)
    try:
        store = open_store(state)
        add(store, run("a"))
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()}
    assert modes == dict.fromkeys((FILE_NAME, f"{FILE_NAME}.lock", f"{FILE_NAME}-shm", f"{FILE_NAME}-wal"), 0o600)
    store.engine.dispose()


def test_sqlite_is_opened_safely(file_store: Store) -> None:
    with file_store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_file_that_is_no_store(state: Path) -> None:
    state.mkdir()
    (state / FILE_NAME).write_text("this is no database " * 100)
    with pytest.raises(StoreError, match=r"(?s)cannot be used: file is not a database.*-> move the file away"):
        open_store(state)


def test_a_locked_store(file_store: Store, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(file_store, run("a"))
    monkeypatch.setattr("netcellar.database.BUSY_SECONDS", 0)
    file_store.engine.dispose()
    with sqlite3.connect(state / FILE_NAME) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [one.id for one in file_store.runs()] == ["a"]
        with pytest.raises(StoreError, match=r"(?s)database is locked.*-> end the program that holds it"):
            add(file_store, run("b"))
        other.rollback()
    other.close()
    add(file_store, run("b"))


def test_a_full_disk_loses_nothing_that_was_there(file_store: Store) -> None:
    add(file_store, run("a"))
    with file_store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [stored("a", str(number), message="x" * 500) for number in range(500)]
    with pytest.raises(StoreError, match=r"(?s)is full.*-> free space"):
        file_store.finish("a", many, status="success")
    with file_store.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10_000}")
    file_store.finish("a", many, status="success")
    found = file_store.find("a")
    assert found is not None
    assert (found.status, len(found.records)) == ("success", 500)


def test_a_folder_that_is_gone(file_store: Store, state: Path) -> None:
    file_store.engine.dispose()
    state.rename(state.with_name("elsewhere"))
    with pytest.raises(StoreError, match=r"(?s)unable to open database file.*-> is its folder there"):
        file_store.runs()


@pytest.mark.parametrize("state", [Path("/proc/netcellar"), Path("/dev/null/netcellar")], ids=str)
def test_a_place_where_nothing_can_be_made(state: Path) -> None:
    with pytest.raises(StoreError, match=r"(?s)cannot be kept there.*-> set `state`"):
        open_store(state)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://a/b", "no database that the store can be in"),
        ("nonsense", "store: .*"),
    ],
)
def test_a_url_that_no_store_can_be_at(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=rf"(?s){words}.*-> write postgresql://"):
        open_url(url)


def test_a_server_that_is_not_there(state: Path) -> None:
    nowhere = URL.create("postgresql", "netcellar", "secret-of-the-database", "127.0.0.1", 1, "netcellar")
    with pytest.raises(StoreError, match=r"(?s)127.0.0.1/netcellar: .*-> is the database server up") as caught:
        open_store(state, nowhere)
    assert "secret-of-the-database" not in str(caught.value)
    assert not state.exists()


def test_a_server_without_the_package_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"(?s)needs the package psycopg.*-> pip install 'netcellar\[postgres\]'"):
        open_url("postgresql://a@127.0.0.1/b")
