"""Looking over a whole project before a run: what is wrong, what is still to do, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Literal

from .asking import ask_inventory
from .check_devices import try_devices
from .check_settings import missing, unsupported
from .child import SSH_AGENT
from .core import DEVICES, Account, Library, NetcellarError, reach, read_saved, waiting
from .database import place
from .diskspace import full
from .errors import BadInputError, OrchestratorError, RunRefusedError
from .inventory_files import ready
from .plain_inventory import is_saved
from .project import Job, Project, Repository
from .project_store import project_store
from .references import Reference, Resolver
from .scaffold import MASK_KEY
from .store import now
from .words import counted

State = Literal["ok", "todo", "wrong"]
# What is ours inside a repository; it may be there before the repository is.
OWN_FOLDER = "netcellar"
NAMED = 5
LOOKED_AHEAD = timedelta(days=60)
SLOTS = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``todo``: right as written, but not ready here (a secret that is not there)."""

    subject: str
    state: State
    message: str
    remedy: str = ""


def check_project(project: Project, environment: Mapping[str, str], *, online: bool) -> Iterator[Finding]:
    """Look at everything a project names. Only ``online`` reaches out: to Nautobot and to the remotes."""
    yield Finding(
        str(project.file),
        "ok",
        f"{counted(len(project.jobs), 'job')}, {counted(len(project.inventories), 'inventory')}",
    )
    if not project.jobs:
        yield Finding("jobs", "todo", "there is no job yet", "add one below `jobs:`")
    yield from _secrets(project, environment)
    yield from _masking(project)
    yield from _state(project.state)
    yield from _room("state", project.state)
    for name, repository in project.repositories.items():
        yield _repository(f"repository {name}", repository)
        yield from _room(f"repository {name}", repository.path)
        if online and repository.remote:
            yield _remote(f"remote of {name}", repository, environment)
    token = _token(project, environment) if online else None
    for name, path in project.inventories.items():
        yield from _inventory(project, f"inventory {name}", path, token)
    yield from _schedules(project)
    yield from (Finding(one.subject, one.state, one.message, one.remedy) for one in missing(project))
    if online:
        yield _store(project, environment)
        yield from (Finding(*found) for found in try_devices(project, environment, token, lambda _warning: None))


def _schedules(project: Project) -> Iterator[Finding]:
    """A slot outside the job's window is missed each time."""
    at = now()
    for job in project.jobs.values():
        if job.schedule and job.window:
            slots = list(islice(job.schedule.timetable.due(at, at + LOOKED_AHEAD), SLOTS))
            outside = [slot for slot in slots if not job.window.is_open(slot)]
            if outside and len(outside) == len(slots):
                remedy = "change `schedule` or `window`; `netcellar schedule next` shows the slots"
                message = f"every slot of its schedule lies outside its window {job.window}"
                yield Finding(f"job {job.name}", "wrong", message, remedy)


def _store(project: Project, environment: Mapping[str, str]) -> Finding:
    try:
        store = project_store(project, environment, lambda _warning: None)
    except OrchestratorError as error:
        return Finding("store", "wrong", error.message, error.remedy)
    where = place(store.engine)
    store.engine.dispose()
    return Finding("store", "ok", where)


def _secrets(project: Project, environment: Mapping[str, str]) -> Iterator[Finding]:
    warnings: list[str] = []
    resolver = Resolver(environment, warnings.append)
    for subject, reference in _references(project):
        try:
            resolver.resolve(reference)
        except RunRefusedError as error:
            yield Finding(subject, "todo", error.message, error.remedy)
        else:
            yield Finding(subject, "ok", f"found ({reference.kind})")
    for account in project.credentials.values():
        if account.private_key_file and not account.private_key_file.is_file():
            message = f"there is no file {account.private_key_file}"
            yield Finding(f"credential {account.name}", "todo", message, "put the private key there, mode 0600")
        if account.agent and not environment.get(SSH_AGENT):
            message = f"its key is in the SSH agent, and {SSH_AGENT} names none"
            yield Finding(f"credential {account.name}", "todo", message, "run it where `ssh-add -l` lists the key")
    yield from (Finding("secret", "todo", message) for message in dict.fromkeys(warnings))


def _masking(project: Project) -> Iterator[Finding]:
    """A job that masks secrets needs a key for it."""
    if project.mask_key is None and not (project.state / MASK_KEY).is_file():
        for job in project.jobs.values():
            if job.settings.get("netcellar_secrets") != "keep":
                remedy = f"`netcellar init` makes {MASK_KEY}; then add the line `mask_key: {{file: {MASK_KEY}}}`"
                yield Finding(f"job {job.name}", "todo", "there is no key for masking secrets", remedy)


