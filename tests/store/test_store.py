"""The store, on SQLite and on PostgreSQL: migrations make what the models say; what is kept can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from netcellar.core import Kept, Record
from netcellar.database import open_url
from netcellar.models import Base, CertificateRow, HoldingRow, ReceiptRow
from netcellar.store import Store, StoreError
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.engine import URL

from .kit import add, run, stored

Open = Callable[[], Store]


def test_migrations_from_empty_give_what_the_models_say(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def migrate(url: URL, how: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "netcellar:migrations")
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        how(config, revision)
    engine.dispose()


def test_a_store_of_the_first_version_keeps_its_runs(store_url: URL, open_stores: Open) -> None:
    migrate(store_url, command.upgrade, "0001")
    columns = "id, job, inventory, repository, check_mode, status, message, started, pid, pid_started"
    values = "'old', 'nightly', 'i', 'r', false, 'success', '', '2026-01-01 00:00:00', 1, 1.5"
    engine = create_engine(store_url.set(drivername="postgresql+psycopg") if store_url.host else store_url)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO runs ({columns}) VALUES ({values})"))
    engine.dispose()
    [found] = open_stores().runs()
    assert (found.id, found.type, found.origin, found.machine) == ("old", "backup", "manual", "")


def test_migrations_can_be_undone(store_url: URL) -> None:
    migrate(store_url, command.upgrade, "head")
    migrate(store_url, command.downgrade, "base")
    engine = open_url(store_url)
    assert "slots" in inspect(engine).get_table_names()
    engine.dispose()


def test_opening_again_keeps_everything(open_stores: Open) -> None:
    add(open_stores(), run("a"))
    assert [one.id for one in open_stores().runs()] == ["a"]


def test_many_may_open_a_new_server_store_at_once(new_postgres: Callable[[], URL]) -> None:
    url = new_postgres()
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(lambda _: open_url(url), range(8)))
    assert all(list(Store(engine).runs()) == [] for engine in engines)
    for engine in engines:
        engine.dispose()


def test_records_receipts_and_certificates(store: Store) -> None:
    add(store, run("a"))
    good = stored("a", "1", remote="x")
    bad = Record("a", "2", "r2", outcome="failed", error="push", artifacts=(Kept("running", "p/2", 10),))
    for _ in range(2):
        store.finish("a", [good, bad])
    found = store.find("a")
    assert found is not None
    assert [(row.host, row.outcome, row.error) for row in found.records] == [
        ("host-1", "stored", None),
        ("r2", "failed", "push"),
    ]
    with store.reading() as session:
        receipts = session.scalars(select(ReceiptRow)).all()
        assert [(row.device_id, row.commit_hash, row.remote) for row in receipts] == [("1", "c0ffee", "x")]
        certificates = session.scalars(select(CertificateRow)).all()
        assert [(row.device_id, row.size, row.checks) for row in certificates] == [("1", 10, {"end": "end"})]


def holdings(store: Store) -> dict[str, tuple[str, datetime]]:
    with store.reading() as session:
        return {row.device_id: (row.run_id, row.captured_at) for row in session.scalars(select(HoldingRow))}


def test_the_newest_proof_is_held_whatever_the_order_of_entering(store: Store) -> None:
    for name in ("a", "b", "c"):
        add(store, run(name, check=name == "c"))
    store.finish("a", [stored("a", "1", captured_at="2999-01-01T00:00:00Z")])  # its clock was wrong
    store.finish("b", [stored("b", "1", captured_at="2026-11-21T03:00:00Z"), stored("b", "2")])
    store.finish("a", [stored("a", "1"), Record("a", "2", "r2", outcome="failed", error="auth")])
    store.finish("c", [stored("c", "1", captured_at="2026-11-21T04:00:00Z")])
    assert holdings(store) == {
        "1": ("b", datetime(2026, 11, 21, 3)),
        "2": ("b", datetime(2026, 11, 21, 2)),
    }


def test_records_of_no_run_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        store.finish("b", [Record("b", "1", "r1")])
    assert list(store.runs()) == []


def test_a_transaction_is_whole_or_not_at_all(store: Store) -> None:
    add(store, run("a"))
    twice = [stored("a", "1"), stored("a", "1")]
    with pytest.raises(StoreError):
        store.finish("a", twice, status="success")
    found = store.find("a")
    assert found is not None
    assert (found.status, found.records) == ("running", [])


def test_find_by_a_beginning(store: Store) -> None:
    for name in ("2026-a", "2026-b", "2027"):
        add(store, run(name))
    assert store.find("2026") is None
    assert store.find("2%") is None
    for name, asked in (("2026-b", "2026-b"), ("2027", "2027"), ("2027", "2027")):
        found = store.find(asked)
        assert found is not None
        assert found.id == name


def test_a_newer_store_is_left_alone(store: Store, open_stores: Open) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"(?s)newer Netcellar.*update Netcellar"):
        open_stores()
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_many_writers_wait_for_each_other(store: Store) -> None:
    add(store, run("a"))

    def change(number: int) -> None:
        store.update("a", message=str(number))
        add(store, run(f"b{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(24)))
    assert len(store.runs(last=100)) == 25
