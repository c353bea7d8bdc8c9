"""The query asks for no less than the condition means, and carries values only as typed variables."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    Condition,
    Everything,
    Leaf,
    Not,
    leaves,
)
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import matches
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.condition_trees import KNOWN, SCHEMA, TYPES, UUID, conditions, devices
from tests.unit.plugins.module_utils.fake_nautobot import FakeNautobot

Arguments = dict[str, tuple[str, Any]]


def asked(condition: Condition, schema: Schema = SCHEMA) -> Arguments:
    """Argument to (declared type, value), read back from document and variables."""
    query = plan(check(condition, schema), schema)
    declared = dict(re.findall(r"\$(\w+): ([\[\]\w]+)", query.document))
    passed = re.findall(r"(\w+): \$(\w+)", query.document)
    assert sorted(declared) == sorted(query.variables)
    return {argument: (declared[name], query.variables[name]) for argument, name in passed}


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("role", "equals", "router", {"role": ("[String]", ["router"])}),
        ("role", "in", ("router", "route"), {"role": ("[String]", ["router", "route"])}),
        ("role", "not_equals", "router", {"role__n": ("[String]", ["router"])}),
        ("role", "not_in", ("router", "route"), {"role__n": ("[String]", ["router", "route"])}),
        ("name", "equals", "r1", {"name": ("[String]", ["r1"])}),
        ("name", "contains", "r1", {"name__ic": ("[String]", ["r1"])}),
        ("location", "equals", "Berlin", {"location": ("[String]", ["Berlin"])}),
        ("location", "equals", UUID, {"location": ("[String]", [UUID])}),
        ("status", "equals", "Active", {"status": ("[String]", ["Active"])}),
        ("tenant", "not_equals", "Acme", {"tenant__n": ("[String]", ["Acme"])}),
        ("platform", "equals", "Cisco IOS", {"platform": ("[String]", ["Cisco IOS"])}),
        ("device_type", "equals", "C9300", {"device_type": ("[String]", ["C9300"])}),
        ("manufacturer", "equals", "Cisco", {"manufacturer": ("[String]", ["Cisco"])}),
        ("tag", "equals", "core", {"tags": ("[String]", ["core"])}),
        ("tag", "contains", "core", {"tags": ("[String]", ["core"])}),
        ("tag", "in", ("core",), {"tags": ("[String]", ["core"])}),
        ("tag", "not_in", ("core", "edge"), {"tags__n": ("[String]", ["core", "edge"])}),
        ("has_primary_ip", "equals", False, {"has_primary_ip": ("Boolean", False)}),
        ("has_primary_ip", "not_equals", False, {"has_primary_ip": ("Boolean", True)}),
        ("cf_text", "equals", "ab", {"cf_text": ("String", "ab")}),
        ("cf_text", "in", ("ab", "é"), {"cf_text__ic": ("[String]", ["ab", "é"])}),
        ("cf_text", "in", ("ab",), {"cf_text": ("String", "ab")}),
        ("cf_text", "contains", "ab", {"cf_text__ic": ("[String]", ["ab"])}),
        ("cf_text", "not_equals", "ab", {"cf_text__n": ("[String]", ["ab"])}),
        ("cf_loose", "equals", "ab", {"cf_loose": ("String", "ab")}),
        ("cf_url", "equals", "https://x/", {"cf_url": ("String", "https://x/")}),
        ("cf_md", "equals", "**x**", {"cf_md": ("String", "**x**")}),
        ("cf_sel", "equals", "daily", {"cf_sel": ("[String]", ["daily"])}),
        ("cf_sel", "in", ("a", "b"), {"cf_sel": ("[String]", ["a", "b"])}),
        ("cf_sel", "contains", "ai", {"cf_sel__ic": ("[String]", ["ai"])}),
        ("cf_multi", "equals", "a", {"cf_multi": ("[String]", ["a"])}),
        ("cf_multi", "contains", "a", {"cf_multi": ("[String]", ["a"])}),
        ("cf_multi", "in", ("a", "b"), {"cf_multi": ("[String]", ["a", "b"])}),
        ("cf_number", "equals", 0, {"cf_number": ("Int", 0)}),
        ("cf_number", "not_equals", 5, {"cf_number__n": ("[Int]", [5])}),
        ("cf_day", "equals", "2026-01-01", {"cf_day": ("String", "2026-01-01")}),
        ("cf_day", "not_equals", "2026-01-01", {"cf_day__n": ("[String]", ["2026-01-01"])}),
        ("cf_flag", "equals", False, {"cf_flag": ("Boolean", False)}),
    ],
)
def test_what_is_asked(field: str, operator: str, value: Any, expected: Arguments) -> None:
    assert asked(Leaf(field, operator, value)) == expected


@pytest.mark.parametrize(
    ("field", "operator", "value", "why"),
    [
        ("role", "contains", "rout", "related objects have no such lookup"),
        ("location", "contains", "Ber", "related objects have no such lookup"),
        ("role", "equals", "null", "null means no value to the server"),
        ("role", "in", ("router", "null"), "null means no value to the server"),
        ("role", "equals", " router", "the server strips blanks"),
        ("role", "equals", UUID, "the server would look for an id"),
        ("tag", "in", ("core", "edge"), "tags are joined by AND"),
        ("name", "contains", "é", "the database's locale decides which letters are equal"),
        ("name", "not_equals", "r1", "not measured on devices without a name"),
        ("network_driver", "equals", "cisco_ios", "there is no such argument"),
        ("id", "equals", "not-a-uuid", "an id that is no UUID is an error"),
        ("cf_text", "equals", "null", "null means no value to the server"),
        ("cf_text", "equals", "a ", "the server strips blanks"),
        ("cf_text", "equals", "a\x00b", "control characters are refused"),
        ("cf_text", "equals", "a\ud800", "half a character cannot be sent"),
        ("cf_text", "contains", "É", "the database's locale decides which letters are equal"),
        ("cf_text", "not_contains", "a", "the server's idea of case may exclude more"),
        ("cf_md", "contains", "a", "there is no such lookup"),
        ("cf_flag", "not_equals", True, "there is no such lookup"),
        ("cf_day", "in", ("2026-01-01", "2026-01-02"), "the argument takes one value"),
        ("cf_number", "in", (1, 2), "the argument takes one value"),
        ("cf_number", "equals", 2**31, "GraphQL's Int has 32 bits"),
        ("cf_Upper", "equals", "a", "keys with capitals have no argument"),
        ("cf_off", "equals", "a", "the filter is disabled"),
    ],
)
def test_what_is_left_to_us(field: str, operator: str, value: Any, why: str) -> None:
    leaf = Leaf(field, operator, value)
    query = plan(check(leaf, SCHEMA), SCHEMA)
    assert query.document.startswith("query { devices { id name "), why
    assert query.variables == {}
    assert (query.pushed, query.local) == ((), (leaf,))


def test_conjunctions_share_one_devices() -> None:
    tree = All(
        (
            Leaf("role", "equals", "router", "1"),
            All((Leaf("cf_sel", "in", ("a", "b"), "2"), Leaf("network_driver", "equals", "x", "3"))),
        )
    )
    query = plan(check(tree, SCHEMA), SCHEMA)
    assert query.document.startswith("query ($v0: [String], $v1: [String]) { devices(role: $v0, cf_sel: $v1) { id ")
    assert query.variables == {"v0": ["router"], "v1": ["a", "b"]}
    assert [leaf.where for leaf in query.pushed] == ["1", "2"]
    assert [leaf.where for leaf in query.local] == ["3"]


def test_every_device_is_asked_for_without_an_argument() -> None:
    assert asked(Everything()) == {}
    assert asked(Not(Everything())) == {}


def test_alternatives_of_one_field_are_one_list() -> None:
    either = Any_((Leaf("role", "equals", "router"), Leaf("role", "in", ("route", "router"))))
    assert asked(either) == {"role": ("[String]", ["router", "route"])}


@pytest.mark.parametrize(
    "either",
    [
        Any_((Leaf("role", "equals", "router"), Leaf("status", "equals", "Active"))),
        Any_((Leaf("tag", "equals", "core"), Leaf("tag", "equals", "edge"))),
        Any_((Leaf("role", "not_equals", "router"), Leaf("role", "not_equals", "route"))),
        Any_((Leaf("cf_number", "equals", 1), Leaf("cf_number", "equals", 2))),
        Any_((Leaf("role", "equals", "router"), Leaf("role", "equals", "null"))),
        Any_((Leaf("role", "equals", "router"), Everything())),
    ],
)
def test_other_alternatives_are_left_to_us(either: Condition) -> None:
    assert asked(either) == {}


def test_negation_goes_into_the_operator() -> None:
    neither = Not(Any_((Leaf("role", "equals", "router"), Leaf("cf_sel", "in", ("a", "b")))))
    assert asked(neither) == {"role__n": ("[String]", ["router"]), "cf_sel__n": ("[String]", ["a", "b"])}
    assert asked(Not(Not(Leaf("role", "equals", "router")))) == {"role": ("[String]", ["router"])}


def test_two_leaves_on_one_argument() -> None:
    tags = All((Leaf("tag", "equals", "core"), Leaf("tag", "equals", "edge")))
    assert asked(tags) == {"tags": ("[String]", ["core", "edge"])}
    nots = All((Leaf("role", "not_equals", "router"), Leaf("role", "not_equals", "route")))
    assert asked(nots) == {"role__n": ("[String]", ["router", "route"])}
    contrary = All((Leaf("role", "equals", "router", "1"), Leaf("role", "equals", "route", "2")))
    assert asked(contrary) == {"role": ("[String]", ["router"])}
    query = plan(check(contrary, SCHEMA), SCHEMA)
    assert [leaf.where for leaf in query.local] == ["2"]


def test_only_arguments_that_the_running_server_has() -> None:
    new = {"fresh": CustomField("fresh", "select"), "old": CustomField("old", "select")}
    tree = All(tuple(Leaf(field, "equals", "a") for field in ("role", "cf_fresh", "cf_old")))
    arguments = {"role": "[String]", "cf_old": "String"}
    assert set(asked(tree, Schema(new))) == {"role", "cf_fresh", "cf_old"}
    assert set(asked(tree, Schema(new, arguments))) == {"role"}, "an argument of another type is not trusted"


@pytest.mark.parametrize(
    "key", ["x) { id } evil: devices(name: $v0", "x-y", "1x", "x y", "größe", "", "x__n", "{{ 1 }}", "X", "x\n"]
)
def test_a_key_that_is_no_safe_name_never_enters_the_document(key: str) -> None:
    fields = {"x": CustomField("x", "select"), key: CustomField(key, "select")}
    query = plan(check(Leaf(f"cf_{key}", "equals", "a"), Schema(fields)), Schema(fields))
    assert query.variables == {}


def test_a_lookup_that_is_another_fields_name_is_not_asked() -> None:
    fields = {"x": CustomField("x", "select"), "x__n": CustomField("x__n", "select")}
    assert asked(Leaf("cf_x", "not_equals", "a"), Schema(fields)) == {}


@pytest.mark.parametrize("value", ['"}) { id } #', "$v1", "a\nb", "{{ lookup('pipe','id') }}"])
def test_values_never_enter_the_document(value: str) -> None:
    plain = plan(check(Leaf("cf_text", "contains", "plain"), SCHEMA), SCHEMA)
    query = plan(check(Leaf("cf_text", "contains", value), SCHEMA), SCHEMA)
    assert value not in query.document
    if query.variables:
        assert query.document == plain.document
        assert query.variables == {"v0": [value]}


def nothing_empty(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(nothing_empty, value))
    return value is not None and str(value).strip() != ""


@given(devices(), conditions(), st.sampled_from(("3.2", "2.4")), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_servers_answer_is_a_superset(
    found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool
) -> None:
    query = plan(condition, SCHEMA)
    assert all(map(nothing_empty, query.variables.values()))
    assert {leaf.where for leaf in (*query.pushed, *query.local)} == {leaf.where for leaf in leaves(condition)}
    server = FakeNautobot(found, TYPES, KNOWN, frozenset({"loose"}), version, unicode_case)
    ours = {device.id for device in found if matches(condition, device)}
    assert ours <= server.answer(query)


@pytest.mark.deep
@given(devices(), conditions(), st.sampled_from(("3.2", "2.4")), st.booleans())
@settings(max_examples=3_000, deadline=None)
def test_the_servers_answer_is_a_superset_in_depth(
    found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool
) -> None:
    server = FakeNautobot(found, TYPES, KNOWN, frozenset({"loose"}), version, unicode_case)
    ours = {device.id for device in found if matches(condition, device)}
    assert ours <= server.answer(plan(condition, SCHEMA))
