"""The YAML file of devices: what becomes of each key, and every fault with its position."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.condition import ConditionError, Leaf
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.device_file import (
    DeviceFile,
    DeviceFileError,
    read_device_file,
)
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField
from ansible_collections.netcellar.backup.plugins.module_utils.vocabulary import require

WHOLE = """
custom_fields:
  site: {type: select, choices: [production, laboratory]}
  last_backup: date
  kinds: multi-select
devices:
  - name: r1
    id: device-1
    address: 10.0.0.1
    platform: cisco_ios
    role: router
    status: Active
    tenant: Acme
    tags: [core]
    serial: SN1
    asset_tag: A1
    device_type: C9300
    manufacturer: Cisco
    rack: R1
    location: Europe/Berlin/Room 0
    custom_fields: {site: production, last_backup: 2026-01-02, kinds: [a, b]}
    variables: {ansible_port: 2201}
  - {name: r2, address: 2001:db8::1/64, location: [{name: Asia, type: Region}, Tokyo], network_driver: frr}
"""


def read(text: str) -> DeviceFile:
    return read_device_file(yaml.safe_load(text))


def test_a_whole_file() -> None:
    found = read(WHOLE)
    assert found.devices[0] == Device(
        id="device-1",
        name="r1",
        serial="SN1",
        asset_tag="A1",
        location=(Place("Europe"), Place("Berlin"), Place("Room 0")),
        role="router",
        status="Active",
        tenant="Acme",
        tags=("core",),
        platform="cisco_ios",
        network_driver="cisco_ios",
        device_type="C9300",
        manufacturer="Cisco",
        rack="R1",
        primary_ip="10.0.0.1",
        custom_fields={"site": "production", "last_backup": "2026-01-02", "kinds": ["a", "b"]},
    )
    second = found.devices[1]
    assert second.location == (Place("Asia", "Region"), Place("Tokyo"))
    assert (second.platform, second.network_driver, second.address) == (None, "frr", "2001:db8::1")
    assert found.schema.custom_fields["site"] == CustomField("site", "select", choices=("production", "laboratory"))
    assert found.schema.custom_fields["last_backup"] == CustomField("last_backup", "date")
    assert found.variables == {"device-1": {"ansible_port": 2201}, second.id: {}}


def test_an_id_follows_from_the_name_alone() -> None:
    first, second = (read(f"devices: [{{name: {name}}}]").devices[0].id for name in ("r1", "r2"))
    assert first == "2dd54b6d-5c62-562d-8576-c565aff7bf67"
    assert second != first


def test_known_names_serve_the_vocabulary() -> None:
    known = read(WHOLE).known()
    require(Leaf("location", "equals", "Berlin"), known)
    with pytest.raises(ConditionError, match=r"(?i)there is no role 'roter'\. did you mean \"router\""):
        require(Leaf("role", "equals", "roter"), known)
    with pytest.raises(ConditionError, match="there is no tag"):
        require(Leaf("tag", "equals", "edge"), known)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("", "the device file", "a mapping is expected"),
        ("[]", "the device file", "a mapping is expected"),
        ("device: []", "device", 'did you mean "devices"'),
        ("devices: []", "devices", "at least one device"),
        ("custom_fields: {}", "devices", "at least one device"),
        ("devices: {r1: {}}", "devices", "list"),
        ("devices: [r1]", "devices[0]", "a mapping is expected"),
        ("devices: [{name: r1, adress: 10.0.0.1}]", "devices[0].adress", 'did you mean "address"'),
        ("devices: [{address: 10.0.0.1}]", "devices[0]", "neither a name nor an id"),
        ("devices: [{name: '', address: 10.0.0.1}]", "devices[0]", "neither a name nor an id"),
        ("devices: [{name: 5}]", "devices[0].name", "put it in quotes"),
        ("devices: [{name: r1}, {name: r1}]", "devices[1]", "a second device with the name 'r1'"),
        ("devices: [{name: a, id: x}, {name: b, id: x}]", "devices[1]", "a second device with the id 'x'"),
        ("devices: [{name: r1, address: 10.0.0.300}]", "devices[0].address", "neither an address nor a host name"),
        ("devices: [{name: r1, address: -oProxyCommand=x}]", "devices[0].address", "neither an address"),
        ("devices: [{name: r1, location: Europe//Room}]", "devices[0].location", "a place without a name"),
        ("devices: [{name: r1, location: [{nam: x}]}]", "devices[0].location[0].nam", 'did you mean "name"'),
        ("devices: [{name: r1, tags: core}]", "devices[0].tags", "a list is expected"),
        ("devices: [{name: r1, tags: [core, 5]}]", "devices[0].tags[1]", "text is expected"),
        ("devices: [{name: r1, tags: [core, '']}]", "devices[0].tags[1]", "empty"),
        ("devices: [{name: r1, variables: [x]}]", "devices[0].variables", "a mapping is expected"),
        ("devices: [{name: r1, variables: {a-b: 1}}]", "devices[0].variables.a-b", "not a variable name"),
        ("devices: [{name: r1, custom_fields: {x: 1}}]", "devices[0].custom_fields.x", "no such custom field"),
        ("custom_fields: {x: txt}\ndevices: [{name: r1}]", "custom_fields.x.type", 'did you mean "text"'),
        ("custom_fields: {x: }\ndevices: [{name: r1}]", "custom_fields.x", "a mapping is expected"),
        ("custom_fields: {x-y: text}\ndevices: [{name: r1}]", "custom_fields.x-y", "not a key"),
        ("custom_fields: {x: {type: select, choice: []}}\ndevices: []", "custom_fields.x.choice", '"choices"'),
        (
            "custom_fields: {x: {type: select, choices: [1]}}\ndevices: []",
            "custom_fields.x.choices[0]",
            "text is expected",
        ),
        (
            "custom_fields: {x: integer}\ndevices: [{name: r1, custom_fields: {x: '1'}}]",
            "devices[0].custom_fields.x",
            "needs a whole number",
        ),
        (
            "custom_fields: {x: {type: select, choices: [a]}}\ndevices: [{name: r1, custom_fields: {x: b}}]",
            "devices[0].custom_fields.x",
            "no choice 'b'",
        ),
        (
            "custom_fields: {x: multi-select}\ndevices: [{name: r1, custom_fields: {x: a}}]",
            "devices[0].custom_fields.x",
            "a list is expected",
        ),
    ],
)
def test_a_fault_has_a_position(text: str, where: str, words: str) -> None:
    with pytest.raises(DeviceFileError) as caught:
        read(text)
    assert words.lower() in str(caught.value).lower()
    assert str(caught.value).startswith(f"{where}: ")


def test_an_empty_custom_field_is_absent() -> None:
    found: Any = read("custom_fields: {x: text}\ndevices: [{name: r1, custom_fields: {x: }}]")
    assert found.devices[0].custom_fields == {}
