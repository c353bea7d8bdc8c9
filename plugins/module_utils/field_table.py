# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The language of conditions as tables: the fields, the operators, and which type of field takes which operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

FieldType = Literal[
    "text", "named", "location", "tags", "boolean", "integer", "date", "select", "multi-select", "markdown"
]
Operator = Literal["equals", "not_equals", "in", "not_in", "contains", "not_contains"]

OPERATORS: tuple[Operator, ...] = get_args(Operator)
CUSTOM = "cf_"

LISTS: frozenset[str] = frozenset({"in", "not_in"})
"""Operators whose value is a list."""

OPPOSITE: Mapping[str, Operator] = {
    "equals": "not_equals",
    "not_equals": "equals",
    "in": "not_in",
    "not_in": "in",
    "contains": "not_contains",
    "not_contains": "contains",
}
"""``not`` around a leaf with the first operator means the same as the leaf with the second, for absent values too."""

NEGATIVE: frozenset[str] = frozenset({"not_equals", "not_in", "not_contains"})
"""Operators that hold for a device without a value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that every device has: its type, and the attribute of ``Device`` that holds it."""

    type: FieldType
    attribute: str


FIELDS: Mapping[str, Field] = {
    "name": Field("text", "name"),
    "id": Field("text", "id"),
    "location": Field("location", "location"),
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
}

CUSTOM_TYPES: Mapping[str, FieldType] = {
    "text": "text",
    "url": "text",
    "markdown": "markdown",
    "select": "select",
    "multi-select": "multi-select",
    "integer": "integer",
    "date": "date",
    "boolean": "boolean",
}
"""The type of a custom field, as Nautobot names it, and how conditions treat it."""

_EXACT: tuple[Operator, ...] = ("equals", "not_equals", "in", "not_in")

ALLOWED: Mapping[FieldType, tuple[Operator, ...]] = {
    "text": OPERATORS,
    "markdown": OPERATORS,
    "named": OPERATORS,
    "location": OPERATORS,
    "tags": OPERATORS,
    "select": OPERATORS,
    "multi-select": OPERATORS,
    "boolean": ("equals", "not_equals"),
    "integer": _EXACT,
    "date": _EXACT,
}
"""The operators of each type."""

EXPECTED: Mapping[FieldType, str] = {
    "text": "text",
    "markdown": "text",
    "named": "a name (text)",
    "location": "the name or id of a location (text)",
    "tags": "the name of a tag (text)",
    "select": "one of the field's choices (text)",
    "multi-select": "one of the field's choices (text)",
    "boolean": "true or false, without quotes",
    "integer": "a whole number, without quotes",
    "date": "a date as YYYY-MM-DD",
}
"""What a value of each type looks like, for error messages."""
