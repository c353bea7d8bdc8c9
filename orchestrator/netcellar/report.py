"""What a report tells: runs, coverage, failures by class and place, and what changed. Plain data for all its forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from .core import GOOD, REMEDIES, Library, NetcellarError, RunDifference, run_difference
from .coverage import Coverage
from .models import RecordRow, Run
from .project import Project
from .store import Store

SCHEMA = 1
NOWHERE = "no location"
Count = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Span:
    """The runs that a report is about: one, or all that began after a moment. Runs in check mode never are.

    ``at`` is when the report is made; times are UTC.
    """

    at: datetime
    run: str | None = None
    since: datetime | None = None

    def runs(self, store: Store) -> Sequence[Run]:
        """Them, the newest first."""
        with store.reading() as session:
            return session.scalars(self.of(select(Run)).order_by(Run.started.desc(), Run.id.desc())).all()

    def of(self, query: Select[Any]) -> Select[Any]:
        """A query of runs, for these alone."""
        query = query.where(Run.check.is_(False))
        return query.where(Run.id == self.run) if self.run else query.where(Run.started >= self.since)


@dataclass(frozen=True, slots=True)
class Failure:
    """A device that a run did not back up."""

    run: str
    job: str
    device_id: str
    details: Mapping[str, Any]


def gather(project: Project, store: Store, span: Span, coverage: Coverage | str, count: Count) -> dict[str, Any]:
    """Everything that a report tells. ``coverage`` may be why it is not known.

    ``count`` gets how many devices of a run are compared, and their number. Raises StoreError.
    """
    runs = span.runs(store)
    failures = list(_failures(store, span, {run.id: run.job for run in runs}))
    known = coverage.as_dict() if isinstance(coverage, Coverage) else None
    return {
        "schema": SCHEMA,
        "at": _time(span.at),
        "since": _time(span.since) if span.since else None,
        "project": project.folder.name,
        "runs": [_run(run) for run in runs],
        "coverage": known,
        "coverage_unknown": coverage if isinstance(coverage, str) else None,
        "failures": {
            "by_class": _by_class(failures),
            "by_place": _by_place(failures),
            "devices": _still_failing(runs, failures),
        },
        "changes": [change for run in runs if (change := _changes(project, run, count))],
    }


def _time(moment: datetime) -> str:
    return f"{moment.isoformat()}Z"


def _run(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "job": run.job,
        "status": run.status,
        "message": run.message,
        "started": _time(run.started),
        "seconds": (run.finished - run.started).total_seconds() if run.finished else None,
        "devices_backed_up": run.backed_up or 0,
        "devices_failed": run.not_backed_up or 0,
        "files_changed": run.files_changed or 0,
        "commit": run.commit,
        "pushed": bool(run.pushed),
    }


def _failures(store: Store, span: Span, jobs: Mapping[str, str]) -> Iterator[Failure]:
    # Not by a list of ids: a database takes some ten thousand of them at most.
    query = select(RecordRow).where(RecordRow.run_id.in_(span.of(select(Run.id))), RecordRow.outcome.not_in(GOOD))
    with store.reading() as session:
        rows = session.scalars(query.order_by(RecordRow.run_id.desc(), RecordRow.host))
        for row in (row for row in rows if row.run_id in jobs):
            yield Failure(row.run_id, jobs[row.run_id], row.device_id, row.details)


def _by_class(failures: Sequence[Failure]) -> list[dict[str, Any]]:
    devices: dict[str, set[str]] = {}
    for one in failures:
        devices.setdefault(_class(one), set()).add(one.device_id)
    times = Counter(_class(one) for one in failures)
    remedies = {str(name): remedy for name, remedy in REMEDIES.items()}
    return [
        {"class": name, "devices": len(devices[name]), "times": number, "remedy": remedies.get(name, "")}
        for name, number in times.most_common()
    ]


def _by_place(failures: Sequence[Failure]) -> list[dict[str, Any]]:
    devices: dict[str, set[str]] = {}
    for one in failures:
        devices.setdefault(one.details.get("location") or NOWHERE, set()).add(one.device_id)
    ranked = sorted(devices.items(), key=lambda place: (-len(place[1]), place[0]))
    return [{"location": place, "devices": len(ids)} for place, ids in ranked]


def _still_failing(runs: Sequence[Run], failures: Sequence[Failure]) -> list[dict[str, Any]]:
    """The devices that the newest run of each job did not back up."""
    newest = {run.job: run.id for run in reversed(runs)}
    return [
        {
            "device": one.details.get("name") or one.details["host"],
            "device_id": one.device_id,
            "job": one.job,
            "run_id": one.run,
            "class": _class(one),
            "message": one.details.get("message") or "nothing came back",
            "location": one.details.get("location"),
            "address": one.details.get("address"),
        }
        for one in failures
        if newest[one.job] == one.run
    ]


def _class(one: Failure) -> str:
    return str(one.details.get("error") or one.details["outcome"])


def _changes(project: Project, run: Run, count: Count) -> dict[str, Any] | None:
    repository = project.repositories.get(run.repository)
    if repository is None or not run.commit:
        return None
    head = {"run_id": run.id, "job": run.job, "started": _time(run.started)}
    try:
        found = run_difference(Library(repository.path, repository.branch), run.id, count)
    except NetcellarError as error:
        return head | {"unknown": error.message, "changes": [], "new": [], "gone": [], "silent": []}
    if not found.paths:
        return None
    return head | _found(found)


def _found(found: RunDifference) -> dict[str, Any]:
    changes = [
        {
            "class": one.change.about,
            "devices": list(one.devices),
            "parents": list(one.change.parents),
            "lines": list(one.change.lines),
            "compared_as_text": one.plain or None,
        }
        for one in found.shared
    ]
    return {
        "unknown": None,
        "changes": changes,
        "new": list(found.new),
        "gone": list(found.gone),
        "silent": list(found.silent),
    }
