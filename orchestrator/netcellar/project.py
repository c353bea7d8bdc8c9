"""The project file ``netcellar.yml``: found, read strictly, and turned into small named types.

Nothing here reaches out: no secret is resolved, no inventory evaluated. See ``check.py`` and ``references.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import BadInputError, Fault, ProjectError
from .job_settings import Setting, read_settings
from .located import read_located
from .reading import Section
from .references import THREE_WAYS, Reference, read_reference

FILE_NAME = "netcellar.yml"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Nautobot:
    """The source of truth, where a project has one."""

    url: str
    token: Reference | None
    verify: bool


@dataclass(frozen=True, slots=True)
class Repository:
    """A cellar on this machine, and the remote it is pushed to."""

    name: str
    path: Path
    remote: str | None
    branch: str
    push: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """An account on devices; its secrets are references."""

    name: str
    user: str
    password: Reference | None
    private_key_file: Path | None
    become_password: Reference | None


@dataclass(frozen=True, slots=True)
class Job:
    """What to back up, where to, and how. ``settings`` are Ansible variables by their full name."""

    name: str
    inventory: str
    repository: str
    credentials: tuple[str, ...]
    limit: str | None
    settings: Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Project:
    """A whole project file; every path is absolute and every name in it refers to something that is there."""

    file: Path
    nautobot: Nautobot | None
    repositories: Mapping[str, Repository]
    credentials: Mapping[str, Credential]
    inventories: Mapping[str, Path]
    jobs: Mapping[str, Job]
    state: Path
    mask_key: Reference | None = None

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the file start from."""
        return self.file.parent


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
    root.only(("version", "nautobot", "repositories", "credentials", "inventories", "jobs", "state", "mask_key"))
    _version(root)
    repositories = {
        name: repository
        for name, part in root.section("repositories").sections()
        if (repository := _repository(name, part))
    }
    credentials = {
        name: account for name, part in root.section("credentials").sections() if (account := _credential(name, part))
    }
    inventories = _inventories(root)
    named = _Names(tuple(root.section("repositories").values), tuple(root.section("credentials").values), inventories)
    jobs = {name: job for name, part in root.section("jobs").sections() if (job := _job(name, part, named))}
    state_text = root.text("state") or ".netcellar"
    nautobot = _nautobot(root.section("nautobot")) if root.has("nautobot") else None
    folder = root.file.parent
    mask_key = read_reference(root, "mask_key")
    state = folder / Path(state_text).expanduser()
    return Project(root.file, nautobot, repositories, credentials, inventories, jobs, state, mask_key)


def _version(root: Section) -> None:
    if "version" not in root.values:
        root.fault("version", "is missing", f"add `version: {VERSION}` as the first line")
        return
    value = root.values["version"].value
    if type(value) is not int or value != VERSION:
        root.fault("version", f"`{value}` is not a version this Netcellar reads", f"write `version: {VERSION}`")


def _nautobot(part: Section) -> Nautobot | None:
    part.only(("url", "token", "verify"))
    url = part.url("url", required=True)
    token = read_reference(part, "token")
    return Nautobot(url, token, part.flag("verify", True)) if url else None


def _repository(name: str, part: Section) -> Repository | None:
    part.only(("path", "remote", "branch", "push"))
    path = part.text("path", required=True)
    remote = part.text("remote")
    if remote is not None:
        remote = _remote(part, remote)
    branch = part.text("branch") or "main"
    if branch.startswith("-") or ".." in branch or branch.endswith((".lock", "/")) or set(branch) & set(" ~^:?*[\\"):
        part.fault("branch", f"`{branch}` is no name of a Git branch", "write a plain name such as main")
    if path is None:
        return None
    return Repository(name, part.file.parent / Path(path).expanduser(), remote, branch, part.flag("push", True))


def _remote(part: Section, remote: str) -> str | None:
    """A remote as Git takes it; a relative path starts from the project's folder."""
    if remote.startswith("-") or "::" in remote:
        part.fault("remote", f"`{remote}` is no remote Netcellar uses", "write a path, or an ssh or https URL")
        return None
    scheme, mark, rest = remote.partition("://")
    if mark:
        account = rest.partition("/")[0].rpartition("@")[0]
        if ":" in account or (account and scheme in {"http", "https"}):
            part.fault("remote", "holds a user or password", "use an SSH key or Git's own credential helper")
            return None
        return remote
    if ":" in remote.partition("/")[0]:
        return remote
    return str(part.file.parent / Path(remote).expanduser())


def _credential(name: str, part: Section) -> Credential | None:
    part.only(("user", "password", "private_key_file", "become_password"))
    user = part.text("user", required=True)
    password = read_reference(part, "password")
    become = read_reference(part, "become_password")
    key_file = part.text("private_key_file")
    if not part.has("password") and not part.has("private_key_file"):
        part.fault("", "has neither a password nor a private_key_file", f"add `password`: {THREE_WAYS}")
    key_path = part.file.parent / Path(key_file).expanduser() if key_file else None
    return Credential(name, user, password, key_path, become) if user else None


def _inventories(root: Section) -> dict[str, Path]:
    """Inventories by name: every file of ``inventories/``, then what the project file names itself."""
    folder = root.file.parent
    found = {path.stem: path for path in sorted((folder / "inventories").glob("*.yml"))}
    part = root.section("inventories")
    for name in part.values:
        value = part.text(name, required=True)
        if value is not None:
            found[name] = folder / Path(value).expanduser()
            if not found[name].is_file():
                part.fault(name, f"there is no file {found[name]}", "correct the path, or create the file")
    return found


@dataclass(frozen=True, slots=True)
class _Names:
    """What the jobs of a file may refer to."""

    repositories: tuple[str, ...]
    credentials: tuple[str, ...]
    inventories: Mapping[str, Path]


def _job(name: str, part: Section, named: _Names) -> Job | None:
    settings = read_settings(part, ("inventory", "repository", "credentials", "limit"))
    inventory = part.text("inventory", required=True)
    repository = part.text("repository")
    if repository is None and not part.has("repository"):
        repository = named.repositories[0] if len(named.repositories) == 1 else None
        if repository is None:
            part.fault(
                "repository", "is missing", f"name one of: {', '.join(named.repositories) or 'none yet: add one'}"
            )
    credentials = part.texts("credentials") or ()
    limit = part.text("limit")
    if limit is not None and limit.startswith(("-", "@")):
        part.fault("limit", f"`{limit}` is no pattern of host names", "write names or groups, as --limit takes them")
    part.known("inventory", inventory, named.inventories, "inventory")
    part.known("repository", repository, named.repositories, "repository")
    for credential in credentials:
        part.known("credentials", credential, named.credentials, "credential")
    if inventory is None or repository is None:
        return None
    return Job(name, inventory, repository, credentials, limit, settings)
