# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Segments: files that records are appended to, each durable before it counts, and removed as a whole.

A record is one line of JSON, whose ``length`` counts the bytes after it, those bytes, and a line end. A segment has one
writer for its whole life, so what a killed writer left unfinished can only be its end.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from .durable import sync_folder

SUFFIX = ".segment"
# More than a first line mostly has, and less than a page or two more than needed.
LONG_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """One record: ``start`` is where its line begins, ``body`` where the bytes behind it do (``length`` of them)."""

    header: Mapping[str, Any]
    start: int
    body: int
    length: int

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return self.body + self.length + 1


@dataclass(frozen=True, slots=True)
class Scan:
    """The records of a segment of ``size`` bytes. From ``end`` on it cannot be read; mostly there is nothing."""

    records: tuple[Found, ...]
    end: int
    size: int


class Segment:
    """The writing side, for one process; its threads may share it, and then share the price of the disk's sync."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._writing, self._syncing = Lock(), Lock()
        self._durable: tuple[Path | None, int] = (None, 0)

    def append(self, header: Mapping[str, Any], body: bytes) -> None:
        """Add a record; it is on the disk when this returns. Raises OSError, and nothing is then added."""
        line = json.dumps({**header, "length": len(body)}, separators=(",", ":"), sort_keys=True).encode()
        with self._writing:
            path, descriptor = self._opened()
            try:
                end = self._write(descriptor, b"%b\n%b\n" % (line, body))
                fcntl.flock(descriptor, fcntl.LOCK_UN)
            except BaseException:
                os.close(descriptor)
                raise
        try:
            self._sync(path, descriptor, end)
        finally:
            os.close(descriptor)

    def _opened(self) -> tuple[Path, int]:
        """The segment, locked. One that was committed and removed meanwhile is replaced by a new one."""
        while True:
            if self._path is None:
                self._path = self._folder / f"{secrets.token_hex(8)}{SUFFIX}"
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
                sync_folder(self._folder)
            path = self._path
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            except FileNotFoundError:
                self._path = None
                continue
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return path, descriptor
            os.close(descriptor)
            self._path = None

    def _write(self, descriptor: int, record: bytes) -> int:
        start = os.fstat(descriptor).st_size
        rest = memoryview(record)
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            # Whatever comes later must not stand behind half a record.
            self._path = None
            os.ftruncate(descriptor, start)
            raise
        return start + len(record)

    def _sync(self, path: Path, descriptor: int, end: int) -> None:
        with self._syncing:
            durable, reached = self._durable
            if durable == path and reached >= end:
                return
            written = os.fstat(descriptor).st_size
            os.fdatasync(descriptor)
            self._durable = (path, written)


def segments(folder: Path) -> list[Path]:
    """The segments in a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))


def scan(path: Path) -> Scan:
    """All whole records of a segment. Raises OSError."""
    with _alone(path) as descriptor:
        size = os.fstat(descriptor).st_size
        records = tuple(_records(descriptor, size))
    return Scan(records, records[-1].end if records else 0, size)


def remove(path: Path, end: int) -> None:
    """Remove a segment of which everything up to ``end`` is done with, unless its writer has added more."""
    try:
        descriptor = _locked(path)
    except FileNotFoundError:
        return
    try:
        if os.fstat(descriptor).st_size <= end:
            path.unlink()
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        # With its last descriptor the system takes back the memory of the file: for hundreds of MB that is a wait.
        Thread(target=os.close, args=(descriptor,)).start()


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The segment without its writer, which waits."""
    descriptor = _locked(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _records(descriptor: int, size: int) -> Iterator[Found]:
    start = 0
    while start < size:
        line = _line(descriptor, start)
        try:
            header = json.loads(line)
            found = Found(header, start, start + len(line), int(header.pop("length")))
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if found.length < 0 or found.end > size:
            return
        yield found
        start = found.end


def _line(descriptor: int, start: int) -> bytes:
    """The line at ``start`` with its end. Plain calls, since this is done for thousands of records."""
    read = os.pread(descriptor, LONG_HEADER, start)
    while b"\n" not in read and (more := os.pread(descriptor, LONG_HEADER, start + len(read))):
        read += more
    return read[: read.find(b"\n") + 1]
