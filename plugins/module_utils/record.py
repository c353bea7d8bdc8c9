# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happened to one device in one run: the record, its closed outcomes, and the file of records.

A run's ``records.jsonl`` holds one JSON object per line, each a whole record. The last line of a device wins. Capture
first writes a ``silent`` record for every device it is about to try, so a device of which nothing comes back is still
counted, whatever kills the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from .errors import REMEDIES, ErrorClass, shown

Outcome = Literal["stored", "unchanged", "quarantined", "failed", "unreachable", "rejected", "silent"]
Stage = Literal["inventory", "connect", "login", "capture", "judge", "stage", "commit", "push", "stamp", "done"]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
GOOD: frozenset[Outcome] = frozenset({"stored", "unchanged"})
LONGEST = 2000
SILENT_REMEDY = "the run ended before this device came back: run again for it"
UNREACHABLE: frozenset[ErrorClass] = frozenset({"connect_timeout", "refused", "unreachable"})


@dataclass(frozen=True, slots=True)
class Kept:
    """One artifact of a record: what was captured and where it is. ``size`` is in bytes of UTF-8.

    ``certificate`` maps the checks that the text passed to what they saw.
    """

    artifact: str
    path: str = ""
    size: int = 0
    sha256: str = ""
    changed: bool = False
    quarantine: str = ""
    certificate: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One device in one run. Times are ISO 8601 in UTC with a ``Z``; durations are seconds.

    ``advice`` is what to do about this very fault, where that is more than its class can say.
    """

    run: str
    device_id: str
    host: str
    name: str | None = None
    address: str | None = None
    platform: str | None = None
    location: str | None = None
    outcome: Outcome = "silent"
    stage: Stage = "inventory"
    error: ErrorClass | None = None
    message: str = ""
    advice: str = ""
    artifacts: tuple[Kept, ...] = ()
    credential: str | None = None
    captured_at: str | None = None
    seconds: float = 0.0
    commit: str | None = None
    remote: str | None = None
    stamped: bool = False

    @property
    def good(self) -> bool:
        """Whether the device's configuration of this run is proven to be in Git."""
        return self.outcome in GOOD

    @property
    def remedy(self) -> str:
        """What a person can do about it, or nothing."""
        if self.error is None:
            return SILENT_REMEDY if self.outcome == "silent" else ""
        aside = ", ".join(kept.quarantine for kept in self.artifacts if kept.quarantine)
        return (self.advice or REMEDIES[self.error]) + (f" (quarantined: {aside})" if aside else "")

    def failed(self, error: ErrorClass, message: str, *, stage: Stage, advice: str = "") -> Record:
        """This record after a fault, with the outcome that belongs to the class of the fault."""
        # A name that is a megabyte long would make Ansible drop the result of its host.
        outcome, message, advice = outcome_of(error), shown(message[:LONGEST]), shown(advice[:LONGEST])
        return replace(self, outcome=outcome, error=error, message=message, stage=stage, advice=advice)

    def line(self) -> str:
        """The record as one line of ``records.jsonl``, with its line end."""
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=True) + "\n"


def outcome_of(error: ErrorClass) -> Outcome:
    """The outcome that an error class leads to."""
    if error in UNREACHABLE:
        return "unreachable"
    if error in {"incomplete", "leak", "identity", "command_rejected"}:
        return "quarantined"
    if error in {"no_address", "no_credential", "unsupported", "path"}:
        return "rejected"
    return "failed"


def read_records(lines: Iterable[str]) -> dict[str, Record]:
    """Fold the lines of ``records.jsonl`` into the last record of each device, in order of first appearance.

    A last line that a killed process left half-written is passed over: the line before it still stands.
    """
    records: dict[str, Record] = {}
    for line in lines:
        try:
            record = _record(json.loads(line))
        except (json.JSONDecodeError, TypeError, KeyError):
            continue
        records[record.device_id] = record
    return records


def _record(raw: Mapping[str, Any]) -> Record:
    values = dict(raw)
    values["artifacts"] = tuple(Kept(**kept) for kept in values.get("artifacts", ()))
    return Record(**values)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a capture is stored: the remote's ref held ``commit``, whose tree holds ``blob`` at ``path``.

    Without a remote, ``remote`` is empty and the proof is the local branch. ``captured_at`` is ISO 8601 in UTC.
    """

    device_id: str
    artifact: str
    path: str
    blob: str
    commit: str
    ref: str
    captured_at: str
    run: str
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """A certified text of one device, cleaned and masked: what may be stored.

    ``same_as`` is a digest of the text without its volatile lines: two captures with equal digests hold the same
    configuration, and the blob that is already stored then stays. ``certified_size`` is that of the text before
    masking, in bytes of UTF-8, which is what a later capture's size is held against.
    """

    device_id: str
    name: str
    host: str
    artifact: str
    platform: str
    path: str
    text: str
    same_as: str
    captured_at: str
    run: str
    identity: Mapping[str, str] = field(default_factory=dict)
    stamp: Mapping[str, str] = field(default_factory=dict)
    certified_size: int = 0
