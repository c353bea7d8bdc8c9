"""The log of a run while it happens: lines are collected, and kept in the store now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .core import Record
from .journal import Level, log
from .models import LogLine
from .store import Store, StoreError, now
from .tail import captured

MOST = 20_000
LEVELS: dict[str, Level] = {"unreachable": "warning", "rejected": "warning", "silent": "debug"}


class RunLog:
    """Lines that the store does not take now are kept for later; ``warn`` is told once."""

    def __init__(self, store: Store, run_id: str, warn: Callable[[str], None]) -> None:
        self.store = store
        self.run_id = run_id
        self.warn = warn
        self._lines: list[LogLine] = []
        self._said: dict[str, str] = {}
        self._warned = False

    def say(self, level: Level, message: str) -> None:
        """A line about the run as a whole."""
        self._lines.append(LogLine(run_id=self.run_id, at=now(), level=level, source="job", message=message))

    def devices(self, records: Iterable[Record]) -> None:
        """A line for each record: what became of the connection to the device."""
        for record in records:
            # The commit writes each record again, also those that it has nothing to say of.
            if self._said.get(record.device_id) == (said := words_of(record)):
                continue
            self._said[record.device_id] = said
            line = LogLine(run_id=self.run_id, at=now(), level=level_of(record), source="connection")
            line.device_id, line.host, line.message = record.device_id, record.host, said
            self._lines.append(line)

    def flush(self) -> None:
        """Hand the lines to the store."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            log(self.store, lines)
        except StoreError as error:
            self._lines = [_again(line) for line in lines[-MOST:]]
            if not self._warned:
                self.warn(f"the run goes on, but its log waits: {error.message}")
            self._warned = True


def level_of(record: Record) -> Level:
    """How much a record should trouble whoever reads the log."""
    if record.good or captured(record):
        return "info"
    return LEVELS.get(record.outcome, "error")


def words_of(record: Record) -> str:
    """A record as a sentence."""
    way = f" ({record.platform or 'no platform'}, {record.address or 'no address'})"
    account = f", as {record.credential}" if record.credential else ""
    if record.good or captured(record):
        state = record.outcome if record.good else "captured"
        what = ", ".join(f"{kept.artifact} {kept.size} bytes" for kept in record.artifacts)
        return f"{state}{way}{account}: {what} in {record.seconds:.1f} s"
    if record.outcome == "silent":
        return f"to be tried{way}"
    return f"{record.outcome} at {record.stage}{way}{account}: {record.error}: {record.message}"


def _again(line: LogLine) -> LogLine:
    """A line that a failed transaction has not kept; the object itself may still believe so."""
    names = ("run_id", "at", "level", "source", "device_id", "host", "message")
    return LogLine(**{name: getattr(line, name) for name in names})
