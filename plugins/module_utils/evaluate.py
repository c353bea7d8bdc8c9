# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a device belongs to a condition, and which leaf settled it. The one place where that is decided.

``predicate`` builds the test once for many devices. ``not`` is plain negation; what an absent value means is said by
``field_table.NEGATIVE`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .compare import test_of
from .condition import All, Any_, Condition, Everything, Leaf
from .device import Device
from .field_table import NEGATIVE, OPPOSITE
from .present import reader

Predicate = Callable[[Device], bool]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the device is in, and the leaf that settled it (None for ``all: true``).

    Where all items of a group had to be looked at, the last one settled it.
    """

    matched: bool
    leaf: Leaf | None


def matches(condition: Condition, device: Device) -> bool:
    """Whether a device belongs to a checked condition. For many devices, take ``predicate``."""
    return predicate(condition)(device)


def decide(condition: Condition, device: Device) -> Decision:
    """The same, with the leaf that settled it."""
    matched, leaf = _walk(condition, device)
    return Decision(matched, leaf)


def predicate(condition: Condition) -> Predicate:
    """The test of a checked condition, for any number of devices."""
    if isinstance(condition, Leaf):
        return _leaf(condition)
    if isinstance(condition, All):
        return _every([predicate(item) for item in condition.items])
    if isinstance(condition, Any_):
        return _some([predicate(item) for item in condition.items])
    if isinstance(condition, Everything):
        return lambda __: True
    inner = predicate(condition.item)
    return lambda device: not inner(device)


def _leaf(leaf: Leaf) -> Predicate:
    read = reader(leaf.field)
    negative = leaf.operator in NEGATIVE
    test = test_of(leaf, OPPOSITE[leaf.operator] if negative else leaf.operator)
    if negative:
        return lambda device: not test(read(device))
    return lambda device: test(read(device))


# Loops, because a generator for all() costs more than the tests of most leaves.
def _every(tests: list[Predicate]) -> Predicate:
    def holds(device: Device) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(device):
                return False
        return True

    return holds


def _some(tests: list[Predicate]) -> Predicate:
    def holds(device: Device) -> bool:
        for test in tests:  # noqa: SIM110
            if test(device):
                return True
        return False

    return holds


def _walk(condition: Condition, device: Device) -> tuple[bool, Leaf | None]:
    if isinstance(condition, Leaf):
        return _leaf(condition)(device), condition
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
