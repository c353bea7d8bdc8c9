"""A thousand devices with everything that has ever gone wrong: duplicate names, nulls, missing keys, hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from netcellar.demo.nautobot import DEMO, Release

from .releases import OLD

COUNT = 1000
HOSTILE = (
    None,
    None,
    "all",
    "ungrouped",
    "localhost",
    "../../etc/x",
    "{{ lookup('pipe','id') }}",
    "-oProxyCommand=x",
    "twin",
    "twin",
    "twin",
    "a b;c$(id)",
    "gerät-ü",
    "x" * 64,
    "netcellar\u202egnp",
    "dev,other:&!all",
)

CUSTOM_FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "site", "type": "select", "choices": ["production", "lab", "null site"]},
    {"key": "cycle", "type": "select", "filter_logic": "loose", "choices": ["daily", "weekly", "monthly"]},
    {"key": "note", "type": "text"},
    {"key": "remark", "type": "text", "filter_logic": "loose"},
    {"key": "hidden", "type": "text", "filter_logic": "disabled"},
    {"key": "Upper", "type": "text"},
    {"key": "slot", "type": "integer"},
    {"key": "managed", "type": "boolean"},
    {"key": "bought", "type": "date"},
    {"key": "seen", "type": "datetime"},
    {"key": "zones", "type": "multi-select", "choices": ["red", "green", "blue"]},
    {"key": "link", "type": "url"},
    {"key": "text_md", "type": "markdown"},
    {"key": "facts", "type": "json"},
    {"key": "last_backup", "type": "date"},
    {"key": "last_backup_at", "type": "datetime"},
    {"key": "last_backup_text", "type": "text"},
)
FADING = {"key": "fading", "type": "text"}
"""One test disables it while others run, which leave it alone."""

_ROLES = ("router", "access-switch", "firewall", "Router")
_PLATFORMS = (
    ("Cisco IOS", "cisco_ios", "Cisco", "C9300"),
    ("Cisco NXOS", "cisco_nxos", "Cisco", "N9K"),
    ("Arista EOS", "arista_eos", "Arista", "7050X3"),
    ("Juniper Junos", "juniper_junos", "Juniper", "MX204"),
    ("FRR", "frr", "FRRouting", "Linux box"),
    (None, None, "Ciena", "6500"),
)
_TENANTS = ("Acme", "Globex", None)
_STATUSES = ("Active", "Active", "Active", "Planned", "Decommissioning")


def estate(release: Release = DEMO, count: int = COUNT) -> dict[str, Any]:
    """The estate as ``netcellar.demo.nautobot.running`` takes it; the same for the same ``count``."""
    fields = [*fields_of(release), FADING]
    known = {field["key"] for field in fields}
    devices = [_device(number) for number in range(count)]
    for device in devices:
        device["custom_fields"] = {key: value for key, value in device["custom_fields"].items() if key in known}
    return {"custom_fields": fields, "devices": devices}


def fields_of(release: Release) -> list[dict[str, Any]]:
    """The custom fields of the estate, of the types that a version has."""
    return [field for field in CUSTOM_FIELDS if field["type"] != "datetime" or release != OLD]


def _device(number: int) -> dict[str, Any]:
    platform, driver, manufacturer, model = _PLATFORMS[number % 6]
    return {
        "name": HOSTILE[number] if number < len(HOSTILE) else f"dev{number:04d}",
        "role": _ROLES[number % 4],
        "status": _STATUSES[number % 5],
        "locations": _locations(number),
        "platform": platform,
        "network_driver": driver,
        "manufacturer": manufacturer,
        "device_type": model,
        "tenant": _TENANTS[number % 3],
        "tags": [tag for tag, every in (("backup", 2), ("core", 3), ("Backup", 7)) if number % every == 0],
        "serial": f"SN{number:05d}" if number % 9 else "",
        "asset_tag": f"A-{number}" if number % 4 == 0 else None,
        "primary_ip": f"10.9.{number // 250}.{number % 250 + 1}/24" if number % 20 else None,
        "custom_fields": dict(_values(number)),
    }


def _locations(number: int) -> list[list[str]]:
    """Two cities are called Springfield, and every city has rooms of the same names."""
    region, city, room = number % 2, number // 2 % 3, number // 6 % 2
    names = (("Berlin", "Springfield", "Köln"), ("Paris", "Springfield", "Lyon"))
    chain = [["Region", ("East", "West")[region]], ["City", names[region][city]]]
    return chain if number % 11 == 0 else [*chain, ["Room", f"Room {room}"]]


def _values(number: int) -> Iterator[tuple[str, Any]]:
    """Each field has devices with a value, with null, and without the key."""
    options: dict[str, tuple[Any, ...]] = {
        "site": ("production", "lab", None),
        "cycle": ("daily", "weekly", None),
        "note": ("Core", "core", "edge router", None, "null", "50%_off", "a\\b"),
        "remark": ("Alpha", "alphabet", None),
        "hidden": ("x", "y"),
        "Upper": ("u1", "u2"),
        "slot": (0, 1, 42, None, -5),
        "managed": (True, False, None),
        "bought": tuple(str(date(2025, 1, 1) + timedelta(days=day)) for day in range(30)),
        "seen": ("2025-06-01T05:00:00Z", "2025-06-05T17:00:00Z", None),
        "zones": (["red"], ["red", "green"], ["blue"], [], None),
        "link": ("https://a.example/", "https://b.example/", None),
        "text_md": ("**bold**", None),
        "fading": ("a", "b", None),
        "facts": ({"n": 1, "s": "abc"}, {"n": 2.5}, {"n": 3, "s": "Abd"}, None),
    }
    for place, (key, values) in enumerate(options.items()):
        if (number + place) % 10:
            yield key, values[(number // (place + 5)) % len(values)]
