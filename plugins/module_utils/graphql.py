# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a condition to one GraphQL query that asks for no less than the condition means.

Values travel only as typed variables. A leaf is pushed down to the server only where the server's answer, on Nautobot
2.4 and 3.x alike, is a superset of ours; ``evaluate`` then decides every row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .condition import All, Any_, Condition, Leaf, leaves
from .fields import Schema
from .pushdown import Filter, filter_of, joined, merged, positive

ROW = (
    "id name serial asset_tag primary_ip4 { address } primary_ip6 { address } platform { name network_driver } "
    "role { name } status { name } tenant { name } device_type { model manufacturer { name } } rack { name } "
    "location { id } tags { name } _custom_field_data"
)
"""What is read of each device. Places come from a query of their own; custom fields from ``_custom_field_data``,
because selecting ``cf_<key>`` of a datetime fails on 3.2."""

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Query:
    """A GraphQL request, and the leaves that it narrows by (``pushed``) or leaves to us (``local``)."""

    document: str
    variables: Mapping[str, Any]
    pushed: tuple[Leaf, ...] = ()
    local: tuple[Leaf, ...] = ()


def plan(condition: Condition, schema: Schema) -> Query:
    """The query for a checked condition: one ``devices()`` whose answer holds every device that the condition means."""
    filters: dict[str, Filter] = {}
    for found in _conjuncts(positive(condition), schema):
        kept = filters.get(found.argument)
        filters[found.argument] = joined(kept, found) if kept else found
    pushed = [leaf for item in filters.values() for leaf in item.leaves]
    wheres = {(leaf.where, leaf.field) for leaf in pushed}
    every = tuple(leaves(condition))
    return Query(
        _document(filters.values()),
        {f"v{index}": item.variable for index, item in enumerate(filters.values())},
        tuple(leaf for leaf in every if (leaf.where, leaf.field) in wheres),
        tuple(leaf for leaf in every if (leaf.where, leaf.field) not in wheres),
    )


def _conjuncts(condition: Condition, schema: Schema) -> Iterable[Filter]:
    """The filters that all hold for every device of the condition."""
    if isinstance(condition, All):
        for item in condition.items:
            yield from _conjuncts(item, schema)
    else:
        found = _single(condition, schema)
        if found:
            yield found


def _single(condition: Condition, schema: Schema) -> Filter | None:
    if isinstance(condition, Leaf):
        return filter_of(condition, schema)
    if isinstance(condition, Any_):
        return merged([_single(item, schema) for item in condition.items])
    return None


def _document(filters: Iterable[Filter]) -> str:
    declared, passed = [], []
    for index, item in enumerate(filters):
        if not _NAME.fullmatch(item.argument):
            raise ValueError(f"not a GraphQL name: {item.argument!r}")
        declared.append(f"$v{index}: {item.type}")
        passed.append(f"{item.argument}: $v{index}")
    if not declared:
        return f"query {{ devices {{ {ROW} }} }}"
    return f"query ({', '.join(declared)}) {{ devices({', '.join(passed)}) {{ {ROW} }} }}"
