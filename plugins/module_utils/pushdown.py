# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which leaf may be sent to Nautobot as a filter, and how filters on one argument are put together.

Measured on Nautobot 2.4.44 and 3.2.7. A row of the tables stands here only because the
server's answer is a superset of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .condition import All, Any_, Condition, Everything, Leaf, Not
from .field_table import CUSTOM, LISTS, OPPOSITE
from .fields import CustomField, Schema, like_uuid

Join = Literal["or", "and", "none", "one"]
"""How the server reads the argument's list: any of it, all of it, none of it; or it takes one value, not a list."""

_CUSTOM_KEY = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_INT = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to ask: the lookup after the argument's name, the argument's GraphQL type, how its values join."""

    lookup: str
    type: str
    join: Join


@dataclass(frozen=True, slots=True)
class Filter:
    """One argument of ``devices()`` with its values, and the leaves that it stands for."""

    argument: str
    type: str
    join: Join
    values: tuple[Any, ...]
    leaves: tuple[Leaf, ...]

    @property
    def variable(self) -> Any:
        """The value of the GraphQL variable: a list, or the one value where the argument takes no list."""
        return list(self.values) if self.type.startswith("[") else self.values[0]


_ANY_OF = Rule("", "[String]", "or")
_ALL_OF = Rule("", "[String]", "and")
_NONE_OF = Rule("__n", "[String]", "none")
_CONTAINS = Rule("__ic", "[String]", "or")
_ONE_TEXT = Rule("", "String", "one")

_NAMED: Mapping[str, Rule] = {"equals": _ANY_OF, "in": _ANY_OF, "not_equals": _NONE_OF, "not_in": _NONE_OF}
_CHARS: Mapping[str, Rule] = {"equals": _ANY_OF, "in": _ANY_OF}

STANDARD: Mapping[str, tuple[str, Mapping[str, Rule]]] = {
    "name": ("name", {**_CHARS, "contains": _CONTAINS}),
    "serial": ("serial", _CHARS),
    "asset_tag": ("asset_tag", _CHARS),
    "location": ("location", _NAMED),
    "role": ("role", _NAMED),
    "status": ("status", _NAMED),
    "tenant": ("tenant", _NAMED),
    "platform": ("platform", _NAMED),
    "device_type": ("device_type", _NAMED),
    "manufacturer": ("manufacturer", _NAMED),
    "tag": (
        "tags",
        {
            "equals": _ALL_OF,
            "contains": _ALL_OF,
            "not_equals": _NONE_OF,
            "not_in": _NONE_OF,
            "not_contains": _NONE_OF,
        },
    ),
    "has_primary_ip": ("has_primary_ip", {"equals": Rule("", "Boolean", "one")}),
}
"""Field to argument, and operator to rule. What is not here is decided by us alone."""

_TEXT: Mapping[str, Rule] = {
    "equals": _ONE_TEXT,
    "in": _CONTAINS,  # the plain argument takes no list; text that is equal is also contained
    "contains": _CONTAINS,
    "not_equals": _NONE_OF,
    "not_in": _NONE_OF,
}

CUSTOM_RULES: Mapping[str, Mapping[str, Rule]] = {
    "text": _TEXT,
    "url": _TEXT,
    "markdown": {"equals": _ONE_TEXT},
    "select": {**_NAMED, "contains": _CONTAINS},
    "multi-select": {**_NAMED, "contains": _ANY_OF, "not_contains": _NONE_OF},
    "integer": {
        "equals": Rule("", "Int", "one"),
        "not_equals": Rule("__n", "[Int]", "none"),
        "not_in": Rule("__n", "[Int]", "none"),
    },
    "date": {"equals": _ONE_TEXT, "not_equals": _NONE_OF, "not_in": _NONE_OF},
    "boolean": {"equals": Rule("", "Boolean", "one")},
}
"""The same for custom fields, by their type."""


def positive(condition: Condition, negated: bool = False) -> Condition:
    """The same condition with each ``not`` moved down to the leaves and into their operators."""
    if isinstance(condition, Not):
        return positive(condition.item, not negated)
    if isinstance(condition, Everything):
        return Not(condition) if negated else condition
    if isinstance(condition, Leaf):
        return replace(condition, operator=OPPOSITE[condition.operator]) if negated else condition
    items = tuple(positive(item, negated) for item in condition.items)
    return All(items) if isinstance(condition, All) != negated else Any_(items)


def filter_of(leaf: Leaf, schema: Schema) -> Filter | None:
    """The filter that a leaf becomes, or None where only we can decide it."""
    leaf = _plain(leaf)
    name, rules = _rules(leaf, schema)
    rule = rules.get(leaf.operator)
    if rule is None or not _known(f"{name}{rule.lookup}", rule, schema):
        return None
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    by_name = leaf.field not in {"location", "name", "serial", "asset_tag"} and not leaf.field.startswith(CUSTOM)
    if not all(_sendable(value, by_name=by_name, folded=leaf.operator == "contains") for value in values):
        return None
    return Filter(f"{name}{rule.lookup}", rule.type, rule.join, values, (leaf,))


def joined(first: Filter, second: Filter) -> Filter:
    """Two filters on one argument that must both hold. Where one request cannot say so, the first alone: wider."""
    if first.join in {"and", "none"}:
        return _united(first, second)
    return first


def merged(filters: Sequence[Filter | None]) -> Filter | None:
    """Alternatives as one filter: only on one argument that takes a list of alternatives."""
    first = filters[0]
    if len(filters) == 1 or first is None:
        return first
    for item in filters[1:]:
        if item is None or item.argument != first.argument or item.join != "or":
            return None
        first = _united(first, item)
    return first


def _united(first: Filter, second: Filter) -> Filter:
    values = tuple(dict.fromkeys((*first.values, *second.values)))
    return replace(first, values=values, leaves=(*first.leaves, *second.leaves))


def _plain(leaf: Leaf) -> Leaf:
    """A list of one value as that value; ``has_primary_ip`` is never absent, so its negation is the other value."""
    if leaf.operator in LISTS and len(leaf.value) == 1:
        return replace(leaf, operator="equals" if leaf.operator == "in" else "not_equals", value=leaf.value[0])
    if leaf.field == "has_primary_ip" and leaf.operator == "not_equals":
        return replace(leaf, operator="equals", value=not leaf.value)
    return leaf


def _rules(leaf: Leaf, schema: Schema) -> tuple[str, Mapping[str, Rule]]:
    if leaf.field in STANDARD:
        return STANDARD[leaf.field]
    custom = schema.custom(leaf.field)
    if custom is None or not _filterable(custom, schema):
        return leaf.field, {}
    return leaf.field, CUSTOM_RULES.get(custom.type, {})


def _filterable(custom: CustomField, schema: Schema) -> bool:
    """Whether Nautobot makes arguments for the field: not when disabled, nor for a key with an upper-case letter.

    A key that looks like another field's lookup (``site__n`` beside ``site``) would ask for that one instead.
    """
    if custom.filter_logic == "disabled" or not _CUSTOM_KEY.fullmatch(custom.key) or "__" in custom.key:
        return False
    return not any(key.startswith(f"{custom.key}__") for key in schema.custom_fields)


def _known(argument: str, rule: Rule, schema: Schema) -> bool:
    """A running server does not know a custom field made after its start; unknown arguments are an error."""
    return schema.arguments is None or schema.arguments.get(argument) == rule.type


def _sendable(value: Any, *, by_name: bool, folded: bool) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return value in _INT
    return _sendable_text(value) and not (by_name and like_uuid(value)) and not (folded and not value.isascii())


def _sendable_text(value: str) -> bool:
    """Whether the server reads the text as it is: it strips blanks, and takes "null" for no value."""
    if not value or value != value.strip() or value.lower() == "null":
        return False
    return not any(unicodedata.category(char) in {"Cc", "Cs"} for char in value)
