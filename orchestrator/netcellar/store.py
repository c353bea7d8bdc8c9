"""The store of runs: what ran, when, and what became of every device. SQLite here; any SQLAlchemy URL works."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, delete, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .core import Record
from .errors import OrchestratorError
from .models import ReceiptRow, RecordRow, Run

FILE_NAME = "netcellar.db"
BUSY_SECONDS = 30
UNFINISHED = ("queued", "running")


class StoreError(OrchestratorError):
    """The store cannot be used: locked, full, damaged, or written by a newer Netcellar."""


def now() -> datetime:
    """The time as the store keeps it: UTC, without a zone, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


class Store:
    """The runs of a project. Every method is one transaction. Raises ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction; its objects stay readable after it."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise _unusable(self.engine, error) from error

    def add(self, run: Run) -> None:
        """Enter a new run."""
        with self.session() as session:
            session.add(run)

    def update(self, run_id: str, **values: Any) -> None:
        """Change columns of a run."""
        with self.session() as session:
            run = session.get_one(Run, run_id)
            for name, value in values.items():
                setattr(run, name, value)

    def keep_records(self, run_id: str, records: Sequence[Record], details: Sequence[dict[str, Any]]) -> None:
        """Replace the records and receipts of a run; ``details`` are the records as plain data, in the same order."""
        with self.session() as session:
            for table in (RecordRow, ReceiptRow):
                session.execute(delete(table).where(table.run_id == run_id))
            for record, plain in zip(records, details, strict=True):
                session.add(_row(run_id, record, plain))
                session.add_all(_receipts(run_id, record))

    def runs(self, *, job: str | None = None, last: int = 20) -> Sequence[Run]:
        """The latest runs, newest first."""
        query = select(Run).order_by(Run.started.desc(), Run.id.desc()).limit(last)
        with self.session() as session:
            return session.scalars(query.where(Run.job == job) if job else query).all()

    def unfinished(self) -> Sequence[Run]:
        """Every run that is entered as queued or running."""
        with self.session() as session:
            return session.scalars(select(Run).where(Run.status.in_(UNFINISHED)).order_by(Run.started)).all()

    def find(self, run_id: str) -> Run | None:
        """A run with its records, by its id or by a beginning that only it has."""
        with self.session() as session:
            found = session.scalars(select(Run).where(Run.id.startswith(run_id, autoescape=True)).limit(2)).all()
            exact = [run for run in found if run.id == run_id] or (found if len(found) == 1 else [])
            for run in exact:
                run.records  # noqa: B018 (read while the transaction is open)
            return exact[0] if exact else None


def open_store(state: Path) -> Store:
    """The store in a state folder, made or brought to this version's tables first."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{state}: cannot be made: {error.strerror}", remedy="set `state` in the project") from error
    with (state / f"{FILE_NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return open_url(f"sqlite:///{state / FILE_NAME}")


def open_url(url: str) -> Store:
    """The store at a SQLAlchemy URL."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    try:
        _migrate(engine)
    except SQLAlchemyError as error:
        raise _unusable(engine, error) from error
    return Store(engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", f"busy_timeout = {BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "netcellar:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            remedy = "update Netcellar to the version that wrote it, or move the file away"
            raise StoreError(f"{engine.url.database}: the store is of a newer Netcellar", remedy=remedy) from error


def _row(run_id: str, record: Record, details: dict[str, Any]) -> RecordRow:
    return RecordRow(
        run_id=run_id,
        device_id=record.device_id,
        host=record.host,
        outcome=record.outcome,
        error=record.error,
        details=details,
    )


def _receipts(run_id: str, record: Record) -> Iterator[ReceiptRow]:
    for kept in record.artifacts if record.good and record.commit else ():
        yield ReceiptRow(
            run_id=run_id,
            device_id=record.device_id,
            artifact=kept.artifact,
            path=kept.path,
            commit_hash=record.commit,
            remote=record.remote,
            captured_at=record.captured_at,
        )


def _unusable(engine: Engine, error: SQLAlchemyError) -> StoreError:
    reason = getattr(error, "orig", None) or error
    remedy = "free space, end the program that holds it, or move the file away (a new one is made)"
    return StoreError(f"{engine.url.database}: the store of runs cannot be used: {reason}", remedy=remedy)
