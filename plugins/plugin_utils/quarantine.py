# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts that failed their checks, kept for people to look at. They hold secrets: files 0600, folders 0700.

A quarantined file is one line of JSON that says what it is, then the text as the device sent it. None ever gets from
here into Git: what is not proven whole replaces no good text, whoever says so. To release a text is to take it away.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ..module_utils.errors import ErrorClass, NetcellarError
from .durable import TEMPORARY, make_private, write_whole
from .rooms import Rooms, key_digest

KEEP_SECONDS = 30 * 24 * 3600
KEEP_FILES = 5
_SEE_LIST = "See `netcellar quarantine list`"
_ID_DIGITS = 8


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


@dataclass(frozen=True, slots=True)
class Held:
    """A text in quarantine. ``id`` is short and its own in the repository; ``size`` is in bytes of UTF-8."""

    id: str
    suspect: Suspect
    path: Path
    size: int


class Quarantine:
    """The quarantine of one repository: a folder per device, with its last texts."""

    def __init__(self, repository: Path) -> None:
        self._folder = Rooms(repository).quarantine

    def held(self) -> list[Held]:
        """What is in quarantine, the newest first. Files that are no quarantined texts are passed over."""
        found = [held for path in self._files() if (held := _held(path))]
        return sorted(found, key=lambda held: held.path.name, reverse=True)

    def find(self, word: str) -> Held:
        """The text of that id (or an unambiguous beginning of it), or the newest of the device of that name or id.

        Raises NetcellarError where there is none.
        """
        held = self.held()
        ids = [one for one in held if one.id.startswith(word)]
        devices = [one for one in held if word in (one.suspect.name, one.suspect.device_id)]
        if len(ids) != 1 and not devices:
            raise NetcellarError(f"{len(ids) or 'nothing'} in quarantine is called {word!r}", remedy=_SEE_LIST)
        return devices[0] if devices else ids[0]

    def text(self, held: Held) -> str:
        """The text as the device sent it. Raises NetcellarError."""
        try:
            return held.path.read_bytes().partition(b"\n")[2].decode("utf-8", "surrogateescape")
        except OSError as error:
            raise NetcellarError(f"cannot read {held.path}: {error.strerror}") from error

    def release(self, held: Held, to: Path | None = None) -> None:
        """Take a text out of quarantine: into the new file ``to`` (mode 0600), or away. Raises NetcellarError."""
        try:
            if to is not None:
                if to.exists():
                    raise NetcellarError(f"{to} exists", remedy="Name a file that does not exist yet")
                write_whole(to, self.text(held).encode("utf-8", "surrogateescape"))
            held.path.unlink(missing_ok=True)
        except OSError as error:
            raise NetcellarError(f"cannot write {error.filename}: {error.strerror}") from error

    def prune(self) -> None:
        """Remove what is too old, of every device, be it in the inventory or not. Raises NetcellarError."""
        oldest = time.time() - KEEP_SECONDS
        try:
            for path in self._files():
                if _older(path, oldest):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise NetcellarError(f"cannot prune {error.filename}: {error.strerror}", error="git") from error

    def _files(self) -> Iterator[Path]:
        """The files of all devices; damaged captures lie one folder deeper and are not among them."""
        for path in self._folder.glob("*/*"):
            if path.is_file() and not path.name.startswith(TEMPORARY):
                yield path

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


def _held(path: Path) -> Held | None:
    try:
        with path.open("rb") as stream:
            head = stream.readline()
        suspect = Suspect(**json.loads(head))
        size = path.stat().st_size - len(head)
    except (OSError, ValueError, TypeError):
        # Removed at this moment, or no file of ours.
        return None
    return Held(sha256(f"{path.parent.name}/{path.name}".encode()).hexdigest()[:_ID_DIGITS], suspect, path, size)


def _prune(folder: Path) -> None:
    names = sorted((path for path in folder.iterdir() if not path.name.startswith(TEMPORARY)), reverse=True)
    oldest = time.time() - KEEP_SECONDS
    for number, path in enumerate(names):
        if number >= KEEP_FILES or _older(path, oldest):
            path.unlink(missing_ok=True)


def _older(path: Path, oldest: float) -> bool:
    """Whether a text is older, or gone: another run prunes, too."""
    try:
        return path.stat().st_mtime < oldest
    except FileNotFoundError:
        return True
