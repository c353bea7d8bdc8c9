"""What Nautobot does that could change the set of devices in silence, each on the real servers.

Every test first shows the surprise on the bare server, so that a version that mends it is noticed, and then that our
set is right or that the run is refused.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import parse
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils import nautobot_fetch
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError, ask_nautobot
from netcellar.demo.nautobot import Release, Server

from .estate import COUNT
from .releases import OLD, on_every_version
from .rest import Rest, means

pytestmark = on_every_version

Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def nautobot(server: Server) -> Nautobot:
    return Nautobot(server.url, server.token)


def bare(rest: Rest, arguments: str, what: str = "id", **variables: Any) -> Any:
    """What the server itself says to a query."""
    return rest.ask("POST", "graphql", json={"query": f"query {arguments} {what} }} }}", "variables": variables})


def right(nautobot: Nautobot, rows: Rows, field: str, operator: str, value: Any = None) -> int:
    """Our set is that of the rows; its size."""
    leaf = {"field": field, "operator": operator} | ({} if value is None else {"value": value})
    expected = {row["id"] for row in rows if means(leaf, row)}
    assert {device.id for device in ask_nautobot(nautobot, parse({"match": leaf})).decided().devices} == expected
    return len(expected)


def refused(nautobot: Nautobot, says: str, field: str, operator: str, value: Any) -> None:
    with pytest.raises(NetcellarError, match=says) as caught:
        ask_nautobot(nautobot, parse({"match": {"field": field, "operator": operator, "value": value}})).decided()
    assert not isinstance(caught.value, NoDevicesError)


@pytest.mark.parametrize("value", ["", [], None])
def test_1_an_empty_value_matches_every_device(nautobot: Nautobot, rest: Rest, value: Any) -> None:
    answer = bare(rest, "($v: [String]) { devices(name: $v) {", v=value)
    assert len(answer["data"]["devices"]) == COUNT
    refused(nautobot, "value", "name", "in" if value == [] else "equals", value)


def test_2_a_token_without_permission_sees_an_empty_list(server: Server) -> None:
    powerless = Rest(server.url, server.powerless_token)
    assert bare(powerless, "{ devices {") == {"data": {"devices": []}}
    with pytest.raises(NetcellarError, match="no permission to view devices"):
        ask_nautobot(Nautobot(server.url, server.powerless_token), parse({"match": {"all": True}}))


@pytest.mark.parametrize(
    ("argument", "bad", "leaf", "says"),
    [
        ("role", "nope", ("role", "equals", "nope"), "there is no role"),
        ("tags", "nope", ("tag", "equals", "nope"), "there is no tag"),
        ("location", "nope", ("location", "not_equals", "nope"), "there is no location"),
        ("cf_bought__gt", "not-a-date", ("cf_bought", "gt", "not-a-date"), "date"),
        ("name__re", "dev[ab", ("name", "matches", "dev[ab"), "regular expression"),
    ],
)
def test_3_a_bad_value_is_http_200(
    nautobot: Nautobot, rest: Rest, argument: str, bad: str, leaf: tuple[str, str, str], says: str
) -> None:
    answer = bare(rest, f"($v: [String]) {{ devices({argument}: $v) {{", v=[bad])
    assert answer["errors"]
    assert answer["data"]["devices"] is None
    refused(nautobot, says, *leaf)


def test_4_paging_loses_devices(nautobot: Nautobot, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours asks by id, however small the chunks are; the estate has null and duplicate names."""
    monkeypatch.setattr(nautobot_fetch, "CHUNK", 90)
    devices = ask_nautobot(nautobot, parse({"match": {"all": True}})).decided().devices
    assert sorted(device.id for device in devices) == sorted(row["id"] for row in rows)
    assert len(devices) == COUNT


@pytest.mark.changes_definitions
def test_5_a_field_that_is_disabled_later(nautobot: Nautobot, rest: Rest, rows: Rows, release: Release) -> None:
    """(A field that is made later: test_selection.py.) 2.4 may go on with the filter that it knew."""
    (field,) = [row for row in rest.all("extras/custom-fields") if row["key"] == "fading"]
    assert right(nautobot, rows, "cf_fading", "equals", "a")
    rest.ask("PATCH", f"extras/custom-fields/{field['id']}", json={"filter_logic": "disabled"})
    assert bare(rest, "($v: String) { devices(cf_fading: $v) {", v="a").get("errors") or release == OLD
    assert right(nautobot, rows, "cf_fading", "equals", "a")
    rest.ask("PATCH", f"extras/custom-fields/{field['id']}", json={"filter_logic": "exact"})


