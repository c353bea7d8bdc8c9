"""The one file in which secrets travel to Ansible: mode 0600, on tmpfs where there is one, gone after the run."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .processes import Identity, alive
from .project import Credential, Project, Repository
from .references import Resolver

VARIABLE = "NETCELLAR_SECRETS"
PREFIX = "netcellar-secrets-"


def collect_secrets(project: Project, credentials: Iterable[str], resolver: Resolver) -> dict[str, Any]:
    """Resolve what a job needs, in the collection's shape: nautobot_token, mask_key, and credentials by name."""
    secrets: dict[str, Any] = {"credentials": {}}
    if project.nautobot and project.nautobot.token:
        secrets["nautobot_token"] = resolver.resolve(project.nautobot.token)
    if project.mask_key:
        secrets["mask_key"] = resolver.resolve(project.mask_key)
    for name in credentials:
        secrets["credentials"][name] = _credential(project.credentials[name], resolver)
    return secrets


def remote_secrets(repository: Repository, resolver: Resolver) -> dict[str, str]:
    """The account at the remote of a repository, in the collection's shape; empty where it has none."""
    if not repository.token:
        return {}
    user = {"remote_user": repository.user} if repository.user else {}
    return {"remote_token": resolver.resolve(repository.token), **user}


def _credential(credential: Credential, resolver: Resolver) -> dict[str, str | bool]:
    values: dict[str, str | bool] = {"user": credential.user}
    if credential.agent:
        values["agent"] = True
    if credential.private_key_file:
        values["private_key_file"] = str(credential.private_key_file)
    for name in ("password", "become_password"):
        if reference := getattr(credential, name):
            values[name] = resolver.resolve(reference)
    return values


@contextmanager
def secrets_file(secrets: Mapping[str, Any], state: Path) -> Iterator[Path]:
    """Write the secrets for the time of a run; the file is named after this process, so that left-overs are known."""
    me = Identity.me()
    handle, name = tempfile.mkstemp(
        prefix=f"{PREFIX}{me.pid}-{me.started:.0f}-", suffix=".json", dir=memory_folder(state)
    )
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(secrets, file)
        yield path
    finally:
        path.unlink(missing_ok=True)


def memory_folder(state: Path) -> Path:
    """Where secrets lie while a run lasts: memory where the machine offers it, else the state folder."""
    for folder in folders(state):
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return folder
    return state


def folders(state: Path) -> list[Path]:
    """Every folder that a secrets file may lie in, the best first."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return [*([Path(runtime)] if runtime else []), Path("/dev/shm"), state]  # noqa: S108 (mkstemp, mode 0600)


def remove_left_overs(state: Path) -> list[Path]:
    """Remove secrets files of this user whose process is gone; the files that were removed."""
    removed = []
    for folder in folders(state):
        for path in folder.glob(f"{PREFIX}*.json"):
            if _is_ours(path) and _owner_is_gone(path):
                path.unlink(missing_ok=True)
                removed.append(path)
    return removed


def _is_ours(path: Path) -> bool:
    """Whether the file is this user's: in a folder of everybody's it may be a link that somebody else has laid."""
    try:
        return path.lstat().st_uid == os.getuid()
    except FileNotFoundError:
        return False


def _owner_is_gone(path: Path) -> bool:
    pid, _dash, rest = path.name.removeprefix(PREFIX).partition("-")
    started = rest.partition("-")[0]
    return not (pid.isdigit() and started.isdigit()) or not alive(Identity(int(pid), float(started)))
