"""What is written down beside the results: the log lines of runs, who did what, and when all of it goes."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import aliased

from .models import AuditEntry, LogLine, Run, Slot
from .store import UNFINISHED, Store

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Keep:
    """How long the store keeps what has ended. Of each job, the last run stays whatever its age."""

    runs: timedelta = timedelta(days=180)
    logs: timedelta = timedelta(days=30)
    audit: timedelta = timedelta(days=730)


def actor() -> str:
    """Who runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def machine() -> str:
    """The name of this machine, as the store tells machines apart."""
    return socket.gethostname()


def log(store: Store, lines: Sequence[LogLine]) -> None:
    """Add lines to the logs of runs."""
    with store.session() as session:
        session.add_all(lines)


def lines_of(
    store: Store, run_id: str, *, level: Level = "info", source: str | None = None, after: int = 0
) -> Sequence[LogLine]:
    """The lines of a run from a level upwards, in order; only those with an id above ``after``."""
    wanted = LEVELS[LEVELS.index(level) :]
    query = select(LogLine).where(LogLine.run_id == run_id, LogLine.level.in_(wanted), LogLine.id > after)
    with store.reading() as session:
        return session.scalars((query.where(LogLine.source == source) if source else query).order_by(LogLine.id)).all()


def audit(store: Store, at: datetime, verb: str, subject: str, details: Mapping[str, Any] | None = None) -> None:
    """Write down who did what to what: a run, a job, a quarantined text."""
    with store.session() as session:
        entry = AuditEntry(at=at, actor=actor(), machine=machine(), verb=verb, subject=subject)
        entry.details = dict(details or {})
        session.add(entry)


def audited(store: Store, *, last: int = 50) -> Sequence[AuditEntry]:
    """The latest entries of the audit, newest first."""
    with store.reading() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(last)).all()


def age_out(store: Store, at: datetime, keep: Keep) -> Sequence[str]:
    """Forget what is older than ``keep`` says; gives the runs that went.

    A job's last run stays, and so do holdings: how old a device's last good capture is must not be forgotten.
    """
    later = aliased(Run)
    followed = exists().where(later.job == Run.job, later.started > Run.started)
    old = select(Run.id).where(Run.started < at - keep.runs, Run.status.not_in(UNFINISHED), followed)
    with store.session() as session:
        gone = session.scalars(old).all()
        for first in range(0, len(gone), 500):
            session.execute(delete(Run).where(Run.id.in_(gone[first : first + 500])))
        session.execute(delete(LogLine).where(LogLine.at < at - keep.logs))
        session.execute(delete(AuditEntry).where(AuditEntry.at < at - keep.audit))
        session.execute(delete(Slot).where(Slot.due < at - keep.runs, Slot.state.in_(("done", "missed"))))
    return gone
