"""One meaning of every operator, on present and on absent values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.compare import folded
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    Condition,
    Everything,
    Leaf,
    Not,
    parse,
)
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import Decision, decide, matches
from ansible_collections.netcellar.backup.plugins.module_utils.field_table import OPPOSITE
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.present import values_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.condition_trees import NOW, checked_leaves, conditions, devices
from tests.unit.plugins.module_utils.condition_trees import SCHEMA as TREES

CITY = "f6736b96-f322-4f12-8fae-0106feb1face"
SCHEMA = Schema(
    {
        "text": CustomField("text", "text"),
        "sel": CustomField("sel", "select"),
        "multi": CustomField("multi", "multi-select"),
        "number": CustomField("number", "integer"),
        "day": CustomField("day", "date"),
        "flag": CustomField("flag", "boolean"),
    }
)
FULL = Device(
    id="1",
    name="Core-Router-1",
    serial="SN1",
    location=(Place("Europe", "Region"), Place("Berlin", "City", CITY), Place("Room 0", "Room")),
    role="router",
    status="Active",
    tenant="Acme",
    tags=("core", "edge"),
    platform="Cisco IOS",
    network_driver="cisco_ios",
    device_type="C9300",
    manufacturer="Cisco",
    primary_ip="10.0.0.1/24",
    custom_fields={
        "text": "Hello",
        "sel": "daily",
        "multi": ["a", "bc"],
        "number": 1,
        "day": "2026-01-02",
        "flag": True,
    },
)
NULLS = Device(id="2", name=None, custom_fields={"text": None, "sel": "", "multi": [], "number": None, "flag": None})
BARE = Device(id="3", name=None)


def holds(field: str, operator: str, value: Any, device: Device) -> bool:
    return matches(check(Leaf(field, operator, value, "match"), SCHEMA), device)


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("name", "equals", "Core-Router-1", True),
        ("name", "equals", "core-router-1", False),
        ("name", "contains", "ROUTER", True),
        ("name", "contains", "switch", False),
        ("name", "in", ("x", "Core-Router-1"), True),
        ("name", "in", ("x", "y"), False),
        ("id", "equals", "1", True),
        ("serial", "contains", "sn", True),
        ("role", "equals", "router", True),
        ("role", "equals", "Router", False),
        ("role", "contains", "OUT", True),
        ("status", "in", ("Active", "Staged"), True),
        ("tenant", "equals", "Acme", True),
        ("platform", "equals", "cisco_ios", False),
        ("network_driver", "equals", "cisco_ios", True),
        ("device_type", "equals", "C9300", True),
        ("manufacturer", "contains", "isc", True),
        ("location", "equals", "Berlin", True),
        ("location", "equals", "Europe", True),
        ("location", "equals", CITY, True),
        ("location", "equals", CITY.upper(), True),
        ("location", "equals", "berlin", False),
        ("location", "contains", "room", True),
        ("location", "contains", "f6736b96", False),
        ("location", "in", ("Bonn", "Berlin"), True),
        ("tag", "equals", "core", True),
        ("tag", "equals", "cor", False),
        ("tag", "contains", "core", True),
        ("tag", "contains", "cor", False),
        ("tag", "in", ("edge", "x"), True),
        ("has_primary_ip", "equals", True, True),
        ("has_primary_ip", "not_equals", True, False),
        ("cf_text", "equals", "Hello", True),
        ("cf_text", "equals", "hello", False),
        ("cf_text", "contains", "ELL", True),
        ("cf_sel", "equals", "daily", True),
        ("cf_sel", "contains", "AIL", True),
        ("cf_multi", "equals", "a", True),
        ("cf_multi", "contains", "bc", True),
        ("cf_multi", "contains", "b", False),
        ("cf_multi", "in", ("x", "bc"), True),
        ("cf_number", "equals", 1, True),
        ("cf_number", "in", (1, 2), True),
        ("cf_number", "equals", 2, False),
        ("cf_day", "equals", "2026-01-02", True),
        ("cf_flag", "equals", True, True),
        ("cf_flag", "equals", False, False),
    ],
)
def test_a_device_with_values(field: str, operator: str, value: Any, expected: bool) -> None:
    assert holds(field, operator, value, FULL) is expected
    if field not in {"has_primary_ip", "cf_flag"}:
        assert holds(field, OPPOSITE[operator], value, FULL) is not expected


@pytest.mark.parametrize("device", [NULLS, BARE], ids=["null", "missing"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a"),
        ("location", "a"),
        ("tag", "a"),
        ("tenant", "a"),
        ("platform", "a"),
        ("cf_text", "a"),
        ("cf_sel", "a"),
        ("cf_multi", "a"),
        ("cf_number", 0),
        ("cf_day", "2026-01-01"),
        ("cf_flag", False),
    ],
)
def test_a_device_without_a_value(field: str, value: Any, device: Device) -> None:
    assert not holds(field, "equals", value, device)
    assert holds(field, "not_equals", value, device)
    if field != "cf_flag":
        assert not holds(field, "in", (value,), device)
        assert holds(field, "not_in", (value,), device)
    if isinstance(value, str) and field != "cf_day":
        assert not holds(field, "contains", value, device)
        assert holds(field, "not_contains", value, device)


@pytest.mark.parametrize("field", ["name", "tag", "location", "cf_text", "cf_sel", "cf_multi", "cf_number", "cf_day"])
@pytest.mark.parametrize("device", [NULLS, BARE], ids=["null", "missing"])
def test_null_empty_and_missing_are_all_no_value(field: str, device: Device) -> None:
    assert values_of(field, device) == ()


def test_no_primary_address_is_a_value() -> None:
    assert holds("has_primary_ip", "equals", False, BARE)
    assert holds("has_primary_ip", "not_equals", True, BARE)


def test_a_stored_true_is_not_the_number_one() -> None:
    assert not holds("cf_number", "equals", 1, Device("1", "a", custom_fields={"number": True}))
    assert not holds("cf_flag", "equals", True, Device("1", "a", custom_fields={"flag": 1}))


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [("É", "é", True), ("\u212a", "k", False), ("Straße", "SS", False), ("İ", "i", False), ("\u017f", "s", False)],
)
def test_no_letter_becomes_an_ascii_letter(text: str, part: str, expected: bool) -> None:
    assert (folded(part) in folded(text)) is expected


YES = Leaf("cf_text", "equals", "Hello", "yes", "text")
NO = Leaf("cf_text", "equals", "Other", "no", "text")


@pytest.mark.parametrize(
    ("condition", "matched", "where"),
    [
        (YES, True, "yes"),
        (NO, False, "no"),
        (All((YES, NO, YES)), False, "no"),
        (All((YES,)), True, "yes"),
        (Any_((NO, YES, NO)), True, "yes"),
        (Any_((NO,)), False, "no"),
        (Not(NO), True, "no"),
        (Not(All((YES, Any_((NO, NO))))), True, "no"),
    ],
)
def test_the_leaf_that_settled_it(condition: Condition, matched: bool, where: str) -> None:
    decision = decide(condition, FULL)
    assert decision.matched is matched
    assert decision.leaf is not None
    assert decision.leaf.where == where


def test_every_device_needs_no_leaf() -> None:
    assert decide(Everything(), BARE) == Decision(True, None)
    assert not matches(Not(Everything()), BARE)


Trees = tuple[Condition, ...]


@given(devices(), st.lists(conditions(), min_size=1, max_size=3).map(tuple))
@settings(max_examples=100, deadline=None)
def test_de_morgan(found: tuple[Device, ...], items: Trees) -> None:
    for device in found:
        each = [matches(item, device) for item in items]
        assert matches(All(items), device) is all(each)
        assert matches(Any_(items), device) is any(each)
        nots = tuple(Not(item) for item in items)
        assert matches(Not(All(items)), device) is matches(Any_(nots), device)
        assert matches(Not(Any_(items)), device) is matches(All(nots), device)
        assert matches(Not(nots[0]), device) is each[0]


@given(devices(), checked_leaves())
@settings(max_examples=100, deadline=None)
def test_not_is_the_opposite_operator(found: tuple[Device, ...], leaf: Leaf) -> None:
    assume(leaf.operator in OPPOSITE)
    opposite = Leaf(leaf.field, OPPOSITE[leaf.operator], leaf.value, leaf.where, leaf.type)
    for device in found:
        assert matches(Not(leaf), device) is matches(opposite, device)


@given(devices(), st.lists(checked_leaves(), min_size=1, max_size=4), st.sampled_from(("AND", "OR")))
@settings(max_examples=100, deadline=None)
def test_a_flat_list_is_a_group(found: tuple[Device, ...], items: list[Leaf], logic: str) -> None:
    rows = [
        {
            "field": leaf.field,
            "operator": leaf.operator,
            "value": list(leaf.given) if isinstance(leaf.given, tuple) else leaf.given,
        }
        for leaf in items
    ]
    flat = check(parse({"conditions": [row | {"logic": logic} for row in rows]}), TREES, NOW)
    tree = check(parse({"match": {"all" if logic == "AND" else "any": rows}}), TREES, NOW)
    for device in found:
        assert matches(flat, device) is matches(tree, device)
