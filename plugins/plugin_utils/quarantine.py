# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts that failed their checks, kept for people to look at. They hold secrets: files 0600, folders 0700.

A quarantined file is one line of JSON that says what it is, then the text as the device sent it.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ..module_utils.errors import ErrorClass, NetcellarError
from .durable import TEMPORARY, make_private, write_whole
from .rooms import Rooms, key_digest

KEEP_SECONDS = 30 * 24 * 3600
KEEP_FILES = 5


@dataclass(frozen=True, slots=True)
class Suspect:
    """What is quarantined and why. ``at`` is ISO 8601 in UTC."""

    device_id: str
    name: str
    artifact: str
    platform: str
    run: str
    at: str
    error: ErrorClass
    message: str


class Quarantine:
    """The quarantine of one repository: a folder per device, with its last texts."""

    def __init__(self, repository: Path) -> None:
        self._folder = Rooms(repository).quarantine

    def keep(self, suspect: Suspect, text: str) -> Path:
        """Keep a text, and prune the older ones of its device. Raises NetcellarError when it cannot be written."""
        folder = self._folder / sha256(suspect.device_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        path = folder / f"{time.time_ns():020d}-{key_digest(suspect.device_id, suspect.artifact)[:8]}"
        head = json.dumps(asdict(suspect), separators=(",", ":")) + "\n"
        try:
            make_private(folder)
            write_whole(path, head.encode() + text.encode("utf-8", "surrogateescape"))
            _prune(folder)
        except OSError as error:
            raise NetcellarError(f"cannot write {path}: {error.strerror}", error="git") from error
        return path


def _prune(folder: Path) -> None:
    names = sorted((path for path in folder.iterdir() if not path.name.startswith(TEMPORARY)), reverse=True)
    oldest = time.time() - KEEP_SECONDS
    for number, path in enumerate(names):
        if number >= KEEP_FILES or path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
