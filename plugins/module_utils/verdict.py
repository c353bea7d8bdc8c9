# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible is told about a host and about a run, from their records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from .errors import sentence
from .record import OUTCOMES, Record, read_records

Status = Literal["ok", "changed", "failed", "unreachable"]


class Searchable(Protocol):
    """Bytes that are searched where they lie: ``bytes`` or a memory-mapped file."""

    def rfind(self, sub: bytes, start: int = ..., end: int = ..., /) -> int: ...
    def find(self, sub: bytes, start: int = ..., /) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status of Ansible's, and the message a person reads. ``facts`` go into the task's result as they are."""

    status: Status
    message: str
    facts: Mapping[str, Any]

    def as_result(self) -> dict[str, Any]:
        """The shape of a task result of Ansible."""
        return {
            "changed": self.status == "changed",
            "failed": self.status == "failed",
            "unreachable": self.status == "unreachable",
            "msg": self.message,
            **self.facts,
        }


def last_record(content: Searchable, host: str) -> Record | None:
    """The last whole record of a host in the bytes of a ``records.jsonl``, found without reading the other lines."""
    # Record.line() writes the host right after the device id. Quotes inside a JSON string are escaped, so these bytes
    # cannot be part of a name or of a message.
    key = b'","host":' + json.dumps(host).encode() + b',"name":'
    end = -1
    while (end := content.rfind(key) if end < 0 else content.rfind(key, 0, end)) >= 0:
        start = content.rfind(b"\n", 0, end) + 1
        stop = content.find(b"\n", end)
        found = read_records([content[start : stop if stop >= 0 else None].decode()])
        if found:
            return next(iter(found.values()))
    return None


def of_host(record: Record | None) -> Verdict:
    """How a host fared. A host without a record failed: nothing came back."""
    if record is None:
        return Verdict("failed", "silent: nothing was recorded for this host in this run", {"outcome": "silent"})
    facts = {
        "outcome": record.outcome,
        "error": record.error,
        "commit": record.commit,
        "artifacts": [
            {"artifact": kept.artifact, "path": kept.path, "changed": kept.changed} for kept in record.artifacts
        ],
    }
    if record.good:
        return Verdict("changed" if record.outcome == "stored" else "ok", record.message or record.outcome, facts)
    return Verdict("unreachable" if record.outcome == "unreachable" else "failed", explain(record), facts)


def explain(record: Record) -> str:
    """Class, message and remedy of a record that is not good, as one line."""
    if record.outcome == "silent":
        return f"silent: {record.message or 'nothing came back from this host'}. {sentence(record.remedy)}"
    parts = [f"{record.error or record.outcome}: {record.message or 'no reason was given'}", sentence(record.remedy)]
    return ". ".join(part.rstrip(".") for part in parts if part)


def of_run(records: Iterable[Record], faults: Iterable[str], *, devices_count: bool) -> Verdict:
    """How the run ended. ``faults`` are what failed beside the devices: Git, the push, the stamp.

    ``devices_count``: a device that is not backed up fails the run too, for the case that no host says so itself.
    """
    known = list(records)
    counts = Counter(record.outcome for record in known)
    outcomes = {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]}
    # Ansible shows the message of a good task only where it asks for it.
    facts = {"outcomes": outcomes, "_ansible_verbose_always": True}
    summary = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items()) or "no device"
    reasons = list(faults)
    bad = [record for record in known if not record.good]
    if devices_count and bad:
        reasons.append(f"{len(bad)} of {len(known)} devices are not backed up")
    if not known:
        reasons.append("the run holds no record")
    return Verdict("failed" if reasons else "ok", "; ".join([*reasons, summary]), facts)
