# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The language of conditions as tables: the fields, the operators, which type takes which operator, and null logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

FieldType = Literal[
    "text",
    "named",
    "location",
    "tags",
    "address",
    "boolean",
    "integer",
    "date",
    "datetime",
    "select",
    "multi-select",
    "markdown",
    "json",
]
Operator = Literal[
    "equals",
    "not_equals",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "matches",
    "gt",
    "gte",
    "lt",
    "lte",
    "before",
    "after",
    "older_than",
    "newer_than",
    "is_set",
    "is_empty",
    "within",
    "within_include",
]
ValueKind = Literal[FieldType, "nothing", "number", "moment", "duration", "pattern", "prefix"]
"""What may stand as the value of a leaf: a value of the field's type, or what the operator asks for instead."""

OPERATORS: tuple[Operator, ...] = get_args(Operator)
CUSTOM = "cf_"

LISTS: frozenset[str] = frozenset({"in", "not_in"})
"""Operators whose value is a list."""

BARE: frozenset[str] = frozenset({"is_set", "is_empty"})
"""Operators without a value."""

ALIASES: Mapping[str, Operator] = {
    "=": "equals",
    "==": "equals",
    "eq": "equals",
    "is": "equals",
    "exact": "equals",
    "!=": "not_equals",
    "ne": "not_equals",
    "is_not": "not_equals",
    "greater_than": "gt",
    ">": "gt",
    ">=": "gte",
    "less_than": "lt",
    "<": "lt",
    "<=": "lte",
    "startswith": "starts_with",
    "endswith": "ends_with",
    "regex": "matches",
    "is_not_empty": "is_set",
    "isset": "is_set",
    "exists": "is_set",
    "empty": "is_empty",
    "not_set": "is_empty",
}
"""What other tools call our operators: taken from their files, and a hint where one stands in ours."""

OPPOSITE: Mapping[str, Operator] = {
    "equals": "not_equals",
    "not_equals": "equals",
    "in": "not_in",
    "not_in": "in",
    "contains": "not_contains",
    "not_contains": "contains",
    "is_set": "is_empty",
    "is_empty": "is_set",
}
"""``not`` around a leaf with the first operator means the same as the leaf with the second, for absent values too.

``gt`` and ``lte`` are no such pair: neither holds for a device without a value.
"""

NEGATIVE: frozenset[str] = frozenset({"not_equals", "not_in", "not_contains", "is_empty"})
"""The null logic: a device without a value fulfils these operators, and no other."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that every device has: its type, and the attribute of ``Device`` that holds it."""

    type: FieldType
    attribute: str


FIELDS: Mapping[str, Field] = {
    "name": Field("text", "name"),
    "id": Field("text", "id"),
    "location": Field("location", "location"),
    "location.parent": Field("location", "location"),
    "role": Field("named", "role"),
    "status": Field("named", "status"),
    "tag": Field("tags", "tags"),
    "tenant": Field("named", "tenant"),
    "platform": Field("named", "platform"),
    "network_driver": Field("text", "network_driver"),
    "device_type": Field("named", "device_type"),
    "manufacturer": Field("named", "manufacturer"),
    "rack": Field("named", "rack"),
    "serial": Field("text", "serial"),
    "asset_tag": Field("text", "asset_tag"),
    "has_primary_ip": Field("boolean", "primary_ip"),
    "primary_ip": Field("address", "primary_ip"),
}

CUSTOM_TYPES: Mapping[str, FieldType] = {
    "text": "text",
    "url": "text",
    "markdown": "markdown",
    "select": "select",
    "multi-select": "multi-select",
    "integer": "integer",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
    "json": "json",
}
"""The type of a custom field, as Nautobot names it, and how conditions treat it."""

_EXACT: tuple[Operator, ...] = ("equals", "not_equals", "in", "not_in")
_PRESENCE: tuple[Operator, ...] = ("is_set", "is_empty")
_ORDER: tuple[Operator, ...] = ("gt", "gte", "lt", "lte")
_PARTS: tuple[Operator, ...] = ("contains", "not_contains", "starts_with", "ends_with", "matches")
_TEXT = (*_EXACT, *_PARTS, *_PRESENCE)
_TIME: tuple[Operator, ...] = (*_EXACT, *_ORDER, "before", "after", "older_than", "newer_than", *_PRESENCE)

ALLOWED: Mapping[FieldType, tuple[Operator, ...]] = {
    "text": _TEXT,
    "markdown": _TEXT,
    "named": _TEXT,
    "location": _TEXT,
    "tags": _TEXT,
    "select": _TEXT,
    "multi-select": _TEXT,
    "boolean": ("equals", "not_equals", *_PRESENCE),
    "integer": (*_EXACT, *_ORDER, *_PRESENCE),
    "date": _TIME,
    "datetime": _TIME,
    "json": (*_EXACT, *_PARTS, *_ORDER, *_PRESENCE),
    "address": (*_EXACT, "within", "within_include", *_PRESENCE),
}
"""The operators of each type."""

_KINDS: Mapping[str, ValueKind] = {
    "starts_with": "text",
    "ends_with": "text",
    "matches": "pattern",
    "older_than": "duration",
    "newer_than": "duration",
    "within": "prefix",
    "within_include": "prefix",
    "is_set": "nothing",
    "is_empty": "nothing",
}


def kind_of(type_: FieldType, operator: str) -> ValueKind:
    """What the value of a leaf must be."""
    if operator in _KINDS:
        return _KINDS[operator]
    if operator.endswith("contains") and type_ in {"named", "location"}:
        return "text"
    if type_ == "json" and operator in _ORDER:
        return "number"
    if type_ == "datetime" and operator not in _EXACT:
        return "moment"
    return type_


EXPECTED: Mapping[ValueKind, str] = {
    "text": "text",
    "markdown": "text",
    "named": "a name (text)",
    "location": "the name or id of a location, or {name: …, type: …} (text)",
    "tags": "the name of a tag (text)",
    "select": "one of the field's choices (text)",
    "multi-select": "one of the field's choices (text)",
    "boolean": "true or false, without quotes",
    "integer": "a whole number, without quotes",
    "number": "a number, without quotes",
    "date": "a date as YYYY-MM-DD",
    "datetime": "a date and time as YYYY-MM-DDThh:mm:ssZ",
    "moment": "a date as YYYY-MM-DD, or a date and time as YYYY-MM-DDThh:mm:ssZ",
    "duration": "a duration like 12h, 2d or 4w",
    "json": "text, a number, true or false",
    "address": "an IP address without a prefix length, like 10.0.0.1",
    "prefix": "a prefix, like 10.0.0.0/8",
    "pattern": "a regular expression (text)",
    "nothing": "no value",
}
"""What a value of each kind looks like, for error messages."""
