# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From proven receipts to dates in Nautobot: what waits in the ledger is written, and the run's records say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError
from .ledger import Ledger, Line
from .nautobot import Nautobot
from .nautobot_stamp import StampResult
from .nautobot_wire import checked_url
from .run import RunFolder

MAX_ERRORS = 100


@dataclass(frozen=True, slots=True)
class Target:
    """Where dates are written: ``field`` is a custom-field key, empty for nowhere; ``verify`` is for TLS."""

    field: str
    url: str
    token: str
    verify: bool = True


def stamp_of(custom_field: str, url: str) -> dict[str, str]:
    """What a ``Capture`` carries as ``stamp``, so that its date reaches this field of this server, in a later run too.

    ``custom_field`` is a key; empty where nothing is to be stamped.
    """
    return {"field": custom_field, "url": checked_url(url)} if custom_field else {}


@dataclass(slots=True)
class Outcome:
    """What a stamping did. ``errors`` is by device id, or by "" for what concerns them all."""

    custom_field: str
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The errors, one line each."""
        return [f"{device}: {message}" if device else message for device, message in self.errors.items()]

    def as_result(self) -> dict[str, Any]:
        """The task result: numbers, and a bounded list of messages."""
        lines = self.lines()
        if len(lines) > MAX_ERRORS:
            lines = [*lines[:MAX_ERRORS], f"and {len(lines) - MAX_ERRORS} more"]
        return {
            "changed": self.updated > 0,
            "enabled": bool(self.custom_field),
            "custom_field_name": self.custom_field,
            "updated_count": self.updated,
            "unchanged_count": self.unchanged,
            "failed_count": self.failed,
            "errors": lines,
        }


def stamp_proven(repository: Path, run: RunFolder, target: Target) -> Outcome:
    """Write the capture dates of all proven lines that are meant for ``target``. Raises nothing that a person can mend.

    A device that Nautobot does not know is reported once and not tried again; whatever else fails waits in the ledger.
    """
    outcome = Outcome(target.field)
    if not target.field:
        return outcome
    try:
        lines = _meant(Ledger(repository).proven(), target)
        if lines:
            _stamp(lines, repository, run, target, outcome)
    except NetcellarError as error:
        outcome.errors[""] = str(error)
    run.note_fault("stamp", next((f"stamp: {line}" for line in outcome.lines()), ""))
    return outcome


def _meant(lines: Iterable[Line], target: Target) -> list[Line]:
    """Another job's lines, for another server or field, are left to it: a token goes to its own server only."""
    meant = stamp_of(target.field, target.url)
    return [line for line in lines if dict(line.stamp) == meant]


def _stamp(lines: Sequence[Line], repository: Path, run: RunFolder, target: Target, outcome: Outcome) -> None:
    dates = [(line.entry.device_id, line.captured_at) for line in lines]
    try:
        result = Nautobot(target.url, target.token, target.verify).stamp(target.field, dates)
    except NetcellarError as error:
        outcome.failed = len({device for device, __ in dates})
        outcome.errors[""] = str(error)
        result = StampResult(failed={device: error.message for device, __ in dates})
    else:
        _count(result, lines, outcome)
    done = {*result.updated, *result.unchanged, *result.unknown}
    Ledger(repository).stamped(line.receipt for line in lines if line.receipt and line.entry.device_id in done)
    _record(lines, result, run)


def _count(result: StampResult, lines: Sequence[Line], outcome: Outcome) -> None:
    outcome.updated, outcome.unchanged = len(result.updated), len(result.unchanged)
    outcome.failed = len(result.failed)
    names = {line.entry.device_id: line.host or line.entry.name for line in lines}
    outcome.errors = {names[device]: message for device, message in result.failed.items()}


def _record(lines: Sequence[Line], result: StampResult, run: RunFolder) -> None:
    """Only captures of this run: the date of an older one says nothing about this run's device."""
    stamped = {*result.updated, *result.unchanged}
    own = {line.entry.device_id for line in lines if line.run == run.path.name}
    changed = []
    for device, record in run.records().items():
        if device in own and device in stamped:
            changed.append(replace(record, stamped=True, stage="done"))
        elif device in own and device in result.failed:
            changed.append(replace(record, stage="stamp", message=f"stored, not stamped: {result.failed[device]}"))
    if changed:
        run.append(*changed)
