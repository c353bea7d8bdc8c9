# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What came of trying a credential: notes in a file that all processes of a machine share."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .durable import make_private
from .owner import Owner


@dataclass(frozen=True, slots=True)
class Note:
    """One answer to a login. ``owner`` is the main process of ``run``."""

    run: str
    owner: Owner
    accepted: bool


class Trials:
    """The notes on one credential that matter to a run: its own, and those of runs that go on now.

    A run that is over, killed or not, says nothing: the account may have been mended since.
    """

    def __init__(self, path: Path, run: str, owner: Owner) -> None:
        self._path = path
        self._run = run
        self._owner = owner

    def add(self, accepted: bool) -> None:
        """Note an answer, and drop what matters to nobody any more. Raises NetcellarError when it cannot be written."""
        note = Note(self._run, self._owner, accepted)
        try:
            make_private(self._path.parent)
            with _held(self._path) as descriptor:
                live = [*self._live(_read(descriptor)), note]
                data = "".join(json.dumps(asdict(each)) + "\n" for each in live).encode()
                os.pwrite(descriptor, data, 0)
                os.ftruncate(descriptor, len(data))
        except OSError as error:
            raise NetcellarError(f"cannot write {self._path}: {error.strerror}") from error

    def refused(self) -> int:
        """How many logins were refused."""
        return sum(not note.accepted for note in self._now())

    def accepted(self) -> bool:
        """Whether one was accepted."""
        return any(note.accepted for note in self._now())

    def _now(self) -> list[Note]:
        try:
            with _held(self._path, create=False) as descriptor:
                return self._live(_read(descriptor))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise NetcellarError(f"cannot read {self._path}: {error.strerror}") from error

    def _live(self, notes: list[Note]) -> list[Note]:
        alive = {owner: owner.alive(0.0) for owner in {note.owner for note in notes if note.run != self._run}}
        return [note for note in notes if note.run == self._run or alive[note.owner]]


@contextmanager
def _held(path: Path, *, create: bool = True) -> Iterator[int]:
    """The file, ours alone until the end; the operating system lets go of it for a killed process."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> list[Note]:
    data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    notes = []
    for line in data.splitlines():
        try:
            raw = json.loads(line)
            notes.append(Note(str(raw["run"]), Owner(**raw["owner"]), bool(raw["accepted"])))
        except (ValueError, TypeError, KeyError):
            # Half a line of a process that was killed while it wrote.
            continue
    return notes
