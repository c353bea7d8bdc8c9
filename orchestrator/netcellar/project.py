"""The project file ``netcellar.yml``: found, and read strictly by the tables of ``layout.py`` into a ``Project``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .accounts import chosen, tags_of
from .errors import BadInputError, Fault, ProjectError
from .fields import read_fields
from .job_settings import settings_of
from .layout import CREDENTIAL, INVENTORIES, JOB, NAUTOBOT, SECTIONS, STORE, TABLES, TOP, VERSION
from .located import read_located
from .notify_file import NO_NOTIFY
from .project_types import Credential, Job, Nautobot, Project, Repository, StoreSettings
from .reading import Section
from .references import WAYS
from .repository_settings import read_repository
from .selection import Selection
from .targets import TARGET, Target

__all__ = ["Credential", "Job", "Nautobot", "Project", "Repository", "find_project", "load_project"]

FILE_NAME = "netcellar.yml"
DEVICE_FILE = "devices.yml"
STATE = ".netcellar"
ALL = "all"


def find_project(start: Path) -> Path:
    """The project file in ``start`` or the nearest folder above it. A path to a file is taken as it is."""
    start = start.resolve()
    if start.is_file():
        return start
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    remedy = "run `netcellar init` to write one, or name its folder with --project"
    raise BadInputError(f"there is no {FILE_NAME} in {start} or above it", remedy=remedy)


def load_project(file: Path) -> Project:
    """Read a project file; every mistake in it is told in one ``ProjectError``."""
    node = read_located(file)
    if node.value is None:
        remedy = "write one with `netcellar init` in an empty folder"
        raise ProjectError([Fault(file, 1, "", "the file is empty", remedy)])
    faults: list[Fault] = []
    project = _project(Section(file, "", node, faults))
    if faults:
        raise ProjectError(faults)
    return project


def _project(root: Section) -> Project:
    root.only((*TOP, *SECTIONS, *TABLES, INVENTORIES))
    _version(root)
    others = {name: field for name, field in TOP.items() if name != "version"}
    top = {name: field.kind.read(root, name) if root.has(name) else None for name, field in others.items()}
    repositories = {
        name: found for name, part in _table(root, "repositories") if (found := read_repository(name, part))
    }
    accounts = {name: account for name, part in _table(root, "credentials") if (account := _credential(name, part))}
    inventories = _inventories(root)
    named = _Names(
        tuple(root.section("repositories").values),
        tuple(root.section("credentials").values),
        accounts,
        inventories,
        tuple(root.section("jobs").values),
        root.has("nautobot") or (root.file.parent / DEVICE_FILE).is_file(),
    )
    jobs = {name: job for name, part in _table(root, "jobs") if (job := _job(name, part, named))}
    _failures(root.section("jobs"), jobs)
    state = top["state"] or root.file.parent / STATE
    own = {
        job.inventory: state / INVENTORIES / f"{name}.yml" for name, job in jobs.items() if job.inventory == f"@{name}"
    }
    return Project(
        root.file,
        _nautobot(root.section("nautobot")) if root.has("nautobot") else None,
        repositories,
        accounts,
        {**inventories, **own},
        jobs,
        state,
        top["mask_key"],
        _store(root.section("store")) if root.has("store") else StoreSettings(),
        top["exclude"] or (),
        _targets(root, inventories),
        top["notify"] or NO_NOTIFY,
        (top["metrics"] or {}).get("file"),
    )


def _table(root: Section, name: str) -> list[tuple[str, Section]]:
    return list(root.section(name).sections())


def _version(root: Section) -> None:
    if "version" not in root.values:
        root.fault("version", "is missing", f"add `version: {VERSION}` as the first line")
        return
    value = root.values["version"].value
    if type(value) is not int or value != VERSION:
        root.fault("version", f"`{value}` is not a version this Netcellar reads", f"write `version: {VERSION}`")


def _nautobot(part: Section) -> Nautobot | None:
    values = read_fields(part, NAUTOBOT)
    return Nautobot(values["url"], values["token"], values["verify"] is not False) if values["url"] else None


def _store(part: Section) -> StoreSettings:
    values = read_fields(part, STORE)
    if values["url"] is not None:
        _database(part, values["url"])
    elif values["password"] is not None:
        part.fault("password", "belongs to `url`", "add `url: postgresql://user@host/database`, or remove it")
    return StoreSettings(**values)


def _database(part: Section, url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "postgresql" and parts.hostname and parts.path.strip("/") and parts.netloc[-1] != ":"
        sound = sound and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        part.fault("url", "is not the URL of a PostgreSQL database", "write postgresql://user@host/database")
    elif parts.password:
        part.fault("url", "holds a password", "take it out, and give `password` as a reference")


def _credential(name: str, part: Section) -> Credential | None:
    values = read_fields(part, CREDENTIAL)
    if not part.has("password") and not part.has("private_key_file") and not values["agent"]:
        part.fault("", "has neither a password nor a private_key_file, nor agent: true", f"add `password`: {WAYS}")
    given = {key: value for key, value in values.items() if value is not None}
    return Credential(name, **given) if values["user"] else None


def _inventories(root: Section) -> dict[str, Path]:
    """Inventories by name: every file of ``inventories/``, then what the project file names itself."""
    folder = root.file.parent
    found = {path.stem: path for path in sorted((folder / "inventories").glob("*.yml"))}
    part = root.section("inventories")
    for name in part.names():
        value = part.text(name, required=True)
        if value is not None:
            found[name] = part.place(name, value)
            if not found[name].is_file():
                part.fault(name, f"there is no file {found[name]}", "correct the path, or create the file")
    return found


@dataclass(frozen=True, slots=True)
class _Names:
    """What the jobs of a file may refer to. ``source``: there is something that knows every device."""

    repositories: tuple[str, ...]
    credentials: tuple[str, ...]
    accounts: Mapping[str, Credential]
    inventories: Mapping[str, Path]
    jobs: tuple[str, ...]
    source: bool


def _job(name: str, part: Section, named: _Names) -> Job | None:
    values = read_fields(part, JOB)
    repository = _its_repository(part, values["repository"], named)
    limit = values["limit"]
    if limit is not None and limit.startswith(("-", "@")):
        part.fault("limit", f"`{limit}` is no pattern of host names", "write names or groups, as --limit takes them")
    part.known("repository", repository, named.repositories, "repository")
    credentials = _its_credentials(part, values, named)
    inventory, selection = _its_inventory(name, part, values["inventory"], named)
    if inventory is None or repository is None:
        return None
    return Job(
        name,
        inventory,
        repository,
        credentials,
        limit,
        settings_of(part, values),
        values["type"] or "backup",
        selection,
        values["schedule"],
        values["overlap"] or "skip",
        values["window"],
        values["rounds"],
        _target(values),
        values["jump_credential"],
    )


def _its_credentials(part: Section, values: dict[str, Any], named: _Names) -> tuple[str, ...]:
    names, tags = values["credentials"] or (), values["credential_tags"] or ()
    for credential in names:
        part.known("credentials", credential, named.credentials, "credential")
    for tag in tags:
        part.known("credential_tags", tag, tags_of(named.accounts), "credential with the tag")
    if values["jump_credential"]:
        part.known("jump_credential", values["jump_credential"], named.credentials, "credential")
    return chosen(names, tags, named.accounts)


def _target(values: dict[str, Any]) -> Target | None:
    given = {name: values[name] for name in TARGET if values[name] is not None}
    return Target(**given) if given else None


def _targets(root: Section, inventories: Mapping[str, Path]) -> dict[str, Target]:
    found = {}
    for name, part in _table(root, "targets"):
        root.section("targets").known(name, name, inventories, "inventory")
        found[name] = _target(read_fields(part, TARGET)) or Target()
    return found


def _its_repository(part: Section, given: str | None, named: _Names) -> str | None:
    if given is not None or part.has("repository"):
        return given
    if len(named.repositories) == 1:
        return named.repositories[0]
    known = ", ".join(named.repositories) or "none yet: add one"
    part.fault("repository", "is missing", f"name one of: {known}")
    return None


def _its_inventory(name: str, part: Section, given: Any, named: _Names) -> tuple[str | None, Selection | None]:
    if isinstance(given, str) and (given != ALL or ALL in named.inventories):
        part.known("inventory", given, named.inventories, "inventory")
        return given, None
    if given is None:
        return None, None
    selection = Selection(all=True) if isinstance(given, str) else given
    if selection.failures_of:
        if selection.failures_of == name:
            inner = part.section("inventory")
            inner.fault(
                "failures_of", "names the job itself", "name the job whose failures are meant; see also `rounds`"
            )
        else:
            part.section("inventory").known("failures_of", selection.failures_of, named.jobs, "job")
        if part.has("limit"):
            part.fault("limit", "has no place beside `failures_of`", "remove it: the failures are the limit")
    elif not named.source:
        remedy = f"add `nautobot:` to the file, or a device file {DEVICE_FILE} beside it"
        part.fault("inventory", "there is nothing that knows the devices", remedy)
    return f"@{name}", selection


def _failures(part: Section, jobs: dict[str, Job]) -> None:
    """A job on another's failures takes that job's inventory."""
    for name, job in jobs.items():
        of = job.selection.failures_of if job.selection else None
        if of and of in jobs:
            other = jobs[of]
            if other.selection and other.selection.failures_of:
                inner = part.section(name).section("inventory")
                inner.fault("failures_of", f"`{of}` takes the failures of a job itself", "name the first of them")
            jobs[name] = replace(job, inventory=other.inventory)
