# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one door to secrets: a JSON file that only its owner can read, named by the environment.

``{"nautobot_token": "…", "mask_key": "…", "credentials": {"<name>": {"user": "…", "password": "…"}}}``. The
orchestrator writes it for a run and removes it; a user without the orchestrator may keep one. The key for masking may
also have a file of its own in the state folder.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError

FILE_VARIABLE = "NETCELLAR_SECRETS"
MASK_KEY_FILE = "mask.key"
SHORTEST_KEY = 16
ENVIRONMENT = {
    "nautobot_token": "NAUTOBOT_TOKEN",
    "remote_token": "NETCELLAR_REMOTE_TOKEN",
    "remote_user": "NETCELLAR_REMOTE_USER",
    "mask_key": "NETCELLAR_MASK_KEY",
}


def secret(name: str) -> str | None:
    """A secret by its name, from the file or from the environment variable that is usual for it; None without any.

    Raises NetcellarError for a file that others can read or that is no such file. No message holds a secret.
    """
    value = _file().get(name)
    if value is None and name in ENVIRONMENT:
        value = os.environ.get(ENVIRONMENT[name])
    if value is not None and not isinstance(value, str):
        raise NetcellarError(f"{name} in the file of {FILE_VARIABLE} must be a string")
    return value or None


def mask_key(given: str, state: Path) -> str | None:
    """The key for masking, or None: ``given`` by a variable, else ``secret("mask_key")``, else ``<state>/mask.key``.

    Raises NetcellarError for a key that is too short, and for a file that others can read.
    """
    key = given or secret("mask_key") or _key_file(state / MASK_KEY_FILE)
    if key and len(key) < SHORTEST_KEY:
        raise NetcellarError(f"the key for masking is shorter than {SHORTEST_KEY} characters")
    return key


def no_mask_key(state: Path) -> NetcellarError:
    """The refusal of a run that has secrets to mask and no key to do it with, with the one command that makes a key."""
    path = shlex.quote(str(state / MASK_KEY_FILE))
    make = f"mkdir -p {shlex.quote(str(state))} && (umask 077 && openssl rand -hex 32 > {path})"
    return NetcellarError(
        "secrets are to be masked, and there is no key for it (netcellar_mask_key)",
        remedy=f"Make one, once: {make}; or set netcellar_mask_key in a vault; or netcellar_secrets=keep",
    )


def credential_entry(name: str) -> Mapping[str, Any] | None:
    """The entry of a named credential: user, password or private_key_file, become_password. None without any."""
    entries = _file().get("credentials", {})
    entry = entries.get(name) if isinstance(entries, Mapping) else None
    return entry if isinstance(entry, Mapping) else None


def _file() -> Mapping[str, Any]:
    named = os.environ.get(FILE_VARIABLE)
    if not named:
        return {}
    path = Path(named)
    try:
        data = _read(path)
    except OSError as error:
        raise NetcellarError(f"cannot read {path}, named by {FILE_VARIABLE}: {error.strerror}") from error
    try:
        content = json.loads(data)
    except ValueError:
        # The error of the parser holds the text, so it is not passed on.
        content = None
    if not isinstance(content, Mapping):
        raise NetcellarError(f"{path}, named by {FILE_VARIABLE}, is not a JSON object")
    return content


def _key_file(path: Path) -> str | None:
    try:
        return _read(path).decode("ascii").strip() or None
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise NetcellarError(f"{path} is not plain ASCII") from None
    except OSError as error:
        raise NetcellarError(f"cannot read {path}: {error.strerror}") from error


def _read(path: Path) -> bytes:
    """What is in a private file. Raises OSError, NetcellarError."""
    # A pipe in its place would else be waited for.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as stream:
        _private(path, os.fstat(stream.fileno()))
        return stream.read()


def _private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NetcellarError(f"{path} is no file")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise NetcellarError(f"{path} can be read by others", remedy=f"Run: chmod 600 {path}")
    if status.st_uid != os.geteuid():
        raise NetcellarError(f"{path} belongs to somebody else")
