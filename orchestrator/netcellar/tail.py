"""Following a run's ``records.jsonl`` while capture writes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .core import Record, read_records

FILE_NAME = "records.jsonl"


@dataclass(frozen=True, slots=True)
class Count:
    """How far a run is: devices in all, captured whole, and not."""

    total: int = 0
    good: int = 0
    bad: int = 0

    @property
    def done(self) -> int:
        """Devices that are dealt with."""
        return self.good + self.bad


class Tail:
    """The records of a run folder so far. Only what was added since the last look is read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.records: dict[str, Record] = {}
        self._position = 0
        self._rest = b""

    def look(self) -> list[Record]:
        """Read on; the records that are new or changed since the last look, in the order they were written."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._position)
                added = file.read()
        except FileNotFoundError:
            return []
        self._position += len(added)
        whole, _newline, self._rest = (self._rest + added).rpartition(b"\n")
        news = read_records(whole.decode("utf-8", "replace").splitlines())
        self.records.update(news)
        return list(news.values())

    def count(self) -> Count:
        """The records so far, counted."""
        good = sum(captured(record) for record in self.records.values())
        silent = sum(record.outcome == "silent" for record in self.records.values())
        return Count(len(self.records), good, len(self.records) - good - silent)


def captured(record: Record) -> bool:
    """Whether the device is done well, as far as can be said now: captured and staged counts until the commit."""
    return record.good or record.stage == "stage"
