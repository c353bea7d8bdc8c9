"""Which devices entered or left, and why."""

from __future__ import annotations

import json
from dataclasses import replace

from ansible_collections.netcellar.backup.plugins.module_utils.condition import Leaf
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.difference import GONE, difference
from ansible_collections.netcellar.backup.plugins.module_utils.fields import Schema, check

ROUTER = check(Leaf("role", "equals", "router", "match"), Schema())
ROW = Device("1", "r1", role="router")
OTHER = Device("2", "r2", role="router")


def by_id(*rows: Device) -> dict[str, Device]:
    return {row.id: row for row in rows}


def test_a_device_left_because_a_field_changed() -> None:
    now = by_id(replace(ROW, role="switch"), OTHER)
    found = difference(by_id(ROW, OTHER), now, ROUTER)
    assert [(row.device_name, row.why) for row in found.left] == [
        ("r1", "match: role equals router, but it is switch; it was router")
    ]
    assert (found.entered, found.stayed) == ((), 1)


def test_a_device_is_gone() -> None:
    found = difference(by_id(ROW, OTHER, Device("3", None, role="router")), {}, ROUTER)
    assert [(row.device_name, row.why, row.explanation) for row in found.left] == [
        (None, GONE, None),
        ("r1", GONE, None),
        ("r2", GONE, None),
    ]


def test_the_conditions_changed() -> None:
    switches = by_id(Device("1", "r1", role="switch"))
    found = difference(switches, switches, ROUTER)
    assert found.left[0].why.endswith("so the conditions (or the time) changed")


def test_a_device_entered() -> None:
    found = difference({}, by_id(ROW, Device("2", "s1", role="switch")), ROUTER)
    assert [(row.device_id, row.why) for row in found.entered] == [("1", "match: role equals router, and it is router")]
    assert found.stayed == 0
    assert json.loads(json.dumps(found.as_dict()))["entered"][0]["device_name"] == "r1"


def test_nothing_changed() -> None:
    found = difference(by_id(ROW), by_id(ROW), ROUTER)
    assert (found.left, found.entered, found.stayed) == ((), (), 1)
