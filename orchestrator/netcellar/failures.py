"""What a run left undone, as a limit for another one."""

from __future__ import annotations

from .core import GOOD
from .models import Run
from .project_types import Job, Project
from .store import UNFINISHED, Store

LOOKED_AT = 100


def left_by(run: Run) -> list[str]:
    """The hosts that a run did not back up."""
    return [row.host for row in run.records if row.outcome not in GOOD]


def failures_of(project: Project, store: Store, job: Job) -> str | None:
    """The hosts that the last whole run of the other job left, and no later one has; None for other jobs."""
    name = job.selection.failures_of if job.selection else None
    if name is None:
        return None
    since: set[str] = set()
    for summary in store.runs(last=LOOKED_AT, inventory=job.inventory):
        run = store.find(summary.id) if summary.status not in UNFINISHED and not summary.check else None
        if run is None or not run.records:
            continue
        if run.job == name and run.limit == project.jobs[name].limit:
            return ",".join(host for host in left_by(run) if host not in since)
        since.update(row.host for row in run.records if row.outcome in GOOD)
    return ""
