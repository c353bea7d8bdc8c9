"""What the metrics tell, gathered from the store and the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from .coverage import Coverage
from .metrics import Facts, LastRun
from .models import RecordRow, Run, Slot
from .project import Project
from .store import Store, now


def facts_of(project: Project, store: Store, coverage: Coverage | None) -> Facts:
    """Everything there is to tell of a project. Raises StoreError."""
    with store.reading() as session:
        return Facts(
            at=now(),
            coverage=coverage,
            runs=[found for job in project.jobs if (found := _last_run(session, job))],
            waiting=_counted(session, project, select(Slot.job).where(Slot.state == "waiting")),
            running=_counted(session, project, select(Run.job).where(Run.status == "running")),
            repositories={name: size_of(one.path) for name, one in project.repositories.items()},
        )


def size_of(folder: Path) -> int:
    """The bytes of all files of a folder, as they are now: files that go meanwhile do not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:
            continue
    return total


def _last_run(session: Session, job: str) -> LastRun | None:
    ended = select(Run).where(Run.job == job, Run.check.is_(False), Run.finished.is_not(None))
    run = session.scalars(ended.order_by(Run.started.desc(), Run.id.desc()).limit(1)).first()
    if run is None or run.finished is None:
        return None
    success: datetime | None = session.scalar(
        select(func.max(Run.finished)).where(Run.job == job, Run.check.is_(False), Run.status == "success")
    )
    by_kind = (
        select(RecordRow.outcome, RecordRow.error, func.count())
        .where(RecordRow.run_id == run.id)
        .group_by(RecordRow.outcome, RecordRow.error)
    )
    devices = {(outcome, error or ""): number for outcome, error, number in session.execute(by_kind)}
    return LastRun(job, run.status, run.finished, (run.finished - run.started).total_seconds(), devices, success)


def _counted(session: Session, project: Project, query: Select[Any]) -> Mapping[str, int]:
    found = Counter(session.scalars(query))
    return {job: found[job] for job in project.jobs}
