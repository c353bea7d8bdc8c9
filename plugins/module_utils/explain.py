# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a device is in or out: every part of the condition with what it wanted and what the device had."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .condition import All, Condition, Everything, Leaf, Not, leaves
from .device import Device, Place
from .evaluate import decide, matches, predicate
from .field_table import BARE
from .graphql import Plan
from .present import values_of

_LIKE_ANOTHER = re.compile(r"|-?\d+(\.\d+)?|true|false|null", re.ASCII | re.IGNORECASE)

Way = Literal["pushed", "local", ""]
"""Whether the server was asked for a leaf, or only we looked; empty where there was no server."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One leaf on one device. ``wanted`` is the value as it was written, ``had`` what the device has, as plain data.

    ``says`` and ``shows`` are the leaf and what the device has as people read them. ``moment`` is the point in time
    that a relative date came to.
    """

    where: str
    field: str
    operator: str
    wanted: Any
    had: tuple[Any, ...]
    holds: bool
    says: str
    shows: str
    way: Way = ""
    moment: str = ""

    @property
    def sentence(self) -> str:
        """``match.all[1]: role equals router, but it is switch``."""
        since = f" (that is {self.moment})" if self.moment else ""
        return f"{self.where}: {self.says}{since}, {'and' if self.holds else 'but'} it is {self.shows}"


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the condition: ``kind`` is leaf, all, any, not or everything; a leaf has its ``finding``."""

    kind: str
    holds: bool
    finding: Finding | None = None
    items: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a device is in, the leaf that decided (None for every device), and the whole tree."""

    device_id: str
    device_name: str | None
    matched: bool
    decided: Finding | None
    tree: Part

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON and YAML."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """``r1 is out: match.all[0]: role equals router, but it is switch``."""
        why = self.decided.sentence if self.decided else "every device is meant"
        return f"{self.device_name or self.device_id} is {'in' if self.matched else 'out'}: {why}"


@dataclass(frozen=True, slots=True)
class LeafReport:
    """One leaf over many devices: how many of the rows that were looked at fulfil it by itself. ``says``: the leaf."""

    where: str
    field: str
    operator: str
    wanted: Any
    says: str
    way: Way
    matched: int
    of: int


def explain(condition: Condition, device: Device, plan: Plan | None = None) -> Explanation:
    """Why a device belongs to a checked condition, or not."""
    decision = decide(condition, device)
    ways = _ways(plan)
    decided = _finding(decision.leaf, device, ways) if decision.leaf else None
    return Explanation(device.id, device.name, decision.matched, decided, _part(condition, device, ways))


def explain_leaves(condition: Condition, devices: Iterable[Device], plan: Plan | None = None) -> list[LeafReport]:
    """What each leaf of a checked condition matches by itself, in the order of the document."""
    rows = tuple(devices)
    ways = _ways(plan)
    return [
        LeafReport(
            leaf.where,
            leaf.field,
            leaf.operator,
            _wanted(leaf),
            _said(leaf),
            ways.get((leaf.where, leaf.field), ""),
            sum(map(predicate(leaf), rows)),
            len(rows),
        )
        for leaf in leaves(condition)
    ]


def _ways(plan: Plan | None) -> Mapping[tuple[str, str], Way]:
    if plan is None:
        return {}
    ways: dict[tuple[str, str], Way] = {(leaf.where, leaf.field): "local" for leaf in plan.local}
    return ways | {(leaf.where, leaf.field): "pushed" for leaf in plan.pushed}


def _part(condition: Condition, device: Device, ways: Mapping[tuple[str, str], Way]) -> Part:
    if isinstance(condition, Leaf):
        finding = _finding(condition, device, ways)
        return Part("leaf", finding.holds, finding)
    if isinstance(condition, Everything):
        return Part("everything", True)
    if isinstance(condition, Not):
        item = _part(condition.item, device, ways)
        return Part("not", not item.holds, items=(item,))
    items = tuple(_part(item, device, ways) for item in condition.items)
    every = isinstance(condition, All)
    return Part("all" if every else "any", (all if every else any)(item.holds for item in items), items=items)


def _finding(leaf: Leaf, device: Device, ways: Mapping[tuple[str, str], Way]) -> Finding:
    had = tuple(plain(value) for value in values_of(leaf.field, device))
    return Finding(
        where=leaf.where,
        field=leaf.field,
        operator=leaf.operator,
        wanted=_wanted(leaf),
        had=had,
        holds=matches(leaf, device),
        says=_said(leaf),
        shows=shown(had),
        way=ways.get((leaf.where, leaf.field), ""),
        moment=str(leaf.value) if leaf.operator in {"older_than", "newer_than"} else "",
    )


def _wanted(leaf: Leaf) -> Any:
    value = leaf.given if leaf.operator in {"older_than", "newer_than"} and leaf.given else leaf.value
    return [plain(item) for item in value] if isinstance(value, tuple) else plain(value)


def plain(value: Any) -> Any:
    """A value of a condition or a device as people read it, and as JSON takes it."""
    if isinstance(value, Place):
        return f"{value.name} ({value.type})" if value.type else value.name
    return value


def shown(had: tuple[Any, ...]) -> str:
    """All that a device has in a field, for people."""
    return ", ".join(map(_shown, had)) or "empty"


def _said(leaf: Leaf) -> str:
    wanted = "" if leaf.operator in BARE else f" {_shown(_wanted(leaf))}"
    return f"{leaf.field} {leaf.operator}{wanted}"


def _shown(value: Any) -> str:
    """A value as YAML and JSON have it: a text in quotes only where it would else be read as something else."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, str) and value.strip() == value and "," not in value and not _LIKE_ANOTHER.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
