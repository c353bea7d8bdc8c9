"""The slots of schedules in the store: entered once, taken once, and closed with what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Insert, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .models import Slot, Watched
from .presence import Presence
from .store import Store

WAITING, RUNNING, DONE, MISSED = "waiting", "running", "done", "missed"
OPEN = (WAITING, RUNNING)


@dataclass(frozen=True, slots=True)
class Entry:
    """A slot to be entered; without a reason it waits for its run, with one it was missed."""

    due: datetime
    reason: str = ""


class Slots:
    """Each method is one transaction; ``presence`` says who takes slots here."""

    def __init__(self, store: Store, presence: Presence) -> None:
        self.store = store
        self.presence = presence

    def watched(self) -> dict[str, Watched]:
        """Every schedule that is watched, by its job."""
        with self.store.reading() as session:
            return {row.job: row for row in session.scalars(select(Watched))}

    def watch(self, job: str, schedule: str, at: datetime) -> None:
        """Watch a schedule from now on; slots before that are none of its."""
        with self.store.session() as session:
            session.merge(Watched(job=job, schedule=schedule, since=at, until=at))

    def forget(self, jobs: Sequence[str]) -> None:
        """Stop to watch jobs that are gone from the project."""
        with self.store.session() as session:
            session.execute(delete(Watched).where(Watched.job.in_(jobs)))

    def enter(self, job: str, entries: Sequence[Entry], until: datetime, at: datetime) -> None:
        """Enter slots that are not there yet, and note that all up to ``until`` are dealt with."""
        with self.store.session() as session:
            for entry in entries:
                session.execute(self._insert(session, job, entry, at))
            session.execute(update(Watched).where(Watched.job == job).values(until=until))

    def _insert(self, session: Session, job: str, entry: Entry, at: datetime) -> Insert:
        dialect = session.get_bind().dialect.name
        insert = postgresql.insert(Slot) if dialect == "postgresql" else sqlite.insert(Slot)
        state = MISSED if entry.reason else WAITING
        row = {"job": job, "due": entry.due, "state": state, "reason": entry.reason, "noted": at, **self._owner()}
        return insert.values(**row).on_conflict_do_nothing()

    def _owner(self) -> Mapping[str, Any]:
        me = self.presence.me
        return {"machine": self.presence.here, "pid": me.pid, "pid_started": me.started}

    def open(self) -> Sequence[Slot]:
        """Every slot that waits or runs, the oldest first."""
        with self.store.reading() as session:
            return session.scalars(select(Slot).where(Slot.state.in_(OPEN)).order_by(Slot.due, Slot.job)).all()

    def take(self, slot: Slot, at: datetime) -> bool:
        """Take a slot that waits, to run it here; False where another scheduler was quicker."""
        taken = self._move(slot, WAITING, {"state": RUNNING, "noted": at, **self._owner()})
        if taken:
            slot.state = RUNNING
        return taken

    def give_back(self, slot: Slot, at: datetime) -> bool:
        """Let a slot wait again that was taken and never began to run."""
        return self._move(slot, RUNNING, {"state": WAITING, "noted": at})

    def miss(self, slot: Slot, reason: str, at: datetime) -> bool:
        """Close a slot that will not run."""
        return self._move(slot, slot.state, {"state": MISSED, "reason": reason, "noted": at})

    def close(self, slot: Slot, reason: str, at: datetime) -> bool:
        """Close a slot whose run has ended."""
        return self._move(slot, RUNNING, {"state": DONE, "reason": reason, "noted": at})

    def _move(self, slot: Slot, state: str, values: Mapping[str, Any]) -> bool:
        same = (Slot.job == slot.job, Slot.due == slot.due, Slot.state == state)
        with self.store.session() as session:
            done = session.execute(update(Slot).where(*same).values(**values))
            return cast("CursorResult[Any]", done).rowcount == 1

    def past(self, *, job: str | None = None, state: str | None = None, last: int = 50) -> Sequence[Slot]:
        """The latest slots, newest first."""
        query = select(Slot).order_by(Slot.due.desc(), Slot.job).limit(last)
        query = query.where(Slot.job == job) if job else query
        with self.store.reading() as session:
            return session.scalars(query.where(Slot.state == state) if state else query).all()
