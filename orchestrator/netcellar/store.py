"""The store of runs: what ran, when, and what became of every device. SQLite or PostgreSQL: see ``database.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .core import Record
from .database import WRITES, StoreError, open_file, open_url, unusable
from .keeping import keep
from .models import Run, Slot

__all__ = ["Store", "StoreError", "now", "open_store"]

FILE_NAME = "netcellar.db"
UNFINISHED = ("queued", "running")
# Keeps the locks of jobs apart from other locks in the same database.
ENTRANCE = 0x6E65


def now() -> datetime:
    """The time as the store keeps it: UTC, without a zone, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


class Store:
    """The runs of a project. Every method is one transaction. Raises ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; its objects stay readable after it."""
        with self._session(self.engine) as session:
            yield session

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that may write, one at a time where the database is a file."""
        with self._session(self._writer) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise unusable(self.engine, error) from error

    def enter(self, run: Run, lost: Callable[[Run], bool], slot: datetime | None = None) -> Run | None:
        """Enter a new run (for a slot of its job), unless a run of the job goes on: that one, then.

        ``lost`` tells the runs whose process is gone. Of two that come at one time, one gets in.
        """
        with self.session() as session:
            if self.engine.dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(run.job, ENTRANCE))))
            others = session.scalars(select(Run).where(Run.job == run.job, Run.status.in_(UNFINISHED)))
            if busy := next((other for other in others if not lost(other)), None):
                return busy
            session.add(run)
            if slot:
                taken = (Slot.job == run.job, Slot.due == slot)
                session.execute(update(Slot).where(*taken).values(run_id=run.id))
        return None

    def update(self, run_id: str, **values: Any) -> None:
        """Change columns of a run."""
        with self.session() as session:
            run = session.get_one(Run, run_id)
            for name, value in values.items():
                setattr(run, name, value)

    def sign(self, run_id: str, at: datetime) -> str | None:
        """Note that the process of a run lives at ``at``; who wants the run to end, or None."""
        with self.session() as session:
            run = session.get_one(Run, run_id)
            run.seen = at
            return run.cancel_by

    def cancelled_by(self, run_id: str) -> str | None:
        """Who wants a run to end, or None."""
        with self.reading() as session:
            return session.scalar(select(Run.cancel_by).where(Run.id == run_id))

    def finish(self, run_id: str, records: Sequence[Record], **values: Any) -> None:
        """Enter what a run came to, all at once: its records, and columns such as status and finished.

        Records that the store has of it are replaced; the holdings are brought up to date.
        """
        with self.session() as session:
            run = session.get_one(Run, run_id)
            keep(session, run, records)
            for name, value in values.items():
                setattr(run, name, value)

    def runs(self, *, job: str | None = None, inventory: str | None = None, last: int = 20) -> Sequence[Run]:
        """The latest runs, newest first."""
        query = select(Run).order_by(Run.started.desc(), Run.id.desc()).limit(last)
        query = query.where(Run.inventory == inventory) if inventory else query
        with self.reading() as session:
            return session.scalars(query.where(Run.job == job) if job else query).all()

    def unfinished(self) -> Sequence[Run]:
        """Every run that is entered as queued or running."""
        with self.reading() as session:
            return session.scalars(select(Run).where(Run.status.in_(UNFINISHED)).order_by(Run.started)).all()

    def by_id(self, run_ids: Sequence[str]) -> dict[str, Run]:
        """The runs of these ids that are there."""
        if not run_ids:
            return {}
        with self.reading() as session:
            return {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(run_ids)))}

    def find(self, run_id: str) -> Run | None:
        """A run with its records and its result, by its id or by a beginning that only it has."""
        with self.reading() as session:
            found = session.scalars(select(Run).where(Run.id.startswith(run_id, autoescape=True)).limit(2)).all()
            exact = [run for run in found if run.id == run_id] or (found if len(found) == 1 else [])
            for run in exact:
                run.records, run.result  # noqa: B018 (read while the transaction is open)
            return exact[0] if exact else None


def open_store(state: Path, url: URL | None = None) -> Store:
    """The store at ``url``, or else in the state folder; made or brought to this version's tables first."""
    return Store(open_url(url) if url else open_file(state / FILE_NAME))
