# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which leaf may be sent to Nautobot as a filter, and how filters on one argument are put together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .condition import All, Any_, Condition, Everything, Leaf, Not
from .field_table import LISTS, OPPOSITE
from .fields import CustomField, Schema
from .push_rules import CUSTOM_RULES, STANDARD, Join, Rule, Rules
from .values import like_uuid

_CUSTOM_KEY = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_INT = range(-(2**31), 2**31)
_BY_NAME = frozenset({"role", "status", "tenant", "platform", "device_type", "manufacturer", "tag"})
_FOLDED = frozenset({"contains", "starts_with", "ends_with"})


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


def positive(condition: Condition, negated: bool = False) -> Condition:
    """The same condition with each ``not`` moved down to the leaves and into their operators."""
    if isinstance(condition, Not):
        return positive(condition.item, not negated)
    if isinstance(condition, Everything):
        return Not(condition) if negated else condition
    if isinstance(condition, Leaf):
        return _opposite(condition) if negated else condition
    items = tuple(positive(item, negated) for item in condition.items)
    return All(items) if isinstance(condition, All) != negated else Any_(items)


def _opposite(leaf: Leaf) -> Condition:
    opposite = OPPOSITE.get(leaf.operator)
    return replace(leaf, operator=opposite) if opposite else Not(leaf)


def filter_of(leaf: Leaf, schema: Schema) -> Filter | None:
    """The filter that a leaf becomes, or None where only we can decide it."""
    leaf = _plain(leaf)
    name, rules = _rules(leaf, schema)
    rule = rules.get(leaf.operator)
    if rule is None or not _known(f"{name}{rule.lookup}", rule, schema):
        return None
    values = tuple(rule.sent(value) for value in _listed(leaf.value))
    if not all(_sendable(value, leaf) for value in values):
        return None
    return Filter(f"{name}{rule.lookup}", rule.type, rule.join, tuple(dict.fromkeys(values)), (leaf,))


def alternatives(leaf: Leaf) -> Iterator[Leaf]:
    """A leaf of a list as one leaf for each value, any of which holds."""
    if leaf.operator == "in":
        for value in leaf.value:
            yield replace(leaf, operator="equals", value=value)


def joined(first: Filter, second: Filter) -> Filter:
    """Two filters on one argument that must both hold. Where one request cannot say so, the first alone: wider."""
    if first.join in {"and", "none"}:
        return united(first, second)
    return first


def fusible(first: Filter, second: Filter) -> bool:
    """Whether two filters of which one must hold can be one list of alternatives."""
    return first.argument == second.argument and first.join == second.join == "or"


def covers(wide: Filter, narrow: Filter) -> bool:
    """Whether a filter finds all that another on the same argument finds."""
    if wide.join != narrow.join:
        return False
    if wide.join == "or":
        return set(narrow.values) <= set(wide.values)
    if wide.join == "one":
        return wide.values == narrow.values
    return set(wide.values) <= set(narrow.values)


def united(first: Filter, second: Filter) -> Filter:
    """One filter with the values and leaves of both."""
    values = tuple(dict.fromkeys((*first.values, *second.values)))
    return replace(first, values=values, leaves=(*first.leaves, *second.leaves))


def _plain(leaf: Leaf) -> Leaf:
    """A list of one value as that value; ``has_primary_ip`` is never absent, so its negation is the other value."""
    if leaf.operator in LISTS and len(leaf.value) == 1:
        return replace(leaf, operator="equals" if leaf.operator == "in" else "not_equals", value=leaf.value[0])
    if leaf.field == "has_primary_ip" and leaf.operator == "not_equals":
        return replace(leaf, operator="equals", value=not leaf.value)
    return leaf


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _rules(leaf: Leaf, schema: Schema) -> tuple[str, Rules]:
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


def _sendable(value: Any, leaf: Leaf) -> bool:
    if value is None or isinstance(value, bool):
        return value is not None
    if isinstance(value, int):
        return value in _INT
    if not sendable_text(value) or (leaf.field in _BY_NAME and like_uuid(value)):
        return False
    return value.isascii() or leaf.operator not in _FOLDED


def sendable_text(value: str) -> bool:
    """Whether the server reads the text as it is: it strips blanks, and takes "null" for no value."""
    if not value or value != value.strip() or value.lower() == "null":
        return False
    return not any(unicodedata.category(char) in {"Cc", "Cs"} for char in value)
