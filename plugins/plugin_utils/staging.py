# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Staged captures: on disk, whole, before they count; there until they are committed, whichever run does it.

A run's folder holds segments. The line before a text holds the capture, and the text's length in bytes and SHA-256, so
that a part is never taken for a whole; and the text's Git blob id, so that an unchanged text need not be read again.
One file for thousands of captures: to remove a file each would cost more than the commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from ..module_utils.record import Capture
from . import segment
from .blobs import blob_id
from .decide import moment
from .diskspace import cannot_write
from .durable import make_private, sync_folder, write_whole
from .owner import Owner
from .rooms import Rooms, safe_part
from .segment import SUFFIX, Found, Segment

OWNER_FILE = "owner.json"
FORMAT = 2


class DamagedError(ValueError):
    """The text of ``staged`` is not what its line says."""

    def __init__(self, staged: Staged, what: str) -> None:
        super().__init__(f"{staged.path} {what}")
        self.staged = staged


@dataclass(frozen=True, slots=True)
class Staged:
    """One staged capture. ``capture.text`` is empty: ``read`` gives it, so that thousands need no memory.

    ``path`` is its segment, ``start`` its place there, ``offset`` and ``length`` (in bytes) those of the text;
    ``sha256`` is that of the text, ``blob`` its Git id (SHA-1).
    """

    capture: Capture
    path: Path
    start: int
    offset: int
    length: int
    sha256: str
    blob: str

    def read(self) -> bytes:
        """The text in UTF-8, whole; else DamagedError."""
        try:
            with self.path.open("rb", buffering=0) as stream:
                text = os.pread(stream.fileno(), self.length, self.offset)
        except OSError as error:
            raise DamagedError(self, f"cannot be read: {error.strerror}") from error
        if len(text) != self.length or sha256(text).hexdigest() != self.sha256 or blob_id(text) != self.blob:
            raise DamagedError(self, "does not hold what its first line says")
        return text


@dataclass(frozen=True, slots=True)
class Pending:
    """What is to be committed, and what was copied to quarantine because it is not whole.

    ``segments``: where it all is, each with the place up to which it was read.
    """

    staged: tuple[Staged, ...]
    damaged: tuple[Path, ...] = ()
    segments: tuple[tuple[Path, int], ...] = ()


class Staging:
    """The staged captures of one repository, by run."""

    def __init__(self, repository: Path) -> None:
        self._rooms = Rooms(repository)
        self._segments: dict[str, Segment] = {}
        self._lock = Lock()

    def open(self, run: str, owner: Owner) -> None:
        """Make the folder of ``run`` and note that ``owner`` (the process that lives as long as the run) owns it."""
        self._rooms.make()
        folder = self._folder(run)
        try:
            make_private(folder)
            owner.write(folder / OWNER_FILE)
            sync_folder(folder.parent)
        except OSError as error:
            raise cannot_write(folder, error) from error

    def write(self, capture: Capture) -> None:
        """Stage ``capture`` durably; it takes the place of an earlier one of the same device and artifact in this run.

        The run must have been opened. Raises NetcellarError of class git, with the path; what was there is still there.
        """
        folder = self._folder(capture.run)
        with self._lock:
            own = self._segments.setdefault(capture.run, Segment(folder))
        text = capture.text.encode("utf-8", "surrogateescape")
        try:
            own.append(_header(capture, text), text)
        except OSError as error:
            raise cannot_write(folder, error) from error

    def pending(self, run: str) -> Pending:
        """The captures of ``run`` and of runs whose owner is gone. To be called under the repository's lock."""
        staged: dict[tuple[str, str, str], Staged] = {}
        damaged: list[Path] = []
        read: list[tuple[Path, int]] = []
        for path in self._segments_to_take(run):
            seen = segment.scan(path)
            read.append((path, seen.size))
            for found in seen.records:
                if each := _staged(path, found):
                    _keep_newest(staged, each)
                else:
                    damaged.append(self._copy(path, found.start, found.end))
            if seen.end < seen.size:
                damaged.append(self._copy(path, seen.end, seen.size))
        return Pending(tuple(staged.values()), tuple(damaged), tuple(read))

    def set_aside(self, staged: Staged) -> Path:
        """Copy a staged capture, as it is, to quarantine and give the path there."""
        return self._copy(staged.path, staged.start, staged.offset + staged.length + 1)

    def remove(self, pending: Pending) -> None:
        """Take away what is committed or set aside, but not what was staged after it was read."""
        for path, end in pending.segments:
            segment.remove(path, end)

    def sweep(self, run: str) -> None:
        """Remove the empty folders of runs that are over; ``run`` itself may still write."""
        for folder in self._runs_to_take(run):
            if folder.name == run or segment.segments(folder):
                continue
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()

    def _copy(self, path: Path, start: int, end: int) -> Path:
        folder = self._rooms.quarantine / "staged" / path.parent.name
        make_private(folder)
        copy = folder / f"{path.name.removesuffix(SUFFIX)}-{start}"
        with path.open("rb") as stream:
            stream.seek(start)
            write_whole(copy, stream.read(end - start))
        return copy

    def _folder(self, run: str) -> Path:
        return self._rooms.staged / safe_part(run)

    def _segments_to_take(self, run: str) -> Iterator[Path]:
        for folder in self._runs_to_take(run):
            yield from segment.segments(folder)

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


def _keep_newest(staged: dict[tuple[str, str, str], Staged], new: Staged) -> None:
    key = (new.capture.device_id, new.capture.artifact, new.capture.run)
    old = staged.get(key)
    if old is None or moment(old.capture.captured_at) <= moment(new.capture.captured_at):
        staged[key] = new


def _header(capture: Capture, text: bytes) -> dict[str, Any]:
    values = asdict(replace(capture, text=""))
    del values["text"]
    return values | {"format": FORMAT, "sha256": sha256(text).hexdigest(), "blob": blob_id(text)}


def _staged(path: Path, found: Found) -> Staged | None:
    """What was found, where it can be read and is in its place."""
    try:
        values = dict(found.header)
        kept = {name: values.pop(name) for name in ("format", "sha256", "blob")}
        capture = Capture(text="", **values)
    except (TypeError, KeyError):
        return None
    if kept["format"] != FORMAT or capture.run != path.parent.name:
        return None
    return Staged(capture, path, found.start, found.body, found.length, kept["sha256"], kept["blob"])
