"""Rows of Nautobot become devices; what a permission hides is never taken for absent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Place
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_rows import (
    devices_of,
    places_of,
    refuse_hidden,
    unproven,
)

LOCATIONS = [
    {"id": "c", "name": "Room 0", "location_type": {"name": "Room"}, "parent": {"id": "b"}},
    {"id": "a", "name": "East", "location_type": {"name": "Region"}, "parent": None},
    {"id": "b", "name": "Berlin", "location_type": None, "parent": {"id": "a"}},
]


def row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "r1",
        "serial": "",
        "asset_tag": None,
        "primary_ip4": {"address": "192.0.2.1/24"},
        "primary_ip6": {"address": "2001:db8::1/64"},
        "platform": {"name": "Cisco IOS", "network_driver": ""},
        "role": {"name": "router"},
        "status": {"name": "Active"},
        "tenant": {"name": "Acme"},
        "device_type": {"model": "C9300", "manufacturer": {"name": "Cisco"}},
        "rack": {"name": "R1"},
        "location": {"id": "c"},
        "tags": [{"name": "b"}, {"name": "a"}],
        "_custom_field_data": {"site": "lab"},
        **changes,
    }


def test_a_row_becomes_a_device() -> None:
    (device,) = devices_of([row()], places_of(LOCATIONS))
    assert device.location == (Place("East", "Region", "a"), Place("Berlin", None, "b"), Place("Room 0", "Room", "c"))
    assert (device.address, device.tags, device.custom_fields) == ("192.0.2.1", ("a", "b"), {"site": "lab"})
    assert device.serial is None
    assert device.network_driver is None


def test_what_is_absent_is_none() -> None:
    bare = row(name="", platform=None, tenant=None, rack=None, primary_ip4=None, primary_ip6=None, tags=[])
    (device,) = devices_of([bare | {"_custom_field_data": None}], places_of(LOCATIONS))
    assert (device.name, device.platform, device.tenant, device.primary_ip, device.custom_fields) == (
        None,
        None,
        None,
        None,
        {},
    )


def test_the_address_is_ipv6_where_there_is_no_other() -> None:
    (device,) = devices_of([row(primary_ip4=None)], places_of(LOCATIONS))
    assert device.address == "2001:db8::1"


def test_nothing_is_in_doubt_when_every_column_is_seen_once() -> None:
    others = row(platform=None, tenant=None, rack=None, tags=[], primary_ip4=None)
    assert list(unproven([others, row()])) == []


@pytest.mark.parametrize(
    ("column", "hidden", "what"),
    [
        ("role", None, "roles"),
        ("status", None, "statuses"),
        ("location", None, "locations"),
        ("device_type", None, "device types"),
        ("platform", None, "platforms"),
        ("tenant", None, "tenants"),
        ("rack", None, "racks"),
        ("tags", [], "tags"),
        ("primary_ip4", None, "IP addresses"),
        ("device_type", {"model": "x", "manufacturer": None}, "manufacturers"),
    ],
)
def test_a_column_that_nobody_has_is_in_doubt(column: str, hidden: Any, what: str) -> None:
    assert what in [name for _, name in unproven([row(**{column: hidden})])]


@pytest.mark.parametrize("column", ["role", "status", "location", "device_type"])
def test_a_device_without_what_it_must_have_is_an_error(column: str) -> None:
    with pytest.raises(NetcellarError, match="hides the"):
        refuse_hidden([row(), row(**{column: None})])


def test_a_hidden_place_is_an_error() -> None:
    with pytest.raises(NetcellarError, match="hides the locations"):
        places_of(LOCATIONS[:1])
    with pytest.raises(NetcellarError, match="hides the locations"):
        devices_of([row(location={"id": "z"})], places_of(LOCATIONS))
