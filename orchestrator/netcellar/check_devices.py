"""The last look of ``check --online``: one device of each platform of each job is read, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from .asking import ask_inventory, limited
from .core import NetcellarError, Preview, Record
from .errors import OrchestratorError
from .jobs import run_job
from .order import Order
from .project_types import Job, Project
from .result import Result

Warn = Callable[[str], None]


class Tried(NamedTuple):
    """What came of one device, or of the job as a whole."""

    subject: str
    state: Literal["ok", "wrong"]
    message: str
    remedy: str = ""


def try_devices(project: Project, environment: Mapping[str, str], token: str | None, warn: Warn) -> Iterator[Tried]:
    """Run every job in check mode on one device of each platform."""
    for job in project.jobs.values():
        if job.selection and job.selection.failures_of:
            continue
        try:
            found = ask_inventory(project, project.inventories[job.inventory], token)
        except (NetcellarError, OrchestratorError):
            continue  # it has been told of with its inventory
        hosts = one_of_each(found, job)
        if hosts:
            yield from _tried(project, job, hosts, environment, warn)


def one_of_each(found: Preview, job: Job) -> list[str]:
    """The first host of each platform among those that the job means."""
    meant = limited(found.hosts, job.limit)
    first: dict[str, str] = {}
    for device in sorted(found.devices, key=lambda device: meant.get(device.id, "")):
        if device.network_driver and device.id in meant:
            first.setdefault(device.network_driver, meant[device.id])
    return list(first.values())


def _tried(project: Project, job: Job, hosts: list[str], environment: Mapping[str, str], warn: Warn) -> Iterator[Tried]:
    order = Order(job, limit=",".join(hosts), check=True, any_time=True)
    try:
        result = run_job(project, order, warn=warn, environment=environment)
    except OrchestratorError as error:
        yield Tried(f"job {job.name}", "wrong", error.message, error.remedy)
        return
    yield from (_device(job, record) for record in result.records)
    if not result.records:
        yield _whole(job, result)


def _device(job: Job, record: Record) -> Tried:
    subject = f"job {job.name}: {record.platform} ({record.host})"
    if record.good:
        account = f" as {record.credential}" if record.credential else ""
        return Tried(subject, "ok", f"read{account} and found whole in {record.seconds:.1f} s")
    return Tried(subject, "wrong", f"{record.error or record.outcome}: {record.message}", record.remedy)


def _whole(job: Job, result: Result) -> Tried:
    return Tried(f"job {job.name}", "wrong", f"{result.status}: {result.message}")
