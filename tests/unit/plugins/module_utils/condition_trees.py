"""Random devices and random conditions, with the odd values that have broken others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    Condition,
    Everything,
    Leaf,
    Not,
)
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.field_table import ALLOWED, LISTS, kind_of
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from hypothesis import strategies as st

NAMED_LIKE_AN_ID = "0a1b2c3d-0000-4000-8000-000000000001"
NOW = datetime(2026, 1, 3, tzinfo=UTC)
UUID = "f6736b96-f322-4f12-8fae-0106feb1face"
TEXTS = ("a", "A", "ab", "aB b", " a", "null", "Straße", "STRASSE", "\u212a1", "k1", "é", "É", "50%", "a_b", UUID)
NAMES = ("router", "Router", "route", "null", UUID, "core switch")
PLACES = (
    (Place("Europe", "Region", "a" * 8), Place("Berlin", "City", "b" * 8), Place("Room 0", "Room", UUID)),
    (Place("Europe", "Region", "a" * 8), Place("Bonn", "City", "c" * 8), Place("Room 0", "Room", "d" * 8)),
    (Place("Berlin", "Region", "e" * 8),),
    (Place("Berlin", "City", "b" * 8), Place(NAMED_LIKE_AN_ID, "Room", "f" * 8)),
)
TYPES = {
    "text": "text",
    "loose": "text",
    "url": "url",
    "md": "markdown",
    "sel": "select",
    "multi": "multi-select",
    "number": "integer",
    "day": "date",
    "time": "datetime",
    "facts": "json",
    "flag": "boolean",
    "Upper": "text",
    "off": "text",
}
STORED: dict[str, tuple[Any, ...]] = {
    "text": TEXTS,
    "url": TEXTS,
    "markdown": TEXTS,
    "select": TEXTS,
    "integer": (0, 1, 5, 2**40),
    "date": ("2026-01-01", "2026-01-02"),
    "boolean": (True, False),
    "datetime": ("2026-01-01T05:00:00Z", "2026-01-01T05:00:00+00:00", "2026-01-02T01:00:00+05:00"),
    "json": ({"n": 1, "s": "v1", "l": ["a", "ab", True]}, {"n": True, "l": []}, [], {}, "a", 5, [1, "b"]),
}
SCHEMA = Schema(
    {
        key: CustomField(key, kind, {"loose": "loose", "off": "disabled"}.get(key, "exact"))
        for key, kind in TYPES.items()
    }
)
VALUES: dict[str, tuple[Any, ...]] = {
    "name": TEXTS,
    "id": ("1", "2", UUID),
    "location": (
        "Europe",
        "Berlin",
        "Room 0",
        UUID,
        {"name": "Berlin", "type": "City"},
        {"name": NAMED_LIKE_AN_ID, "type": "Room"},
    ),
    "location.parent": ("Europe", "Berlin", {"name": "Berlin", "type": "Region"}),
    "role": NAMES,
    "status": NAMES,
    "tenant": NAMES,
    "platform": NAMES,
    "device_type": NAMES,
    "manufacturer": NAMES,
    "network_driver": TEXTS,
    "serial": TEXTS,
    "asset_tag": TEXTS,
    "tag": ("core", "edge", "null", UUID),
    "has_primary_ip": (True, False),
    "primary_ip": ("10.0.0.1", "10.0.0.2", "2001:db8::1"),
    "cf_facts": ("a", 5, True),
    "cf_facts.n": (1, 1.0, True, 2),
    "cf_facts.s": ("v1", "V"),
    "cf_facts.l": ("a", "b", True),
    "cf_facts.l.0": ("a", "A"),
}
VALUES |= {
    f"cf_{key}": ("a", "ab", "null") if kind == "multi-select" else STORED[kind]
    for key, kind in TYPES.items()
    if kind != "json"
}
SPECIAL: dict[str, tuple[Any, ...]] = {
    "text": TEXTS,
    "pattern": ("^a", "b$", "[0-9]|é", "(?i)STRASSE", "^$", " "),
    "duration": ("1d", "12h", "4w", "43h"),
    "prefix": ("10.0.0.0/8", "10.0.0.1/32", "2001:db8::/32", "0.0.0.0/0"),
    "moment": ("2026-01-01", "2026-01-01T05:00:00Z", "2026-01-01 20:00"),
    "number": (0, 1, 1.5, 5),
    "nothing": (None,),
}
"""What stands as a value where it is not of the field's own type."""

KNOWN = {field: {value for value in values if isinstance(value, str)} for field, values in VALUES.items()}


def _custom() -> st.SearchStrategy[dict[str, Any]]:
    stored: dict[str, st.SearchStrategy[Any]] = {
        key: st.none() | st.sampled_from(STORED[kind]) for key, kind in TYPES.items() if kind != "multi-select"
    }
    stored["multi"] = st.none() | st.lists(st.sampled_from(("a", "ab", "null")), max_size=2, unique=True)
    return st.fixed_dictionaries({}, optional=stored)


def _device(device_id: str) -> st.SearchStrategy[Device]:
    named = {field: st.none() | st.sampled_from(NAMES) for field in ("tenant", "platform")}
    named |= {field: st.sampled_from(NAMES) for field in ("role", "status", "device_type", "manufacturer")}
    texts = {field: st.none() | st.sampled_from(TEXTS) for field in ("name", "serial", "asset_tag", "network_driver")}
    return st.builds(
        Device,
        id=st.just(device_id),
        location=st.sampled_from(PLACES),
        tags=st.lists(st.sampled_from(VALUES["tag"]), max_size=3, unique=True).map(tuple),
        primary_ip=st.sampled_from((None, "10.0.0.1/24", "10.0.0.2", "2001:DB8:0::1/64", "host.example.net")),
        custom_fields=_custom(),
        **named,
        **texts,
    )


def devices() -> st.SearchStrategy[tuple[Device, ...]]:
    """Eight devices, with absent values of every kind."""
    return st.tuples(*(_device(str(number)) for number in range(8)))


@st.composite
def checked_leaves(draw: st.DrawFn) -> Leaf:
    """One leaf as ``check`` gives it, with a position of its own."""
    field = draw(st.sampled_from(sorted(VALUES)))
    type_ = SCHEMA.type_of(Leaf(field, "equals", None))
    operator = draw(st.sampled_from(ALLOWED[type_]))
    kind = kind_of(type_, operator)
    value: Any = st.sampled_from(VALUES[field] if kind == type_ else SPECIAL[kind])
    if operator in LISTS:
        value = st.lists(value, min_size=1, max_size=3).map(tuple)
    where = f"match.{draw(st.integers(0, 10**9))}"
    leaf = check(Leaf(field, operator, draw(value), where), SCHEMA, NOW)
    assert isinstance(leaf, Leaf)
    return leaf


def conditions() -> st.SearchStrategy[Condition]:
    """Checked trees to any depth."""

    def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        items = st.lists(inner, min_size=1, max_size=4).map(tuple)
        return st.builds(All, items) | st.builds(Any_, items) | st.builds(Not, inner)

    leaf: st.SearchStrategy[Condition] = checked_leaves()
    return st.recursive(leaf, grown, max_leaves=8) | st.just(Everything())