def _references(project: Project) -> Iterator[tuple[str, Reference]]:
    if project.nautobot and project.nautobot.token:
        yield "nautobot token", project.nautobot.token
    if project.mask_key:
        yield "mask key", project.mask_key
    for repository in project.repositories.values():
        if repository.token:
            yield f"token of repository {repository.name}", repository.token
    if project.store.password:
        yield "store: password", project.store.password
    for account in project.credentials.values():
        for name in ("password", "become_password"):
            if reference := getattr(account, name):
                yield f"credential {account.name}: {name}", reference
    for name, reference in project.notify.channels.items():
        yield f"notify channel {name}", reference


def _state(state: Path) -> Iterator[Finding]:
    """The folder of the runs; nothing is said of one that is well."""
    place = next(folder for folder in (state, *state.parents) if folder.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        remedy = "set `state` to a folder that you may write in, or change its rights"
        yield Finding("state", "wrong", f"{place} is no folder that can be written in", remedy)


def _room(subject: str, path: Path) -> Iterator[Finding]:
    if told := full(path):
        yield Finding(subject, "wrong", told, "make room on that disk")


def _repository(subject: str, repository: Repository) -> Finding:
    path = repository.path
    if not path.exists():
        parent = next(folder for folder in path.parents if folder.exists())
        if not os.access(parent, os.W_OK):
            return Finding(subject, "wrong", f"{parent} is not writable", "change `path`, or the folder's rights")
        return Finding(subject, "ok", f"{path} will be made by the first run")
    if path.is_dir() and {entry.name for entry in path.iterdir()} <= {OWN_FOLDER}:
        return Finding(subject, "ok", f"{path} will be made whole by the next run")
    if not (path / "HEAD").is_file() or not (path / "objects").is_dir():
        remedy = "give the path of a bare repository, or one that does not exist yet"
        return Finding(subject, "wrong", f"{path} is there and is no bare Git repository", remedy)
    if not os.access(path, os.W_OK):
        return Finding(subject, "wrong", f"{path} is not writable", "change its rights")
    return _waiting(subject, path, repository.branch)


def _waiting(subject: str, path: Path, branch: str) -> Finding:
    """What earlier runs could not bring home, in a repository that can be read."""
    try:
        _ = Library(path, branch).held
        found = waiting(path)
    except NetcellarError as error:
        return Finding(subject, "wrong", error.message, error.remedy)
    left = {
        "staged and not committed": found.staged,
        "committed and not proven at the remote": found.unproven,
        "stored and not stamped in Nautobot": found.unstamped,
    }
    told = ", ".join(f"{counted(count, 'capture')} {what}" for what, count in left.items() if count)
    if told:
        return Finding(subject, "todo", f"{path}: {told}", "the next run of any job brings them home")
    return Finding(subject, "ok", str(path))


def _remote(subject: str, repository: Repository, environment: Mapping[str, str]) -> Finding:
    try:
        token = Resolver(environment, lambda _warning: None).resolve(repository.token) if repository.token else ""
        account = Account(repository.user or "git", token, repository.remote or "") if token else None
        reach(repository.path, repository.remote or "", repository.branch, account)
    except (NetcellarError, RunRefusedError) as error:
        return Finding(subject, "wrong", error.message, error.remedy)
    return Finding(subject, "ok", f"{repository.remote} answers")


def _token(project: Project, environment: Mapping[str, str]) -> str | None:
    reference = project.nautobot.token if project.nautobot else None
    try:
        return Resolver(environment, lambda _warning: None).resolve(reference) if reference else ""
    except RunRefusedError:
        return None


def _inventory(project: Project, subject: str, path: Path, token: str | None) -> Iterator[Finding]:
    try:
        ready(project, path)
        if is_saved(path) and read_saved(path).plugin != DEVICES and token is None:
            yield Finding(subject, "ok", f"{path} reads well (its devices: --online)")
            return
        found = ask_inventory(project, path, token)
    except (NetcellarError, BadInputError) as error:
        yield Finding(subject, "wrong", error.message, error.remedy)
        return
    yield Finding(subject, "ok", f"{counted(len(found.devices), 'device')} from {found.source}")
    drivers = {device.id: device.network_driver or "" for device in found.devices}
    for driver in sorted(set(drivers.values())):
        hosts = [found.hosts[device] for device in drivers if drivers[device] == driver]
        yield from _platform(
            subject, driver, hosts, [job for job in project.jobs.values() if project.inventories[job.inventory] == path]
        )


def _platform(subject: str, driver: str, hosts: list[str], jobs: list[Job]) -> Iterator[Finding]:
    named = ", ".join(hosts[:NAMED]) + (", …" if len(hosts) > NAMED else "")
    if not driver:
        remedy = "give each a platform (in Nautobot: with a network driver), or set ansible_network_os"
        yield Finding(subject, "todo", f"{counted(len(hosts), 'device')} without a platform: {named}", remedy)
        return
    if fault := unsupported(driver, jobs):
        message = f"{fault.message} ({counted(len(hosts), 'device')}: {named})"
        yield Finding(subject, "todo", message, fault.remedy)
