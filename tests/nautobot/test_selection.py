"""On a real Nautobot with a thousand devices, a saved inventory selects what a plain look at every row selects."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import Leaf, parse
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.fields import check
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import plan
from ansible_collections.netcellar.backup.plugins.module_utils.naming import host_names
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError, ask_nautobot
from netcellar.demo.nautobot import Release, Server

from .estate import COUNT, HOSTILE, fields_of
from .releases import on_every_version
from .rest import Rest, means
from .trees import VALUES

pytestmark = on_every_version


@pytest.fixture(scope="session")
def nautobot(server: Server) -> Nautobot:
    return Nautobot(server.url, server.token)


def selected(nautobot: Nautobot, match: dict[str, Any]) -> set[str]:
    try:
        return {device.id for device in ask_nautobot(nautobot, parse({"match": match})).decided().devices}
    except NoDevicesError:
        return set()


def test_two_conditions(nautobot: Nautobot, rows: list[dict[str, Any]]) -> None:
    document = {
        "conditions": [
            {"field": "role", "operator": "equals", "value": "router"},
            {"field": "cf_site", "operator": "equals", "value": "production", "logic": "AND"},
        ]
    }
    found = ask_nautobot(nautobot, parse(document)).decided()
    expected = {row["id"] for row in rows if row["role"] == "router" and row["cf_site"] == "production"}
    assert {device.id for device in found.devices} == expected
    assert 0 < len(expected) < COUNT
    assert found.plan
    assert "$v0: [String], $v1: [String]" in found.plan.queries[0].document


def test_a_device_is_found_by_its_very_name(nautobot: Nautobot, rows: list[dict[str, Any]]) -> None:
    names = [row["name"] for row in rows]
    row = next(row for row in rows if row["name"] and names.count(row["name"]) == 1)
    assert [device.id for device in nautobot.devices_by_name(row["name"])] == [row["id"]]
    assert nautobot.devices_by_name(" ") == []


EXACT = [
    field for field in VALUES if field not in {"cf_seen", "cf_facts.n", "cf_facts.s", "primary_ip", "location.parent"}
]


def leaves_of_all_types() -> list[tuple[str, str]]:
    pairs = [(field, operator) for field in EXACT for operator in ("equals", "not_equals")]
    pairs += [(field, "in") for field in EXACT if field not in {"has_primary_ip", "cf_managed"}]
    return pairs


def test_the_declared_types_are_those_of_the_server(nautobot: Nautobot, rest: Rest, rows: list[dict[str, Any]]) -> None:
    """Whatever is pushed down is accepted by the real server, and narrows no further than the condition."""
    schema = nautobot.schema()
    pushed = 0
    for field, operator in leaves_of_all_types():
        value = VALUES[field][:2] if operator == "in" else VALUES[field][0]
        leaf = check(Leaf(field, operator, tuple(value) if operator == "in" else value), schema)
        asked = plan(leaf, schema)
        if asked.pushed:
            pushed += 1
            answer = set()
            for query in asked.queries:
                short = {"query": query.document, "variables": query.variables}
                answer |= {row["id"] for row in rest.ask("POST", "graphql", json=short)["data"]["devices"]}
            wanted = {"field": field, "operator": operator, "value": value}
            assert answer >= {row["id"] for row in rows if means(wanted, row)}, asked
    assert pushed > 30


@pytest.mark.parametrize(
    ("field", "value", "declared"),
    [
        ("cf_site", "lab", "$v0: [String]"),
        ("cf_note", "Core", "$v0: String)"),
        ("cf_slot", 42, "$v0: Int)"),
        ("cf_managed", True, "$v0: Boolean)"),
        ("cf_bought", "2025-01-15", "$v0: String)"),
        ("cf_zones", "red", "$v0: [String]"),
        ("role", "router", "$v0: [String]"),
    ],
)
def test_the_type_matrix(nautobot: Nautobot, rows: list[dict[str, Any]], field: str, value: Any, declared: str) -> None:
    condition = {"field": field, "operator": "equals", "value": value}
    found = ask_nautobot(nautobot, parse({"match": condition})).decided()
    assert found.plan
    assert declared in found.plan.queries[0].document
    assert str(value) not in found.plan.queries[0].document
    assert {device.id for device in found.devices} == {row["id"] for row in rows if means(condition, row)}


def test_everything_and_every_name(nautobot: Nautobot, rows: list[dict[str, Any]]) -> None:
    devices = ask_nautobot(nautobot, parse({"match": {"all": True}})).decided().devices
    assert {device.id for device in devices} == {row["id"] for row in rows}
    hosts = host_names(devices)
    assert len(set(hosts.values())) == COUNT
    assert not {name for name in HOSTILE if name and len(name) < 60 and name != "twin"} & set(hosts.values())
    assert {device.id: [(place.name, place.type, place.id) for place in device.location] for device in devices} == {
        row["id"]: row["location"] for row in rows
    }


def test_custom_field_types_come_from_rest(nautobot: Nautobot, release: Release) -> None:
    schema = nautobot.schema()
    for field in fields_of(release):
        found = schema.custom_fields[str(field["key"])]
        assert (found.type, found.filter_logic) == (field["type"], field.get("filter_logic", "exact"))
        assert set(found.choices or ()) == set(field.get("choices", ()))
    assert schema.arguments
    assert schema.arguments["cf_site"] == "[String]"
    assert schema.arguments["cf_note"] == "String"
    assert "cf_hidden" not in schema.arguments


@pytest.mark.changes_definitions
def test_a_field_made_after_the_server_started(nautobot: Nautobot, rest: Rest, rows: list[dict[str, Any]]) -> None:
    made = {"key": "late", "label": "late", "type": "text", "content_types": ["dcim.device"]}
    rest.ask("POST", "extras/custom-fields", json=made)
    rest.ask("PATCH", f"dcim/devices/{rows[30]['id']}", json={"custom_fields": {"late": "yes"}})
    assert "cf_late" not in (nautobot.schema().arguments or {})
    late = {"field": "cf_late", "operator": "equals", "value": "yes"}
    assert selected(nautobot, late) == {rows[30]["id"]}
    assert len(selected(nautobot, {"not": late})) == COUNT - 1


@pytest.mark.parametrize(
    ("leaf", "says"),
    [
        (("role", "equals", "ruoter"), 'Did you mean "router"'),
        (("role", "not_equals", "ROUTER"), 'Did you mean "router"|Did you mean "Router"'),
        (("location", "equals", "Springfeld"), 'Did you mean "Springfield"'),
        (("tag", "equals", "bakcup"), "Did you mean"),
        (("platform", "equals", "cisco_ios"), "there is no platform"),
        (("cf_site", "not_equals", "prodction"), 'Did you mean "production"'),
        (("cf_stie", "equals", "lab"), 'Did you mean "cf_site"'),
        (("cf_slot", "equals", "42"), "whole number"),
        (("role", "equals", ""), "empty value"),
        (("role", "in", []), "at least one value"),
    ],
)
def test_what_does_not_exist_is_an_error(nautobot: Nautobot, leaf: tuple[str, str, Any], says: str) -> None:
    match = dict(zip(("field", "operator", "value"), leaf, strict=True))
    with pytest.raises(NetcellarError, match=says) as caught:
        selected(nautobot, match)
    assert not isinstance(caught.value, NoDevicesError)


@pytest.mark.parametrize(
    ("match", "what"),
    [
        ({"all": True}, "devices"),
        ({"field": "name", "operator": "contains", "value": "dev"}, "devices"),
        ({"field": "role", "operator": "equals", "value": "router"}, "roles"),
        ({"field": "cf_site", "operator": "equals", "value": "lab"}, "custom fields"),
    ],
)
def test_a_token_without_permission(server: Server, match: dict[str, Any], what: str) -> None:
    powerless = Nautobot(server.url, server.powerless_token)
    with pytest.raises(NetcellarError, match=f"no permission to view {what}") as caught:
        ask_nautobot(powerless, parse({"match": match})).decided()
    assert server.powerless_token not in str(caught.value)


def test_a_token_that_sees_devices_and_nothing_else(server: Server, rest: Rest) -> None:
    """Nautobot then shows every role, tenant, tag, ... as absent, and `not` conditions would match everything."""
    narrow = Nautobot(server.url, narrow_token(server, rest))
    with pytest.raises(NetcellarError, match="no permission to view roles"):
        ask_nautobot(narrow, parse({"match": {"all": True}})).decided()


def narrow_token(server: Server, rest: Rest) -> str:
    account = ("narrow", "a-password-of-the-tests")
    user = rest.ask("POST", "users/users", json={"username": account[0], "password": account[1]})["id"]
    for kind, actions in (("dcim.device", ["view"]), ("users.token", ["add", "view"])):
        grant = {"name": kind, "object_types": [kind], "actions": actions, "users": [user], "enabled": True}
        rest.ask("POST", "users/permissions", json=grant)
    own = Rest(server.url, "none")
    del own.session.headers["Authorization"]
    return str(own.ask("POST", "users/tokens", json={}, auth=account)["key"])


def test_a_token_that_is_none(server: Server) -> None:
    with pytest.raises(NetcellarError, match="does not accept the token"):
        ask_nautobot(Nautobot(server.url, "b" * 40), parse({"match": {"all": True}})).decided()
