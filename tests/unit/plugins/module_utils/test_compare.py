"""What each operator means, on every type that takes it, and that none but the negative ones holds without a value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import ConditionError, Leaf
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import matches
from ansible_collections.netcellar.backup.plugins.module_utils.field_table import (
    ALLOWED,
    CUSTOM_TYPES,
    FIELDS,
    NEGATIVE,
)
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.present import values_of

from tests.unit.plugins.module_utils.condition_trees import SPECIAL

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCHEMA = Schema({kind.replace("-", "_"): CustomField(kind.replace("-", "_"), kind) for kind in CUSTOM_TYPES})
OWN = {"boolean": True, "integer": 0, "date": "2026-01-01", "datetime": "2026-01-01T00:00:00Z", "address": "10.0.0.1"}
FACTS = {
    "model": "MX204",
    "slots": 4,
    "load": 0.5,
    "uplinks": [{"port": "xe-0"}, {"port": "xe-1"}],
    "roles": ["a", "b"],
}
FULL = Device(
    id="1",
    name="Ber-Core-1",
    location=(Place("Europe", "Region", "r"), Place("Berlin", "City", "c"), Place("Berlin", "Room", "d")),
    role="router",
    tags=("Core", "edge"),
    primary_ip="10.20.0.1/24",
    custom_fields={
        "text": "Hello World",
        "url": "https://x.example/",
        "markdown": "**bold**",
        "select": "daily",
        "multi_select": ["red", "green"],
        "integer": 0,
        "date": "2026-11-19",
        "datetime": "2026-11-21T06:00:00+02:00",
        "boolean": False,
        "json": FACTS,
    },
)
BARE = Device("2", None)


def holds(device: Device, field: str, operator: str, value: Any = None) -> bool:
    return matches(check(Leaf(field, operator, value, "match"), SCHEMA, NOW), device)


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("name", "starts_with", "ber-", True),
        ("name", "starts_with", "core", False),
        ("name", "ends_with", "CORE-1", True),
        ("name", "ends_with", "core", False),
        ("name", "matches", r"^Ber-.*\d$", True),
        ("name", "matches", r"core", False),
        ("name", "matches", r"(?i)core", True),
        ("role", "starts_with", "ROU", True),
        ("tag", "starts_with", "co", True),
        ("tag", "ends_with", "ge", True),
        ("tag", "matches", "^Core$", True),
        ("location", "starts_with", "eur", True),
        ("location", "matches", "^Ber", True),
        ("location", "equals", {"name": "Berlin", "type": "City"}, True),
        ("location", "equals", {"name": "Berlin", "type": "Region"}, False),
        ("location", "not_equals", {"name": "Berlin", "type": "Region"}, True),
        ("location", "in", ["Bonn", {"name": "Europe", "type": "Region"}], True),
        ("location.parent", "equals", "Berlin", True),
        ("location.parent", "equals", "Europe", False),
        ("location.parent", "equals", {"name": "Berlin", "type": "Room"}, False),
        ("location.parent", "starts_with", "Ber", True),
        ("location.parent", "is_set", None, True),
        ("primary_ip", "equals", "10.20.0.1", True),
        ("primary_ip", "in", ["10.20.0.2", "10.20.0.1"], True),
        ("primary_ip", "within", "10.0.0.0/8", True),
        ("primary_ip", "within", "10.20.0.1/32", False),
        ("primary_ip", "within_include", "10.20.0.1/32", True),
        ("primary_ip", "within_include", "10.20.0.2/32", False),
        ("primary_ip", "within", "10.20.1.0/24", False),
        ("primary_ip", "within", "::/0", False),
        ("primary_ip", "is_set", None, True),
        ("cf_text", "starts_with", "hello", True),
        ("cf_url", "ends_with", ".example/", True),
        ("cf_markdown", "matches", r"\*\*bold", True),
        ("cf_select", "starts_with", "DAI", True),
        ("cf_multi_select", "starts_with", "gre", True),
        ("cf_multi_select", "matches", "^e", False),
        ("cf_integer", "gt", -1, True),
        ("cf_integer", "gte", 0, True),
        ("cf_integer", "lt", 0, False),
        ("cf_integer", "lte", 0, True),
        ("cf_integer", "is_set", None, True),
        ("cf_date", "before", "2026-11-20", True),
        ("cf_date", "before", "2026-11-19", False),
        ("cf_date", "lte", "2026-11-19", True),
        ("cf_date", "after", "2026-11-18", True),
        ("cf_date", "gte", "2026-11-19", True),
        ("cf_date", "older_than", "2d", True),
        ("cf_date", "older_than", "3d", False),
        ("cf_date", "newer_than", "3d", True),
        ("cf_date", "newer_than", "60h", False),
        ("cf_date", "older_than", "60h", False),
        ("cf_datetime", "equals", "2026-11-21T04:00:00Z", True),
        ("cf_datetime", "equals", "2026-11-21 04:00", True),
        ("cf_datetime", "in", ["2026-11-21T06:00:00+0200"], True),
        ("cf_datetime", "before", "2026-11-21T05:00:00Z", True),
        ("cf_datetime", "after", "2026-11-21", True),
        ("cf_datetime", "older_than", "7h", True),
        ("cf_datetime", "newer_than", "9h", True),
        ("cf_boolean", "is_set", None, True),
        ("has_primary_ip", "is_set", None, True),
        ("cf_json.model", "equals", "MX204", True),
        ("cf_json.model", "starts_with", "mx", True),
        ("cf_json.slots", "equals", 4, True),
        ("cf_json.slots", "equals", 4.0, True),
        ("cf_json.slots", "gt", 3.5, True),
        ("cf_json.load", "lt", 1, True),
        ("cf_json.model", "gt", 1, False),
        ("cf_json.on", "gt", 0, False),
        ("cf_json.on", "equals", 1, False),
        ("cf_json.uplinks.0.port", "equals", "xe-0", True),
        ("cf_json.uplinks.2.port", "is_empty", None, True),
        ("cf_json.uplinks.port", "is_empty", None, True),
        ("cf_json.roles", "equals", "b", True),
        ("cf_json.roles", "contains", "b", True),
        ("cf_json.slots", "contains", 4, True),
        ("cf_json.model.deeper", "is_empty", None, True),
        ("cf_json", "is_set", None, True),
        ("name", "is_empty", None, False),
    ],
)
def test_a_device_with_values(field: str, operator: str, value: Any, expected: bool) -> None:
    written = tuple(value) if isinstance(value, list) else value
    assert holds(FULL, field, operator, written) is expected


def every_leaf() -> list[tuple[str, str, Any]]:
    """Each operator of each field, with some value that fits."""
    kinds = {name: field.type for name, field in FIELDS.items()}
    kinds |= {f"cf_{kind.replace('-', '_')}": CUSTOM_TYPES[kind] for kind in CUSTOM_TYPES}
    found: list[tuple[str, str, Any]] = []
    for field, kind in kinds.items():
        for operator in ALLOWED[kind]:
            value: Any = OWN.get(kind, "a")
            if operator.startswith(("older", "newer")):
                value = "2d"
            elif operator.startswith("within"):
                value = SPECIAL["prefix"][0]
            elif operator in {"gt", "gte", "lt", "lte"} and kind == "json":
                value = 1
            elif operator.startswith("is_"):
                value = None
            found.append((field, operator, (value,) if operator in {"in", "not_in"} else value))
    return found


@pytest.mark.parametrize(
    ("field", "operator", "value"), [leaf for leaf in every_leaf() if leaf[0] not in {"id", "has_primary_ip"}]
)
def test_the_null_table(field: str, operator: str, value: Any) -> None:
    nulls = {kind.replace("-", "_"): None for kind in CUSTOM_TYPES}
    empty = nulls | {"text": "", "multi_select": [], "json": {}}
    for fields in ({}, nulls, empty):
        device = Device("2", None, custom_fields=fields)
        assert values_of(field, device) == ()
        assert holds(device, field, operator, value) is (operator in NEGATIVE)


def test_operators_of_every_type_are_tried() -> None:
    assert len(every_leaf()) > 200


def test_a_place_without_parent_has_none() -> None:
    assert values_of("location.parent", Device("1", "a", location=(Place("Berlin"),))) == ()


@pytest.mark.parametrize("stored", ["garbage", 5, True, ["2026-01-01x"], {"a": 1}, "2026-13-01"])
def test_a_stored_value_of_another_type_fulfils_no_comparison(stored: Any) -> None:
    device = Device("1", "a", primary_ip="host.example.net", custom_fields={"date": stored, "datetime": stored})
    for field in ("cf_date", "cf_datetime"):
        for operator, value in (
            ("before", "2099-01-01"),
            ("after", "1999-01-01"),
            ("older_than", "1h"),
            ("gt", "1999-01-01"),
        ):
            assert not holds(device, field, operator, value)
        assert holds(device, field, "is_set")
        assert holds(device, field, "not_equals", "2026-01-01" if field == "cf_date" else "2026-01-01T00:00:00Z")
    assert not holds(device, "primary_ip", "within", "0.0.0.0/0")
    assert holds(device, "primary_ip", "is_set")


def test_ipv6_is_compared_as_an_address() -> None:
    device = Device("1", "a", primary_ip="2001:DB8:0:0::1/64")
    assert holds(device, "primary_ip", "equals", "2001:db8::1")
    assert holds(device, "primary_ip", "within", "2001:db8::/32")
    assert not holds(device, "primary_ip", "within", "10.0.0.0/8")


def test_a_text_that_is_too_long_for_a_pattern_is_an_error() -> None:
    device = Device("1", "a", custom_fields={"text": "a" * 5_000})
    assert holds(device, "cf_text", "matches", "^a+$")
    with pytest.raises(NetcellarError, match="match: cf_text of a device has 5000 characters"):
        holds(device, "cf_text", "matches", "a.*b.*c")


@pytest.mark.parametrize(
    ("field", "operator", "value", "says"),
    [
        ("primary_ip", "equals", "10.0.0.1/24", 'write "10.0.0.1", or use the operator "within"'),
        ("primary_ip", "equals", "10.0.0.300", "an IP address"),
        ("primary_ip", "within", "10.0.0.1/8", 'write "10.0.0.0/8" if that is meant'),
        ("primary_ip", "within", "10.0.0.0", "a prefix, like"),
        ("primary_ip", "within", "10.0.0.0/33", "a prefix, like"),
        ("primary_ip", "within", ("10.0.0.0/8", "11.0.0.0/8"), "several go into several conditions"),
        ("primary_ip", "contains", "10.", "cannot be compared with contains"),
        ("cf_date", "older_than", "2 days", "a duration like 12h, 2d or 4w"),
        ("cf_date", "older_than", "2m", "a duration like"),
        ("cf_date", "older_than", "-2d", "a duration like"),
        ("cf_date", "older_than", 2, "a duration like"),
        ("cf_date", "older_than", "999999w", "before the first year"),
        ("cf_date", "before", "yesterday", "a date as YYYY-MM-DD"),
        ("cf_date", "before", "2026-11-21T05:00:00Z", "a date as YYYY-MM-DD"),
        ("cf_datetime", "equals", "2026-11-21", "a date and time as"),
        ("cf_datetime", "before", "2026-11-31", "a date as YYYY-MM-DD, or"),
        ("cf_datetime", "after", "2026-11-21T25:00:00Z", "a date as YYYY-MM-DD, or"),
        ("cf_integer", "gt", "5", "a whole number, without quotes"),
        ("cf_integer", "gt", 1.5, "a whole number, without quotes"),
        ("cf_integer", "starts_with", "5", "cannot be compared with starts_with"),
        ("cf_json.slots", "gt", "5", "a number, without quotes"),
        ("cf_json.slots", "equals", float("nan"), "text, a number, true or false"),
        ("cf_json.slots", "equals", {"a": 1}, "text, a number, true or false"),
        ("cf_text.part", "equals", "x", "reaches into cf_text, which is of type text"),
        ("cf_jsn.part", "equals", "x", 'did you mean "cf_json"'),
        ("name", "matches", "(a+)+", "a repeat inside a repeat"),
        ("name", "matches", "a[", "not a regular expression"),
        ("name", "matches", "", "a regular expression"),
        ("name", "starts_with", "", "text, not"),
        ("name", "is_set", True, "remove `value`"),
        ("name", "gt", "a", "cannot be compared with gt"),
        ("location", "equals", {"name": "Berlin"}, "{name: …, type: …}"),
        ("location", "equals", {"name": "Berlin", "type": "City", "id": 1}, "{name: …, type: …}"),
        ("location", "contains", {"name": "Berlin", "type": "City"}, "text, not"),
        ("role", "equals", {"name": "Berlin", "type": "City"}, "a name (text)"),
    ],
)
def test_a_value_that_does_not_fit(field: str, operator: str, value: Any, says: str) -> None:
    with pytest.raises(ConditionError) as caught:
        holds(FULL, field, operator, value)
    assert says.lower() in str(caught.value).lower()


def test_a_relative_date_needs_the_present_moment() -> None:
    for now in (None, datetime(2026, 1, 1)):
        with pytest.raises(ValueError, match="present moment"):
            check(Leaf("cf_date", "older_than", "2d"), SCHEMA, now)
