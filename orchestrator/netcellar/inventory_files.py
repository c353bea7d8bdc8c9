"""Inventories that stand for a job's own choice of devices: files of the state folder, written when they are needed."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import BadInputError
from .project import DEVICE_FILE
from .project_types import Job, Project
from .selection import saved_text


def ready(project: Project, path: Path) -> Path:
    """The path of an inventory that is there as the project file means it now. Raises BadInputError."""
    for job in project.jobs.values():
        if job.selection and not job.selection.failures_of and project.inventories[job.inventory] == path:
            _write(path, _text(project, job))
    return path


def _text(project: Project, job: Job) -> str:
    assert job.selection is not None  # noqa: S101 (asked before)
    devices = None if project.nautobot else project.folder / DEVICE_FILE
    # Errors name this file; whoever opens it must see where the mistake can be mended.
    said = f"# Made from `inventory` of the job {job.name} in {project.file.name}: change it there.\n"
    return said + saved_text(job.selection, job.inventory, devices)


def _write(path: Path, text: str) -> None:
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Another process may read or write it at this moment.
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        message = f"{path}: the choice of devices cannot be written: {error.strerror}"
        raise BadInputError(message, remedy="set `state` in netcellar.yml to a folder that you may write in") from error
