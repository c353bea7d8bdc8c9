# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Staged captures: on disk, whole, before they count; there until they are committed, whichever run does it.

A staged file is one line of JSON, then the text. The line holds the capture without its text, the text's length in
bytes and its SHA-256, so that a part of a file is never taken for a whole one; and the text's Git blob id, so that an
unchanged text need not be read again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Capture
from .blobs import blob_id
from .durable import TEMPORARY, make_private, sync_folder, write_whole
from .owner import Owner
from .rooms import Rooms, key_digest, safe_part

OWNER_FILE = "owner.json"
FORMAT = 1
# More than a first line mostly has, and less than a page or two more than needed.
LONG_HEADER = 4096


class DamagedError(ValueError):
    """The staged file ``path`` is not whole."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} {what}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Staged:
    """One staged capture. ``capture.text`` is empty: ``read`` gives it, so that thousands need no memory.

    ``length`` is in bytes, ``sha256`` is that of the text, ``blob`` its Git id (SHA-1). ``inode`` tells this file from
    one that took its place.
    """

    capture: Capture
    path: Path
    length: int
    sha256: str
    blob: str
    inode: int

    def read(self) -> bytes:
        """The text in UTF-8, whole; else DamagedError."""
        try:
            with self.path.open("rb") as stream:
                stream.readline()
                text = stream.read()
        except OSError as error:
            raise DamagedError(self.path, f"cannot be read: {error.strerror}") from error
        if len(text) != self.length or sha256(text).hexdigest() != self.sha256 or blob_id(text) != self.blob:
            raise DamagedError(self.path, "does not hold what its first line says")
        return text


@dataclass(frozen=True, slots=True)
class Pending:
    """What is to be committed, and the files that were moved to quarantine because they are not whole."""

    staged: tuple[Staged, ...]
    damaged: tuple[Path, ...] = ()


class Staging:
    """The staged captures of one repository, by run."""

    def __init__(self, repository: Path) -> None:
        self._rooms = Rooms(repository)

    def open(self, run: str, owner: Owner) -> None:
        """Make the folder of ``run`` and note that ``owner`` (the process that lives as long as the run) owns it."""
        self._rooms.make()
        folder = self._folder(run)
        try:
            make_private(folder)
            owner.write(folder / OWNER_FILE)
            sync_folder(folder.parent)
        except OSError as error:
            raise _cannot_write(folder, error) from error

    def write(self, capture: Capture) -> None:
        """Stage ``capture`` durably, in place of an earlier one of the same device and artifact in this run.

        The run must have been opened. Raises NetcellarError of class git, with the path; what was there is still there.
        """
        path = self._folder(capture.run) / key_digest(capture.device_id, capture.artifact)
        text = capture.text.encode("utf-8", "surrogateescape")
        try:
            write_whole(path, _header(capture, text) + text)
        except OSError as error:
            raise _cannot_write(path, error) from error

    def pending(self, run: str) -> Pending:
        """The captures of ``run`` and of runs whose owner is gone. To be called under the repository's lock."""
        staged: list[Staged] = []
        damaged: list[Path] = []
        for folder in self._runs_to_take(run):
            for path in _captures_in(folder):
                try:
                    staged.append(_read_header(path, folder.name))
                except DamagedError:
                    damaged.append(self.set_aside(Path(path)))
        return Pending(tuple(staged), tuple(damaged))

    def set_aside(self, path: Path) -> Path:
        """Move a damaged staged file to quarantine and give its new path."""
        folder = self._rooms.quarantine / "staged" / path.parent.name
        make_private(folder)
        return path.replace(folder / path.name)

    def remove(self, staged: Staged) -> None:
        """Take away what is committed, unless a newer capture has taken its place."""
        try:
            if staged.path.stat().st_ino == staged.inode:
                staged.path.unlink()
        except FileNotFoundError:
            return

    def sweep(self, run: str) -> None:
        """Remove the empty folders of runs that are over; ``run`` itself may still write."""
        for folder in self._runs_to_take(run):
            if folder.name == run or any(_captures_in(folder)):
                continue
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()

    def _folder(self, run: str) -> Path:
        return self._rooms.staged / safe_part(run)

    def _runs_to_take(self, run: str) -> list[Path]:
        if not self._rooms.staged.is_dir():
            return []
        folders = sorted(entry for entry in self._rooms.staged.iterdir() if entry.is_dir())
        return [folder for folder in folders if folder.name == run or _abandoned(folder)]


def _abandoned(folder: Path) -> bool:
    owner = Owner.read(folder / OWNER_FILE)
    last_seen = folder.stat().st_mtime
    # Without a readable owner the folder may be one that is being made at this moment, on any machine.
    return not (owner or Owner(0, 0.0, "")).alive(last_seen)


def _captures_in(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    return (f"{folder}/{name}" for name in names if name != OWNER_FILE and not name.startswith(TEMPORARY))


def _header(capture: Capture, text: bytes) -> bytes:
    values = asdict(replace(capture, text=""))
    del values["text"]
    values |= {"format": FORMAT, "length": len(text), "sha256": sha256(text).hexdigest(), "blob": blob_id(text)}
    return json.dumps(values, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _read_header(path: str, run: str) -> Staged:
    try:
        line, size, inode = _first_line(path)
        values = json.loads(line)
        kept = {name: values.pop(name) for name in ("format", "length", "sha256", "blob")}
        capture = Capture(text="", **values)
        staged = Staged(capture, Path(path), kept["length"], kept["sha256"], kept["blob"], inode)
        own_name = key_digest(capture.device_id, capture.artifact)
        whole = kept["format"] == FORMAT and capture.run == run and path.endswith(f"/{own_name}")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedError(Path(path), "has no readable first line") from error
    if not whole or size != len(line) + staged.length:
        raise DamagedError(Path(path), "is not whole, or not in its place")
    return staged


def _first_line(path: str) -> tuple[bytes, int, int]:
    """The line, the size of the file, and its inode. Plain calls, since this is done for thousands of files."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        start = os.read(descriptor, LONG_HEADER)
        while b"\n" not in start and (more := os.read(descriptor, LONG_HEADER)):
            start += more
        return start[: start.find(b"\n") + 1], status.st_size, status.st_ino
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> NetcellarError:
    return NetcellarError(f"cannot write {path}: {error.strerror}", error="git")
