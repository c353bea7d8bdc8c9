# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a device belongs to a condition, and which leaf settled it. The one place where that is decided.

Absent values (None, an empty text, an empty list, a custom field that the device lacks) fulfil no positive operator and
every negative one. ``not`` is plain negation. The table is in docs/reference/saved-inventory.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .condition import All, Any_, Condition, Everything, Leaf
from .device import Device, Place
from .field_table import CUSTOM, FIELDS, NEGATIVE, OPPOSITE
from .fields import like_uuid


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the device is in, and the leaf that settled it (None for ``all: true``).

    Where all items of a group had to be looked at, the last one settled it.
    """

    matched: bool
    leaf: Leaf | None


def matches(condition: Condition, device: Device) -> bool:
    """Whether a device belongs to a checked condition."""
    return decide(condition, device).matched


def decide(condition: Condition, device: Device) -> Decision:
    """The same, with the leaf that settled it."""
    matched, leaf = _walk(condition, device)
    return Decision(matched, leaf)


def values_of(field: str, device: Device) -> tuple[Any, ...]:
    """What a device has in a field: nothing, one value, or several (tags, multi-select, the ``Place`` of a chain)."""
    if field.startswith(CUSTOM):
        return _present(device.custom_fields.get(field[len(CUSTOM) :]))
    if field == "has_primary_ip":
        return (bool(device.primary_ip),)
    return _present(getattr(device, FIELDS[field].attribute))


def _present(value: Any) -> tuple[Any, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return tuple(value)
    return (value,)


def _walk(condition: Condition, device: Device) -> tuple[bool, Leaf | None]:
    if isinstance(condition, Leaf):
        return _holds(condition, device), condition
    if isinstance(condition, All | Any_):
        settles = isinstance(condition, Any_)
        leaf = None
        for item in condition.items:
            matched, leaf = _walk(item, device)
            if matched is settles:
                return matched, leaf
        return not settles, leaf
    if isinstance(condition, Everything):
        return True, None
    matched, leaf = _walk(condition.item, device)
    return not matched, leaf


def _holds(leaf: Leaf, device: Device) -> bool:
    values = values_of(leaf.field, device)
    if leaf.operator in NEGATIVE:
        return not _TESTS[OPPOSITE[leaf.operator]](values, leaf)
    return _TESTS[leaf.operator](values, leaf)


def _equals(values: tuple[Any, ...], leaf: Leaf) -> bool:
    return any(_same(value, leaf.value) for value in values)


def _in(values: tuple[Any, ...], leaf: Leaf) -> bool:
    return any(_same(value, wanted) for value in values for wanted in leaf.value)


def _contains(values: tuple[Any, ...], leaf: Leaf) -> bool:
    if leaf.type in {"tags", "multi-select"}:
        return _equals(values, leaf)
    texts = (value.name if isinstance(value, Place) else value for value in values)
    return any(folded(leaf.value) in folded(text) for text in texts if isinstance(text, str))


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, Place):
        return bool((value.id if like_uuid(wanted) else value.name) == wanted)
    # bool is an int in Python: a stored true must not equal 1
    return bool(value == wanted) and isinstance(value, bool) is isinstance(wanted, bool)


_TESTS: Mapping[str, Callable[[tuple[Any, ...], Leaf], bool]] = {"equals": _equals, "in": _in, "contains": _contains}


def folded(text: str) -> str:
    """The text without regard to case, so that no other letter ever becomes an ASCII one.

    PostgreSQL does not take the Kelvin sign for a k; if we did, its answer would not be a superset of ours.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_folded_letter, text))


def _folded_letter(char: str) -> str:
    low = char.lower()
    return char if not char.isascii() and any(part.isascii() for part in low) else low
