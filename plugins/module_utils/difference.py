# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which devices entered or left a saved inventory since the last good set, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .condition import Condition
from .device import Device
from .evaluate import matches
from .explain import Explanation, explain, plain, shown
from .guard import change
from .present import values_of

GONE = "the source has no such device any more"


@dataclass(frozen=True, slots=True)
class Moved:
    """A device that entered or left. ``why`` is a sentence; ``explanation`` is None where the device is gone."""

    device_id: str
    device_name: str | None
    why: str
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """The devices that left and entered, by name, and how many stayed."""

    left: tuple[Moved, ...]
    entered: tuple[Moved, ...]
    stayed: int

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON and YAML."""
        return asdict(self)


def difference(old: Mapping[str, Device], rows: Mapping[str, Device], condition: Condition) -> Difference:
    """What changed from the last good set to what the checked condition means now.

    ``old`` are by id the devices of the last good set, as they were then; ``rows`` those that the source has now: at
    least those of the condition, and those of ``old`` that still exist.
    """
    new = {key for key, device in rows.items() if matches(condition, device)}
    found = change(old, new)
    left = [_left(key, old[key], rows.get(key), condition) for key in found.left]
    entered = [_entered(rows[key], condition) for key in found.entered]
    return Difference(_by_name(left), _by_name(entered), found.after - len(found.entered))


def _left(key: str, then: Device, now: Device | None, condition: Condition) -> Moved:
    if now is None:
        return Moved(key, then.name, GONE)
    explanation = explain(condition, now)
    return Moved(key, now.name, _reason(explanation) + _before(explanation, then, condition), explanation)


def _entered(now: Device, condition: Condition) -> Moved:
    explanation = explain(condition, now)
    return Moved(now.id, now.name, _reason(explanation), explanation)


def _reason(explanation: Explanation) -> str:
    return explanation.decided.sentence if explanation.decided else "every device is meant"


def _before(now: Explanation, then: Device, condition: Condition) -> str:
    """What the deciding field was when the device was still in."""
    if now.decided is None:
        return ""
    if not matches(condition, then):
        return "; it would not have belonged then, so the conditions (or the time) changed"
    had = tuple(plain(value) for value in values_of(now.decided.field, then))
    return f"; it was {shown(had)}" if had != now.decided.had else ""


def _by_name(found: list[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(found, key=lambda moved: (moved.device_name or "", moved.device_id)))
