"""A condition of 50 leaves on 10,000 devices, beside the least that any way of looking at them costs.

The floor calls one function for each leaf and device, which compares one attribute with one value: no types, no parts
of texts, no addresses, no absent values. Netcellar may take at most ``MAX_SECONDS`` of CPU, and at most ``MAX_RATIO``
times the floor.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible_collections.netcellar.backup.plugins.module_utils.condition import Condition, leaves, parse
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import predicate
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check

DEVICES = 10_000
LEAVES = 50
ROUNDS = 3
MAX_SECONDS = 1.0
MAX_RATIO = 15.0
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SCHEMA = Schema(
    {
        key: CustomField(key, kind)
        for key, kind in {"site": "select", "zones": "multi-select", "slot": "integer", "seen": "datetime"}.items()
    }
)
# None of them holds for any device, and an any looks at them all: the worst case.
KINDS: tuple[dict[str, Any], ...] = (
    {"field": "role", "operator": "equals", "value": "nobody-{}"},
    {"field": "name", "operator": "contains", "value": "zz{}"},
    {"field": "location", "operator": "equals", "value": "Nowhere {}"},
    {"field": "tag", "operator": "in", "value": ["x{}", "y{}"]},
    {"field": "primary_ip", "operator": "within", "value": "172.16.{}.0/24"},
    {"field": "cf_site", "operator": "equals", "value": "none-{}"},
    {"field": "cf_zones", "operator": "contains", "value": "black-{}"},
    {"field": "cf_slot", "operator": "gt", "value": 10_000},
    {"field": "cf_seen", "operator": "older_than", "value": "200w"},
    {"field": "name", "operator": "matches", "value": "^zz{}-[0-9]+$"},
)


def main() -> int:
    """Print the two figures; the exit code says whether they are within bounds."""
    devices = [_device(number) for number in range(DEVICES)]
    condition = check(parse({"match": {"any": [_leaf(number) for number in range(LEAVES)]}}), SCHEMA, NOW)
    ours, found = _cpu(lambda: sum(map(predicate(condition), devices)))
    floor, none = _cpu(lambda: _floor(condition, devices))
    ratio = ours / floor
    print(f"{LEAVES} leaves on {DEVICES:,} devices: {ours:.2f} s CPU; the floor {floor:.2f} s; ratio {ratio:.1f}")
    if found or none:
        print("the worst case was not measured: a device fulfilled the condition")
    return 0 if ours <= MAX_SECONDS and ratio <= MAX_RATIO and not found and not none else 1


def _device(number: int) -> Device:
    return Device(
        id=str(number),
        name=f"ber-core-{number}",
        role="router",
        status="Active",
        location=(Place("Europe", "Region", "r"), Place("Berlin", "City", "c"), Place(f"DC{number % 9}", "Room", "x")),
        tags=("core", "backup"),
        primary_ip=f"10.{number // 65536}.{number // 256 % 256}.{number % 256}/24",
        custom_fields={"site": "production", "zones": ["red"], "slot": number, "seen": "2026-11-20T05:00:00Z"},
    )


def _leaf(number: int) -> dict[str, Any]:
    leaf = dict(KINDS[number % len(KINDS)])
    value = leaf["value"]
    written = value.format(number) if isinstance(value, str) else value
    leaf["value"] = [item.format(number) for item in value] if isinstance(value, list) else written
    return leaf


def _floor(condition: Condition, devices: list[Device]) -> int:
    tests = [_plain(leaf.value) for leaf in leaves(condition)]
    return sum(any([test(device) for test in tests]) for device in devices)  # noqa: C419 (all must be called)


def _plain(value: Any) -> Callable[[Device], bool]:
    return lambda device: bool(device.role == value)


def _cpu(work: Callable[[], int]) -> tuple[float, int]:
    """The best of some rounds, in seconds of CPU, and the result."""
    best = float("inf")
    for __ in range(ROUNDS):
        began = time.process_time()
        result = work()
        best = min(best, time.process_time() - began)
    return best, result


if __name__ == "__main__":
    sys.exit(main())
