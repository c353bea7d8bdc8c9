# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a condition to GraphQL queries that together ask for no less than the condition means.

Values travel only as typed variables. A leaf is pushed down to the server only where the server's answer, on Nautobot
2.4 and 3.x alike, is a superset of ours; ``evaluate`` then decides every row of the united answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .branches import Branch, branches
from .condition import Condition, ConditionError, Leaf, leaves
from .fields import Schema
from .pushdown import Filter, positive, sendable_text

ROW = (
    "id name serial asset_tag primary_ip4 { address } primary_ip6 { address } platform { name network_driver } "
    "role { name } status { name } tenant { name } device_type { model manufacturer { name } } rack { name } "
    "location { id } tags { name } _custom_field_data"
)
"""What is read of each device. Places come from a query of their own; custom fields from ``_custom_field_data``,
because selecting ``cf_<key>`` of a datetime fails on 3.2."""

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_GROUPS = "dynamic_groups"


@dataclass(frozen=True, slots=True)
class Query:
    """A GraphQL request for the ids of devices, whose rows are then read by id, and the leaves that it narrows by."""

    document: str
    variables: Mapping[str, Any]
    pushed: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The queries whose answers, united by device id, hold every device of a condition. Never empty.

    ``pushed`` are the leaves that narrow at least one query; ``local`` those that only we look at.
    """

    queries: tuple[Query, ...]
    pushed: tuple[Leaf, ...]
    local: tuple[Leaf, ...]


def plan(condition: Condition, schema: Schema, dynamic_group: str = "") -> Plan:
    """The plan for a checked condition, among the members of a Dynamic Group where one is named.

    Raises ConditionError where the server cannot be asked for that group.
    """
    members = _members(dynamic_group, schema) if dynamic_group else {}
    queries = tuple(_query({**members, **branch}) for branch in branches(positive(condition), schema))
    wheres = {(leaf.where, leaf.field) for query in queries for leaf in query.pushed}
    every = tuple(leaves(condition))
    return Plan(
        queries,
        tuple(leaf for leaf in every if (leaf.where, leaf.field) in wheres),
        tuple(leaf for leaf in every if (leaf.where, leaf.field) not in wheres),
    )


def _members(group: str, schema: Schema) -> Branch:
    if not sendable_text(group):
        raise ConditionError("dynamic_group", f"{group!r} cannot be asked for", remedy="rename the group in Nautobot")
    if schema.arguments is not None and schema.arguments.get(_GROUPS) != "[String]":
        raise ConditionError("dynamic_group", "this Nautobot cannot be asked for the members of Dynamic Groups")
    return {_GROUPS: Filter(_GROUPS, "[String]", "or", (group,), ())}


def _query(branch: Branch) -> Query:
    filters = tuple(branch.values())
    return Query(
        _document(filters),
        {f"v{index}": item.variable for index, item in enumerate(filters)},
        tuple(leaf for item in filters for leaf in item.leaves),
    )


def _document(filters: Iterable[Filter]) -> str:
    declared, passed = [], []
    for index, item in enumerate(filters):
        if not _NAME.fullmatch(item.argument):
            raise ValueError(f"not a GraphQL name: {item.argument!r}")
        declared.append(f"$v{index}: {item.type}")
        passed.append(f"{item.argument}: $v{index}")
    if not declared:
        return "query { devices { id } }"
    return f"query ({', '.join(declared)}) {{ devices({', '.join(passed)}) {{ id }} }}"
