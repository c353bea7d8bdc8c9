# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one door to secrets: a JSON file that only its owner can read, named by the environment.

``{"nautobot_token": "…", "credentials": {"<name>": {"user": "…", "password": "…"}}}``. The orchestrator writes it for a
run and removes it; a user without the orchestrator may keep one.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError

FILE_VARIABLE = "NETCELLAR_SECRETS"
ENVIRONMENT = {"nautobot_token": "NAUTOBOT_TOKEN"}


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
        with path.open("rb") as stream:
            _private(path, os.fstat(stream.fileno()))
            data = stream.read()
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


def _private(path: Path, status: os.stat_result) -> None:
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise NetcellarError(f"{path} can be read by others", remedy=f"Run: chmod 600 {path}")
    if status.st_uid != os.geteuid():
        raise NetcellarError(f"{path} belongs to somebody else")
