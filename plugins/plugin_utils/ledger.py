# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ledger: what is committed and not yet proven, or proven and not yet stamped. Durable; the newest capture counts.

It is one file, read and replaced as a whole under the repository's lock: ten thousand files of one line each would
cost a run that changes nothing many times the price of the commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Receipt
from .decide import OUTRUN, Decision, moment
from .durable import make_private, write_whole
from .index import Entry, Key
from .lock import locked
from .rooms import Rooms

_WITHOUT = (
    "Move this file away and run again: what is committed is pushed all the same,"
    " and dates that were not stamped yet come with the next capture"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One artifact of one device. ``captured_at`` and ``run`` are those of the capture, also where it changed nothing.

    ``commit`` holds ``entry.blob`` at ``entry.path``. ``stamp`` is what the capture brought along for the stamp (empty:
    nothing to stamp). ``receipt`` is there once it is proven.
    """

    entry: Entry
    captured_at: str
    run: str
    commit: str
    branch: str
    host: str = ""
    stamp: Mapping[str, str] = field(default_factory=dict)
    receipt: Receipt | None = None

    @property
    def key(self) -> Key:
        """What the line is about."""
        return self.entry.key

    @classmethod
    def after(
        cls, decision: Decision, commit: str, branch: str, host: str = "", stamp: Mapping[str, str] | None = None
    ) -> Line:
        """The line for a capture that was not rejected; ``commit`` is the tip after it."""
        stored = decision.entry if decision.message == OUTRUN else decision.capture
        return cls(decision.entry, stored.captured_at, stored.run, commit, branch, host, dict(stamp or {}))

    def raw(self) -> dict[str, Any]:
        """The JSON form. Not by ``asdict``, which copies what is in it, at ten times the price."""
        receipt = _flat(self.receipt) if self.receipt else None
        return _flat(self) | {"entry": _flat(self.entry), "receipt": receipt}

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Line:
        """A line from its JSON form."""
        receipt = raw["receipt"]
        values = dict(raw) | {"entry": Entry(**raw["entry"]), "receipt": Receipt(**receipt) if receipt else None}
        return cls(**values)


def _flat(value: Line | Entry | Receipt) -> dict[str, Any]:
    return dict(zip(value.__slots__, _VALUES[type(value)](value), strict=True))


_VALUES = {kind: attrgetter(*kind.__slots__) for kind in (Line, Entry, Receipt)}


class Ledger:
    """The ledger of one repository. Reading needs no lock; what changes it is called under it, except ``stamped``.

    ``held``: it lives only while the lock is held, so that what it has read stays true. Changes are then kept in memory
    until ``flush``: a run's captures stay staged until it, so a death before it costs nothing but the work.
    """

    def __init__(self, repository: Path, *, held: bool = False) -> None:
        self._held = held
        self._known: dict[Key, Line] | None = None
        self._unwritten = False
        self._rooms = Rooms(repository)
        self._file = self._rooms.ledger / "lines.json"

    def lines(self) -> dict[Key, Line]:
        """All lines. Raises NetcellarError where the file cannot be read."""
        if self._known is not None:
            return dict(self._known)
        try:
            return {line.key: line for line in map(Line.of, json.loads(self._file.read_bytes()))}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise NetcellarError(
                f"the ledger {self._file} cannot be read: {error}", remedy=_WITHOUT, error="git"
            ) from error

    def unproven(self) -> list[Line]:
        """What is committed and of which it is not proven that the remote has it."""
        return [line for line in self.lines().values() if line.receipt is None]

    def proven(self) -> list[Line]:
        """What is proven and still waits for its stamp."""
        return [line for line in self.lines().values() if line.receipt is not None]

    def add(self, lines: Iterable[Line]) -> None:
        """Take up lines; one of an older capture does not replace one of a newer."""
        kept = self.lines()
        for line in lines:
            old = kept.get(line.key)
            if old is None or moment(line.captured_at) >= moment(old.captured_at):
                kept[line.key] = line
        self._change(kept)

    def replace(self, lines: Mapping[Key, Line]) -> None:
        """Hold exactly these lines."""
        self._change(lines)

    def prove(self, receipts: Iterable[Receipt], dropped: Iterable[Key] = ()) -> None:
        """Attach receipts. A line with nothing to stamp has then done its work and goes.

        ``dropped``: keys whose lines go where they got no receipt, since the branch was proven without them (a newer
        capture is there, or a person's version).
        """
        kept = self.lines()
        proofs = {(receipt.device_id, receipt.artifact): receipt for receipt in receipts}
        for key in {*proofs, *dropped}:
            line = kept.pop(key)
            if key in proofs and line.stamp:
                kept[key] = replace(line, receipt=proofs[key])
        self._change(kept)

    def stamped(self, done: Iterable[Receipt], wait: float = 60.0) -> None:
        """Remove the lines of receipts whose stamp is written, unless a newer capture has come in the meantime."""
        with locked(self._rooms.lock, "stamp", wait):
            kept = self.lines()
            for receipt in done:
                key = (receipt.device_id, receipt.artifact)
                if key in kept and moment(kept[key].captured_at) <= moment(receipt.captured_at):
                    del kept[key]
            self._change(kept)

    def flush(self) -> None:
        """Write durably what was changed. Raises NetcellarError; the file is then as it was."""
        if self._unwritten and self._known is not None:
            self._write(self._known)
            self._unwritten = False

    def _change(self, lines: Mapping[Key, Line]) -> None:
        if self._held:
            self._known, self._unwritten = dict(lines), True
        else:
            self._write(lines)

    def _write(self, lines: Mapping[Key, Line]) -> None:
        try:
            make_private(self._file.parent)
            write_whole(self._file, json.dumps([line.raw() for line in lines.values()]).encode())
        except OSError as error:
            raise NetcellarError(f"cannot write {self._file}: {error.strerror}", error="git") from error
