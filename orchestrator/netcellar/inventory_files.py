"""The inventory of a job as a file: a saved one, or the one that stands for the job's own choice of devices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .project import DEVICE_FILE
from .project_types import Job, Project
from .selection import saved_text


def inventory_of(project: Project, job: Job, folder: Path) -> Path:
    """The path of the job's inventory; a choice of the job is written into ``folder`` first. Raises OSError."""
    if job.inventory in project.inventories:
        return project.inventories[job.inventory]
    owner = project.jobs[job.inventory.removeprefix("@")]
    if owner.selection is None:
        raise KeyError(job.inventory)
    path = folder / f"{owner.name}.yml"
    path.write_text(written(project, owner), encoding="utf-8")
    return path


def written(project: Project, job: Job) -> str:
    """The text of the saved inventory that a job's choice means."""
    if job.selection is None:
        raise KeyError(job.name)
    devices = None if project.nautobot else project.folder / DEVICE_FILE
    return saved_text(job.selection, job.inventory, devices)


@contextmanager
def chosen(project: Project) -> Iterator[dict[str, Path]]:
    """Every inventory of the project by name, for a look that leaves nothing behind."""
    with TemporaryDirectory(prefix="netcellar-") as folder:
        own = {job.inventory: job for job in project.jobs.values() if job.inventory == f"@{job.name}"}
        yield {**project.inventories, **{name: inventory_of(project, job, Path(folder)) for name, job in own.items()}}
