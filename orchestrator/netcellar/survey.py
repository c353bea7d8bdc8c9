"""What is known of the devices of a project: by the source of truth, by its repositories, and by its runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from sqlalchemy import func, select

from .asking import ask_inventory, limited
from .check_settings import unsupported
from .core import Library, NetcellarError, Preview
from .coverage import Coverage, Held, Known, Tried, Wanted, cover, coverage, orphans
from .errors import RunRefusedError
from .keeping import moment
from .models import HoldingRow, RecordRow, Run
from .project import Job, Project, Repository
from .references import Resolver
from .store import Store, now
from .targets import Exclusion, Target


@dataclass(frozen=True, slots=True)
class Part:
    """An inventory whose coverage is wanted, with the backup jobs that use it, if any."""

    inventory: str
    jobs: tuple[Job, ...]

    def target(self, project: Project) -> Target:
        """The strictest target of its jobs, or else the inventory's own, or else the usual one."""
        given = [job.target for job in self.jobs if job.target]
        if not given:
            return project.targets.get(self.inventory, Target())
        return Target(min(one.fresh_within for one in given), max(one.objective for one in given))


def parts_of(project: Project, names: Collection[str] = ()) -> list[Part]:
    """The inventories of these names; without any, all that a job or a target names."""
    by_name: dict[str, list[Job]] = {name: [] for name in names or project.targets}
    for job in project.jobs.values():
        # What is left of another job's devices is covered by that job.
        whole = not (job.selection and job.selection.failures_of)
        if whole and (not names or job.inventory in names):
            by_name.setdefault(job.inventory, []).append(job)
    return [Part(name, tuple(jobs)) for name, jobs in by_name.items()]


def survey(project: Project, parts: Sequence[Part], ask: Callable[[str], Preview], store: Store) -> Coverage:
    """The coverage of inventories right now; orphans only where nothing is left out of the question.

    ``ask`` gives the devices of an inventory by its name. Raises what it raises, StoreError and NetcellarError.
    """
    at = now()
    stored = held(project.repositories.values(), store)
    there: set[str] = set()
    found = []
    for part in parts:
        target, preview = part.target(project), ask(part.inventory)
        there.update(preview.hosts)
        repositories = {job.repository for job in part.jobs} or set(stored)
        known = Known(newest(stored[name] for name in repositories), tried(store, [job.name for job in part.jobs]))
        limits = [job.limit for job in part.jobs]
        limit = limits[0] if len(set(limits)) == 1 else None
        meant = wanted(preview, limit, project.exclude, part.jobs)
        found.append((part.inventory, target, cover(part.inventory, meant, known, target, at)))
    whole = {part.inventory for part in parts} >= {part.inventory for part in parts_of(project)}
    gone = [one for repository in stored.values() for one in repository.values()] if whole else []
    return coverage(at, found, orphans(there, gone, at))


def survey_now(
    project: Project,
    store: Store,
    environment: Mapping[str, str],
    warn: Callable[[str], None],
    names: Collection[str] = (),
) -> Coverage:
    """The coverage of these inventories, or of all; what a person should know beside it goes to ``warn``.

    Raises RunRefusedError where it cannot be asked.
    """
    reference = project.nautobot.token if project.nautobot else None
    token = Resolver(environment, warn).resolve(reference) if reference else None

    def ask(name: str) -> Preview:
        found = ask_inventory(project, project.inventories[name], token)
        for warning in (*found.warnings, *filter(None, [found.refused])):
            warn(f"inventory {name}: {warning}")
        return found

    try:
        return survey(project, parts_of(project, names), ask, store)
    except NetcellarError as error:
        raise RunRefusedError(f"the coverage is not known: {error.message}", remedy=error.remedy) from error


def newest(found: Iterable[Mapping[str, Held]]) -> dict[str, Held]:
    """The newest of what several repositories hold of each device."""
    best: dict[str, Held] = {}
    for repository in found:
        for device, one in repository.items():
            if device not in best or best[device].captured_at < one.captured_at:
                best[device] = one
    return best


def wanted(found: Preview, limit: str | None, exclusions: Sequence[Exclusion], jobs: Sequence[Job]) -> list[Wanted]:
    """The devices of an inventory of these jobs, and which of them a job with that limit leaves out."""
    supported = {driver: _supported(driver, jobs) for driver in {device.network_driver for device in found.devices}}
    left = limited(found.hosts, limit)
    return [
        Wanted(
            device_id=device.id,
            host=found.hosts[device.id],
            name=device.name,
            address=device.address,
            platform=device.network_driver or device.platform,
            location=" / ".join(place.name for place in device.location) or None,
            supported=supported[device.network_driver],
            excluded=_excluded(found.hosts[device.id], exclusions)
            or ("" if device.id in left else f"the job's limit `{limit}` leaves it out"),
        )
        for device in found.devices
    ]


def held(repositories: Iterable[Repository], store: Store) -> dict[str, dict[str, Held]]:
    """What each repository holds of each device (repository → device id → the newest of its artifacts).

    A capture that found nothing new leaves no trace in Git: the runs tell when a text was last proven.
    """
    proven = _proven(store)
    found: dict[str, dict[str, Held]] = {}
    for repository in repositories:
        newest = found.setdefault(repository.name, {})
        for entry in Library(repository.path, repository.branch).held:
            at = moment(entry.captured_at)
            at = max(at, proven.get((repository.name, entry.device_id, entry.artifact), at))
            one = newest.get(entry.device_id)
            if one is None or one.captured_at < at:
                newest[entry.device_id] = Held(entry.device_id, entry.name, at, repository.name, entry.path)
    return found


def tried(store: Store, jobs: Iterable[str]) -> dict[str, Tried]:
    """What came of every device when one of the jobs last tried it, by the device's id."""
    # A run's id begins with the time of its start.
    runs = select(Run.id).where(Run.job.in_(list(jobs)), Run.check.is_(False), Run.finished.is_not(None))
    last = (
        select(RecordRow.device_id, func.max(RecordRow.run_id).label("run_id"))
        .where(RecordRow.run_id.in_(runs))
        .group_by(RecordRow.device_id)
        .subquery()
    )
    query = (
        select(RecordRow, Run.started)
        .join(last, (RecordRow.device_id == last.c.device_id) & (RecordRow.run_id == last.c.run_id))
        .join(Run, Run.id == RecordRow.run_id)
    )
    with store.reading() as session:
        return {
            row.device_id: Tried(row.run_id, at, row.outcome, row.error, row.details.get("message", ""))
            for row, at in session.execute(query)
        }


def _proven(store: Store) -> dict[tuple[str, str, str], datetime]:
    with store.reading() as session:
        rows = session.execute(
            select(HoldingRow.repository, HoldingRow.device_id, HoldingRow.artifact, HoldingRow.captured_at)
        )
        return {(repository, device, artifact): at for repository, device, artifact, at in rows}


def _supported(driver: str | None, jobs: Sequence[Job]) -> bool:
    return bool(driver) and unsupported(driver or "", jobs) is None


def _excluded(host: str, exclusions: Sequence[Exclusion]) -> str:
    return next((one.reason for one in exclusions if any(fnmatchcase(host, name) for name in one.devices)), "")
