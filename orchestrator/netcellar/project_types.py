"""What a project is: small named types, made of ``netcellar.yml`` by ``project.py``.

Nothing here reaches out: no secret is resolved, no inventory evaluated. See ``check.py`` and ``references.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from .job_settings import Setting
from .notify_file import NO_NOTIFY, NotifySettings
from .references import Reference
from .schedule import Schedule
from .selection import Selection
from .targets import Exclusion, Target
from .timing import Rounds
from .window import Window


@dataclass(frozen=True, slots=True)
class Nautobot:
    """The source of truth, where a project has one."""

    url: str
    token: Reference | None
    verify: bool


@dataclass(frozen=True, slots=True)
class Repository:
    """A cellar on this machine, and the remote it is pushed to.

    ``token`` and ``user`` are for a remote by https. ``signing_key`` signs each commit; ``signers`` may have signed.
    """

    name: str
    path: Path
    remote: str | None
    branch: str
    push: bool
    token: Reference | None = None
    user: str | None = None
    signing_key: Path | None = None
    signers: Path | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """An account on devices; its secrets are references. ``agent``: its key is in the SSH agent."""

    name: str
    user: str
    password: Reference | None = None
    private_key_file: Path | None = None
    become_password: Reference | None = None
    agent: bool = False
    tags: tuple[str, ...] = ()
    priority: int | None = None


JobType = Literal["backup"]
"""The types of jobs. Each is the name of the playbook that a run of such a job launches."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to back up, where to, when and how. ``settings`` are Ansible variables by their full name.

    ``inventory`` names a file of the project's inventories; for a job with a ``selection`` it is ``@`` and the job's
    name, and ``inventory_files.py`` writes the file.
    """

    name: str
    inventory: str
    repository: str
    credentials: tuple[str, ...]
    limit: str | None
    settings: Mapping[str, Setting]
    type: JobType = "backup"
    selection: Selection | None = None
    schedule: Schedule | None = None
    overlap: str = "skip"
    window: Window | None = None
    rounds: Rounds | None = None
    target: Target | None = None
    jump_credential: str | None = None

    @property
    def accounts(self) -> tuple[str, ...]:
        """The names of all credentials whose secrets a run needs."""
        return (*self.credentials, *([self.jump_credential] if self.jump_credential else []))


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where runs are kept (None: in the state folder) and how long what has ended is kept (None: the store's usual)."""

    url: str | None = None
    password: Reference | None = None
    keep_runs: timedelta | None = None
    keep_logs: timedelta | None = None
    keep_audit: timedelta | None = None


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
    store: StoreSettings = field(default_factory=StoreSettings)
    exclude: tuple[Exclusion, ...] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    notify: NotifySettings = NO_NOTIFY
    metrics: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the file start from."""
        return self.file.parent
