"""What the settings of a project name, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .core import NetcellarError, artifacts, platform_for
from .project import Job, Project
from .reading import near_miss

USUAL = frozenset({"running", "startup"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is named and not there."""

    subject: str
    state: Literal["todo", "wrong"]
    message: str
    remedy: str


def missing(project: Project) -> Iterator[Missing]:
    """Everything of that kind in jobs, repositories and ``metrics``. Reaches nothing but this machine's files."""
    for job in project.jobs.values():
        yield from _artifacts(job)
        yield from _experimental(job)
    for repository in project.repositories.values():
        for name in ("signing_key", "signers"):
            path = getattr(repository, name)
            if path and not path.is_file():
                subject = f"repository {repository.name}: {name}"
                yield Missing(subject, "todo", f"there is no file {path}", "put it there, or correct the path")
    if project.metrics and not project.metrics.parent.is_dir():
        message = f"there is no folder {project.metrics.parent}"
        yield Missing("metrics", "todo", message, "make the folder, or correct `metrics.file`")


def unsupported(driver: str, jobs: Iterable[Job]) -> NetcellarError | None:
    """Why no job, as it is set, can back up a device of that driver; None where one can. Without jobs: none is set."""
    fault = None
    for settings in [job.settings for job in jobs] or [{}]:
        experimental = settings.get("netcellar_experimental", ())
        try:
            platform_for(driver, _folder(settings), experimental if isinstance(experimental, tuple) else ())
        except NetcellarError as error:
            fault = error
        else:
            return None
    return fault


def _folder(settings: Mapping[str, object]) -> Path | None:
    given = settings.get("netcellar_platforms")
    return Path(str(given)) if given else None


def _artifacts(job: Job) -> Iterator[Missing]:
    for key in ("artifacts", "paths"):
        given = job.settings.get(f"netcellar_{key}")
        names = set() if given is None or isinstance(given, str | int | float) else set(given)
        if strange := names - USUAL:
            known = artifacts(_folder(job.settings))
            for name in sorted(strange - known):
                yield Missing(f"job {job.name}: {key}", "wrong", f"no platform has `{name}`", near_miss(name, known))


def _experimental(job: Job) -> Iterator[Missing]:
    names = job.settings.get("netcellar_experimental", ())
    for name in names if isinstance(names, tuple) else ():
        if fault := unsupported(name, [job]):
            yield Missing(f"job {job.name}: experimental", "wrong", fault.message, fault.remedy)
