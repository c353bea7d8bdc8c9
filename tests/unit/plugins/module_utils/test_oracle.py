"""Planner, a server that behaves as measured, and evaluator select together what an oracle selects.

On random trees and random devices. The oracle (``tests/oracle.py``) was written from the reference and imports nothing
of ours.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    Condition,
    Everything,
    Leaf,
    Not,
)
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import predicate
from ansible_collections.netcellar.backup.plugins.module_utils.field_table import ALLOWED, FIELDS
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import means
from tests.unit.plugins.module_utils.condition_trees import (
    KNOWN,
    NOW,
    SCHEMA,
    TYPES,
    VALUES,
    checked_leaves,
    conditions,
    devices,
)
from tests.unit.plugins.module_utils.fake_nautobot import FakeNautobot

KINDS = {field: SCHEMA.type_of(Leaf(field, "equals", None)) for field in VALUES}


def row_of(device: Device) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(device, field.attribute) for name, field in FIELDS.items() if "." not in name}
    row |= {
        "has_primary_ip": device.primary_ip is not None,
        "location": [(place.name, place.type, place.id) for place in device.location],
    }
    return row | {f"cf_{key}": value for key, value in device.custom_fields.items()}


def written(condition: Condition) -> dict[str, Any]:
    """The condition as a document."""
    if isinstance(condition, Leaf):
        return {"field": condition.field, "operator": condition.operator, "value": plain(condition.given)}
    if isinstance(condition, Everything):
        return {"all": True}
    if isinstance(condition, All | Any_):
        return {"all" if isinstance(condition, All) else "any": [written(item) for item in condition.items]}
    return {"not": written(condition.item)}


def plain(value: Any) -> Any:
    if isinstance(value, Place):
        return {"name": value.name, "type": value.type}
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def agree(found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool) -> None:
    server = FakeNautobot(found, TYPES, KNOWN, frozenset({"loose"}), version, unicode_case)
    answer = set().union(*(server.answer(query) for query in plan(condition, SCHEMA).queries))
    holds = predicate(condition)
    ours = {device.id for device in found if device.id in answer and holds(device)}
    assert ours == {device.id for device in found if means(written(condition), row_of(device), KINDS, NOW)}


VERSIONS = st.sampled_from(("3.2", "2.4"))


@given(devices(), conditions(), VERSIONS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_trees(found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool) -> None:
    agree(found, condition, version, unicode_case)


@given(devices(), checked_leaves(), VERSIONS, st.booleans())
@settings(max_examples=250, deadline=None)
def test_leaves(found: tuple[Device, ...], leaf: Leaf, version: str, unicode_case: bool) -> None:
    agree(found, leaf, version, unicode_case)
    agree(found, Not(leaf), version, unicode_case)


@pytest.mark.deep
@given(devices(), conditions(), VERSIONS, st.booleans())
@settings(max_examples=10_000, deadline=None)
def test_many_trees(found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool) -> None:
    agree(found, condition, version, unicode_case)


def test_the_random_leaves_reach_every_operator_of_every_type() -> None:
    seen: Counter[tuple[str, str]] = Counter()

    @given(checked_leaves())
    @settings(max_examples=3_000, deadline=None, database=None, derandomize=True)
    def collect(leaf: Leaf) -> None:
        seen[str(leaf.type), leaf.operator] += 1

    collect()
    missing = {(kind, operator) for kind in KINDS.values() for operator in ALLOWED[kind]} - set(seen)
    assert not missing
