# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A condition as few conjunctions of filters, at least one of which finds each device that is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from .condition import All, Any_, Condition, Leaf
from .fields import Schema
from .pushdown import Filter, alternatives, covers, filter_of, fusible, joined, united

MAX_BRANCHES = 8
"""How many queries a condition may become: each costs the server about 0.1 s before it looks at a device."""

Branch: TypeAlias = Mapping[str, Filter]
"""Filters by argument that all hold. Without a filter, every device."""

_EVERY: tuple[Branch, ...] = ({},)


def branches(condition: Condition, schema: Schema) -> tuple[Branch, ...]:
    """The branches of a condition whose ``not`` stands only before leaves. At least one, at most ``MAX_BRANCHES``."""
    if isinstance(condition, Leaf):
        return _of_leaf(condition, schema)
    if isinstance(condition, All):
        return _of_all([branches(item, schema) for item in condition.items])
    if isinstance(condition, Any_):
        return _of_any(branch for item in condition.items for branch in branches(item, schema))
    return _EVERY


def _of_leaf(leaf: Leaf, schema: Schema) -> tuple[Branch, ...]:
    found = filter_of(leaf, schema)
    if found:
        return ({found.argument: found},)
    each = [filter_of(one, schema) for one in alternatives(leaf)]
    return _of_any({item.argument: item} if item else {} for item in each) if each else _EVERY


def _of_any(found: Iterable[Branch]) -> tuple[Branch, ...]:
    kept: list[Branch] = []
    for branch in found:
        _add(kept, branch)
    return tuple(kept) if len(kept) <= MAX_BRANCHES else _EVERY


def _of_all(items: list[tuple[Branch, ...]]) -> tuple[Branch, ...]:
    """Each item multiplies the branches; one that would make too many is left to the evaluator."""
    found: tuple[Branch, ...] = _EVERY
    for item in sorted(items, key=len):
        if len(found) * len(item) <= MAX_BRANCHES:
            found = _of_any(_both(one, other) for one in found for other in item)
    return found


def _both(one: Branch, other: Branch) -> Branch:
    both = dict(one)
    for argument, item in other.items():
        both[argument] = joined(both[argument], item) if argument in both else item
    return both


def _add(kept: list[Branch], branch: Branch) -> None:
    """Put a branch beside the others, without those that another one covers, and made one with its like."""
    for index, other in enumerate(kept):
        if _wider(other, branch):
            return
        fused = _fused(other, branch)
        if fused is not None:
            del kept[index]
            _add(kept, fused)
            return
    kept[:] = [other for other in kept if not _wider(branch, other)]
    kept.append(branch)


def _wider(wide: Branch, narrow: Branch) -> bool:
    return all(argument in narrow and covers(item, narrow[argument]) for argument, item in wide.items())


def _fused(one: Branch, other: Branch) -> Branch | None:
    """Two branches that differ in one list of alternatives, as one."""
    if one.keys() != other.keys():
        return None
    differ = [name for name in one if one[name].values != other[name].values]
    if len(differ) != 1:
        return None
    name = differ[0]
    if not fusible(one[name], other[name]):
        return None
    return {argument: united(item, other[argument]) for argument, item in one.items()}
