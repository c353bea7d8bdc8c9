"""The query asks for no less than the condition means, and carries values only as typed variables."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.branches import MAX_BRANCHES
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    Condition,
    ConditionError,
    Everything,
    Leaf,
    Not,
    leaves,
)
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import matches
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import Plan, plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.condition_trees import (
    KNOWN,
    NOW,
    SCHEMA,
    TYPES,
    UUID,
    conditions,
    devices,
)
from tests.unit.plugins.module_utils.fake_nautobot import FakeNautobot

Arguments = dict[str, tuple[str, Any]]


def asked(condition: Condition, schema: Schema = SCHEMA) -> Arguments:
    """Argument to (declared type, value), read back from document and variables."""
    planned = plan(check(condition, schema, NOW), schema)
    assert len(planned.queries) == 1
    query = planned.queries[0]
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
        ("id", "in", (UUID,), {"id": ("[String]", [UUID])}),
        ("id", "not_equals", UUID, {"id__n": ("[String]", [UUID])}),
        ("serial", "starts_with", "SN", {"serial__isw": ("[String]", ["SN"])}),
        ("asset_tag", "is_set", None, {"asset_tag__isnull": ("Boolean", False)}),
        ("tenant", "is_empty", None, {"tenant__isnull": ("Boolean", True)}),
        ("tag", "is_set", None, {"tags__isnull": ("Boolean", False)}),
        ("location", "equals", {"name": "Berlin", "type": "City"}, {"location": ("[String]", ["Berlin"])}),
        ("location.parent", "in", ("Berlin", "Bonn"), {"location": ("[String]", ["Berlin", "Bonn"])}),
        ("primary_ip", "within", "10.0.0.0/8", {"has_primary_ip": ("Boolean", True)}),
        ("primary_ip", "is_empty", None, {"has_primary_ip": ("Boolean", False)}),
        ("cf_text", "ends_with", "b", {"cf_text__iew": ("[String]", ["b"])}),
        ("cf_text", "is_set", None, {"cf_text__re": ("[String]", [".+"])}),
        ("cf_sel", "is_empty", None, {"cf_sel__nre": ("[String]", [".+"])}),
        ("cf_number", "lte", 5, {"cf_number__lte": ("[Int]", [5])}),
        ("cf_day", "before", "2026-01-02", {"cf_day__lt": ("[String]", ["2026-01-02"])}),
        ("cf_day", "older_than", "36h", {"cf_day__lte": ("[String]", ["2026-01-01"])}),
        ("cf_day", "newer_than", "36h", {"cf_day__gte": ("[String]", ["2026-01-01"])}),
        ("cf_time", "older_than", "1d", {"cf_time__lte": ("[String]", ["2026-01-03T00:00:00Z"])}),
        ("cf_time", "after", "2026-01-02", {"cf_time__gte": ("[String]", ["2026-01-01T00:00:00Z"])}),
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
        ("cf_number", "equals", 2**31, "GraphQL's Int has 32 bits"),
        ("cf_time", "equals", "2026-01-01T05:00:00Z", "the server compares texts, of any time zone"),
        ("cf_facts.n", "equals", 1, "the server cannot look into JSON"),
        ("cf_text", "matches", "^a", "the database has another language of patterns"),
        ("cf_number", "is_set", None, "there is no such lookup"),
        ("rack", "equals", "R1", "not measured"),
        ("location", "not_equals", {"name": "Berlin", "type": "City"}, "excludes other types of place, too"),
        ("location.parent", "not_equals", "Berlin", "what lies deeper would be excluded, too"),
        ("name", "is_empty", None, "an empty name may be stored"),
        ("cf_Upper", "equals", "a", "keys with capitals have no argument"),
        ("cf_off", "equals", "a", "the filter is disabled"),
    ],
)
def test_what_is_left_to_us(field: str, operator: str, value: Any, why: str) -> None:
    leaf = Leaf(field, operator, value)
    planned = plan(check(leaf, SCHEMA, NOW), SCHEMA)
    assert [query.variables for query in planned.queries] == [{}], why
    assert planned.queries[0].document == "query { devices { id } }"
    assert [(leaf.field, leaf.operator) for leaf in planned.local] == [(field, operator)]
    assert planned.pushed == ()


def test_conjunctions_share_one_devices() -> None:
    tree = All(
        (
            Leaf("role", "equals", "router", "1"),
            All((Leaf("cf_sel", "in", ("a", "b"), "2"), Leaf("network_driver", "equals", "x", "3"))),
        )
    )
    planned = plan(check(tree, SCHEMA), SCHEMA)
    (query,) = planned.queries
    assert query.document == "query ($v0: [String], $v1: [String]) { devices(role: $v0, cf_sel: $v1) { id } }"
    assert query.variables == {"v0": ["router"], "v1": ["a", "b"]}
    assert [leaf.where for leaf in planned.pushed] == ["1", "2"]
    assert [leaf.where for leaf in planned.local] == ["3"]


def test_every_device_is_asked_for_without_an_argument() -> None:
    assert asked(Everything()) == {}
    assert asked(Not(Everything())) == {}


def test_alternatives_of_one_field_are_one_list() -> None:
    either = Any_((Leaf("role", "equals", "router"), Leaf("role", "in", ("route", "router"))))
    assert asked(either) == {"role": ("[String]", ["router", "route"])}


ROUTER, ROUTE = Leaf("role", "equals", "router", "r1"), Leaf("role", "equals", "route", "r2")
ACTIVE, DRIVER = Leaf("status", "equals", "Active", "s"), Leaf("network_driver", "equals", "x", "d")
CORE, EDGE = Leaf("tag", "equals", "core", "t1"), Leaf("tag", "equals", "edge", "t2")
NO_ROUTER, NO_ROUTE = Leaf("role", "not_equals", "router"), Leaf("role", "not_equals", "route")


def several(condition: Condition) -> list[dict[str, Any]]:
    """Argument to value, for each query."""
    found = []
    for query in plan(check(condition, SCHEMA, NOW), SCHEMA).queries:
        passed = re.findall(r"(\w+): \$(\w+)", query.document)
        found.append({argument: query.variables[name] for argument, name in passed})
    return found


@pytest.mark.parametrize(
    ("condition", "queries"),
    [
        (Any_((ROUTER, ACTIVE)), [{"role": ["router"]}, {"status": ["Active"]}]),
        (Any_((CORE, EDGE)), [{"tags": ["core"]}, {"tags": ["edge"]}]),
        (Leaf("tag", "in", ("core", "edge")), [{"tags": ["core"]}, {"tags": ["edge"]}]),
        (Leaf("cf_number", "in", (1, 2)), [{"cf_number": 1}, {"cf_number": 2}]),
        (Leaf("cf_day", "in", ("2026-01-01", "2026-01-01")), [{"cf_day": "2026-01-01"}]),
        (Any_((NO_ROUTER, NO_ROUTE)), [{"role__n": ["router"]}, {"role__n": ["route"]}]),
        (Not(All((ROUTER, ACTIVE))), [{"role__n": ["router"]}, {"status__n": ["Active"]}]),
        (
            All((Any_((ROUTER, CORE)), ACTIVE)),
            [{"status": ["Active"], "role": ["router"]}, {"status": ["Active"], "tags": ["core"]}],
        ),
        (Any_((All((ROUTER, ACTIVE)), All((ROUTE, ACTIVE)))), [{"role": ["router", "route"], "status": ["Active"]}]),
        (
            Any_((All((ROUTER, Leaf("tag", "not_equals", "core"))), All((ROUTE, Leaf("tag", "not_equals", "edge"))))),
            [{"role": ["router"], "tags__n": ["core"]}, {"role": ["route"], "tags__n": ["edge"]}],
        ),
        (Any_((ROUTER, All((ROUTER, ACTIVE)))), [{"role": ["router"]}]),
        (Any_((All((ROUTER, ACTIVE)), ROUTER)), [{"role": ["router"]}]),
        (Any_((ROUTER, DRIVER)), [{}]),
        (All((Any_((ROUTER, DRIVER)), ACTIVE)), [{"status": ["Active"]}]),
        (Any_((ROUTER, Everything())), [{}]),
        (Any_((ROUTER, Leaf("role", "equals", "null"))), [{}]),
        (Leaf("cf_number", "in", tuple(range(MAX_BRANCHES))), [{"cf_number": n} for n in range(MAX_BRANCHES)]),
        (Leaf("cf_number", "in", tuple(range(MAX_BRANCHES + 1))), [{}]),
        (All((Leaf("cf_number", "in", tuple(range(9))), ACTIVE)), [{"status": ["Active"]}]),
        (Not(Leaf("cf_number", "gt", 1)), [{}]),
    ],
)
def test_alternatives_are_queries_whose_answers_are_united(condition: Condition, queries: list[dict[str, Any]]) -> None:
    assert several(condition) == queries


def test_a_group_that_would_multiply_the_queries_is_left_to_us() -> None:
    four = Any_(tuple(Leaf("tag", "equals", tag) for tag in "abcd"))
    three = Any_((ROUTER, ACTIVE, Leaf("tenant", "equals", "Acme")))
    assert len(several(All((four, three)))) == 3, "the smaller group goes first"
    assert len(several(All((four, Any_((ROUTER, ACTIVE)))))) == 8


def test_the_leaves_of_all_queries_are_pushed() -> None:
    planned = plan(check(Any_((All((ROUTER, ACTIVE)), All((ROUTE, ACTIVE, DRIVER)))), SCHEMA), SCHEMA)
    assert [leaf.where for leaf in planned.pushed] == ["r1", "s", "r2", "s"]
    assert [leaf.where for leaf in planned.local] == ["d"]


def test_among_the_members_of_a_dynamic_group() -> None:
    queries = plan(check(Any_((ROUTER, ACTIVE)), SCHEMA), SCHEMA, "core {{ x }}").queries
    assert [query.variables for query in queries] == [
        {"v0": ["core {{ x }}"], "v1": ["router"]},
        {"v0": ["core {{ x }}"], "v1": ["Active"]},
    ]
    assert all("devices(dynamic_groups: $v0, " in query.document for query in queries)
    for group in (" core", "null", "a\nb"):
        with pytest.raises(ConditionError, match=r"dynamic_group: .* cannot be asked for"):
            plan(Everything(), SCHEMA, group)
    with pytest.raises(ConditionError, match="this Nautobot cannot be asked"):
        plan(Everything(), Schema({}, {"role": "[String]"}), "core")


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
    assert [leaf.where for leaf in plan(check(contrary, SCHEMA), SCHEMA).local] == ["2"]


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
    planned = plan(check(Leaf(f"cf_{key}", "equals", "a"), Schema(fields)), Schema(fields))
    assert [query.variables for query in planned.queries] == [{}]


def test_a_lookup_that_is_another_fields_name_is_not_asked() -> None:
    fields = {"x": CustomField("x", "select"), "x__n": CustomField("x__n", "select")}
    assert asked(Leaf("cf_x", "not_equals", "a"), Schema(fields)) == {}


@pytest.mark.parametrize("value", ['"}) { id } #', "$v1", "a\nb", "{{ lookup('pipe','id') }}"])
def test_values_never_enter_the_document(value: str) -> None:
    (plain,) = plan(check(Leaf("cf_text", "contains", "plain"), SCHEMA), SCHEMA).queries
    (query,) = plan(check(Leaf("cf_text", "contains", value), SCHEMA), SCHEMA).queries
    assert value not in query.document
    if query.variables:
        assert query.document == plain.document
        assert query.variables == {"v0": [value]}


def nothing_empty(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(nothing_empty, value))
    return value is not None and str(value).strip() != ""


def united(server: FakeNautobot, planned: Plan) -> set[str]:
    return set().union(*(server.answer(query) for query in planned.queries))


def a_server(found: tuple[Device, ...], version: str, unicode_case: bool) -> FakeNautobot:
    return FakeNautobot(found, TYPES, KNOWN, frozenset({"loose"}), version, unicode_case)


@given(devices(), conditions(), st.sampled_from(("3.2", "2.4")), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_servers_answer_is_a_superset(
    found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool
) -> None:
    planned = plan(condition, SCHEMA)
    assert 1 <= len(planned.queries) <= MAX_BRANCHES
    for query in planned.queries:
        assert all(map(nothing_empty, query.variables.values()))
    assert {leaf.where for leaf in (*planned.pushed, *planned.local)} == {leaf.where for leaf in leaves(condition)}
    answer = united(a_server(found, version, unicode_case), planned)
    for device in found:
        assert device.id in answer or not matches(condition, device)


@pytest.mark.deep
@given(devices(), conditions(), st.sampled_from(("3.2", "2.4")), st.booleans())
@settings(max_examples=5_000, deadline=None)
def test_the_servers_answer_is_a_superset_in_depth(
    found: tuple[Device, ...], condition: Condition, version: str, unicode_case: bool
) -> None:
    answer = united(a_server(found, version, unicode_case), plan(condition, SCHEMA))
    assert {device.id for device in found if matches(condition, device)} <= answer