@pytest.mark.parametrize(("operator", "value"), [("not_equals", "red"), ("not_in", ["red", "blue"])])
def test_6_multi_select_negation(
    nautobot: Nautobot, rest: Rest, rows: Rows, release: Release, operator: str, value: Any
) -> None:
    wanted = value if isinstance(value, list) else [value]
    answer = bare(rest, "($v: [String]) { devices(cf_zones__n: $v) {", v=wanted)
    assert (len(answer["data"]["devices"]) == COUNT) == (release == OLD)
    assert 0 < right(nautobot, rows, "cf_zones", operator, value) < COUNT


@pytest.mark.parametrize("operator", ["lt", "lte"])
def test_7_an_integer_below_takes_null_along(nautobot: Nautobot, rest: Rest, rows: Rows, operator: str) -> None:
    answer = bare(rest, f"($v: [Int]) {{ devices(cf_slot__{operator}: $v) {{", v=[1])
    assert len(answer["data"]["devices"]) > right(nautobot, rows, "cf_slot", operator, 1) > 0


def test_8_the_output_field_of_a_datetime(nautobot: Nautobot, rest: Rest, rows: Rows, release: Release) -> None:
    if release == OLD:
        refused(nautobot, "no custom field 'cf_seen'", "cf_seen", "is_set", None)
        return
    assert bare(rest, "{ devices {", "cf_seen")["errors"]
    assert 0 < right(nautobot, rows, "cf_seen", "after", "2025-06-02") < COUNT


def test_9_negation_takes_null_along_and_null_is_a_word(nautobot: Nautobot, rest: Rest, rows: Rows) -> None:
    missing = sum(row["cf_note"] is None for row in rows)
    answer = bare(rest, '{ devices(cf_note: "null") {')
    assert len(answer["data"]["devices"]) != missing
    assert right(nautobot, rows, "cf_note", "is_empty") == missing
    assert right(nautobot, rows, "cf_note", "equals", "null") == sum(row["cf_note"] == "null" for row in rows) > 0
    assert right(nautobot, rows, "cf_note", "not_equals", "null") > missing


def test_10_an_unknown_field_is_dropped_in_silence(nautobot: Nautobot, rest: Rest, rows: Rows) -> None:
    patched = rest.ask("PATCH", f"dcim/devices/{rows[40]['id']}", json={"custom_fields": {"nope": "x"}})
    assert "nope" not in patched["custom_fields"]
    with pytest.raises(NetcellarError, match="no custom field 'nope'"):
        nautobot.stamp("nope", [(rows[40]["id"], "2026-11-20T06:30:00Z")])
    gone = "00000000-0000-4000-8000-000000000000"
    assert rest.ask("PATCH", "dcim/devices", json=[{"id": gone, "custom_fields": {"note": "x"}}]) == []
    assert nautobot.stamp("last_backup", [(gone, "2026-11-20T06:30:00Z")]).unknown == {gone}


def test_11_a_dynamic_group_is_a_cache(nautobot: Nautobot, rest: Rest, rows: Rows) -> None:
    """Whoever uses one is warned (test_inventory.py); that it has lost all its members is an error."""
    group = {"name": "Stale", "content_type": "dcim.device", "filter": {"cf_last_backup_text": "moved"}}
    rest.ask("POST", "extras/dynamic-groups", json=group)
    rest.ask("PATCH", f"dcim/devices/{rows[190]['id']}", json={"custom_fields": {"last_backup_text": "moved"}})
    assert bare(rest, '{ devices(dynamic_groups: ["Stale"]) {')["data"]["devices"] == []
    assert len(bare(rest, '{ devices(cf_last_backup_text: "moved") {')["data"]["devices"]) == 1
    with pytest.raises(NoDevicesError):
        ask_nautobot(nautobot, parse({"match": {"all": True}}), "Stale").decided()


def test_12_a_text_for_a_boolean(nautobot: Nautobot, rest: Rest, rows: Rows, release: Release) -> None:
    """2.4 takes "false" for true, without a word."""
    body = {"query": "query ($v: Boolean) { devices(cf_managed: $v) { id } }", "variables": {"v": "false"}}
    answer = rest.session.post(f"{rest.url}/api/graphql/", json=body, timeout=60)
    assert answer.ok == (release == OLD)
    refused(nautobot, "true or false, without quotes", "cf_managed", "equals", "false")
    assert 0 < right(nautobot, rows, "cf_managed", "equals", False) < COUNT
