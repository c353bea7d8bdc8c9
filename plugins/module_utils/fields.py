# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the source of truth knows of its custom fields, and the typing of every value before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from .condition import All, Any_, Condition, ConditionError, Everything, Leaf, Not
from .field_table import ALLOWED, CUSTOM, CUSTOM_TYPES, EXPECTED, FIELDS, LISTS, FieldType, ValueKind, kind_of
from .hints import did_you_mean
from .values import Unfit, like_duration, typed

_CHOOSING = frozenset({"equals", "not_equals", "in", "not_in"})


def key_of(name: str) -> str:
    """The key of the custom field that ``cf_<key>`` or ``cf_<key>.<path>`` names."""
    return name.removeprefix(CUSTOM).partition(".")[0]


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field as its source defines it.

    ``type`` and ``filter_logic`` (exact, loose, disabled) are Nautobot's words; ``choices`` is None where unknown.
    """

    key: str
    type: str
    filter_logic: str = "exact"
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The custom fields by key, and the arguments of ``devices()`` in the running GraphQL schema with their types.

    ``arguments`` looks like ``{"role": "[String]", "cf_site": "[String]"}``; None means that nobody asked the server.
    """

    custom_fields: Mapping[str, CustomField] = field(default_factory=dict)
    arguments: Mapping[str, str] | None = None

    def custom(self, name: str) -> CustomField | None:
        """The custom field that the condition's field ``cf_<key>`` names, or None."""
        return self.custom_fields.get(key_of(name)) if name.startswith(CUSTOM) else None

    def type_of(self, leaf: Leaf) -> FieldType:
        """The type of a leaf's field; ConditionError where the source has no such field."""
        if leaf.field in FIELDS:
            return FIELDS[leaf.field].type
        where = f"{leaf.where}.field"
        custom = self.custom(leaf.field)
        if custom is None:
            known = [f"{CUSTOM}{key}" for key in self.custom_fields]
            raise ConditionError(
                where, f"the source has no custom field {leaf.field!r}", remedy=did_you_mean(leaf.field, known)
            )
        if "." in leaf.field and custom.type != "json":
            raise ConditionError(
                where, f"{leaf.field} reaches into {CUSTOM}{custom.key}, which is of type {custom.type}, not json"
            )
        if custom.type not in CUSTOM_TYPES:
            raise ConditionError(where, f"{leaf.field} is of type {custom.type}, which conditions cannot compare")
        return CUSTOM_TYPES[custom.type]


def check(condition: Condition, schema: Schema, now: datetime | None = None) -> Condition:
    """The condition with every value typed (see ``values.typed``), lists as tuples.

    ``now`` is needed where a condition has relative dates. Raises ConditionError that names position, field, the type
    expected and the value given.
    """
    if isinstance(condition, Leaf):
        return _check_leaf(condition, schema, now)
    if isinstance(condition, Not):
        return Not(check(condition.item, schema, now))
    if isinstance(condition, Everything):
        return condition
    items = tuple(check(item, schema, now) for item in condition.items)
    return All(items) if isinstance(condition, All) else Any_(items)


def _check_leaf(leaf: Leaf, schema: Schema, now: datetime | None) -> Leaf:
    type_ = schema.type_of(leaf)
    if leaf.operator not in ALLOWED[type_]:
        raise ConditionError(
            f"{leaf.where}.operator",
            f"{leaf.field} is of type {type_} and cannot be compared with {leaf.operator}",
            remedy=f"operators of this type: {', '.join(ALLOWED[type_])}",
        )
    kind = kind_of(type_, leaf.operator)
    if leaf.operator not in LISTS:
        value = _typed(leaf, kind, leaf.value, schema, now)
        return replace(leaf, type=type_, value=value, given=leaf.value)
    if not isinstance(leaf.value, tuple) or not leaf.value:
        raise ConditionError(
            f"{leaf.where}.value",
            f"{leaf.operator} needs a list with at least one value, not {_shown(leaf.value)}",
            remedy="write `value: [a, b]`",
        )
    values = tuple(_typed(leaf, kind, value, schema, now) for value in leaf.value)
    return replace(leaf, type=type_, value=values, given=leaf.value)


def _typed(leaf: Leaf, kind: ValueKind, value: Any, schema: Schema, now: datetime | None) -> Any:
    where = f"{leaf.where}.value"
    try:
        found = typed(kind, value, now)
    except Unfit as fault:
        raise ConditionError(where, f"{leaf.field} {leaf.operator}: {fault.message}", remedy=fault.remedy) from None
    if found is None and kind != "nothing":
        raise ConditionError(
            where, f"{leaf.field} needs {EXPECTED[kind]}, not {_shown(value)}", remedy=_remedy(leaf, kind, value)
        )
    custom = schema.custom(leaf.field)
    if custom and custom.choices and _whole(leaf, custom) and found not in custom.choices:
        raise ConditionError(where, f"{leaf.field} has no choice {value!r}", remedy=did_you_mean(value, custom.choices))
    return found


def _whole(leaf: Leaf, custom: CustomField) -> bool:
    """Whether the operator looks for one of the choices, not for a part of one or for any."""
    return leaf.operator in _CHOOSING or (custom.type == "multi-select" and leaf.operator.endswith("contains"))


def _remedy(leaf: Leaf, kind: ValueKind, value: Any) -> str:
    if isinstance(value, tuple):
        if not {"in", "not_in"} & set(ALLOWED[leaf.type or "text"]) or leaf.operator not in _CHOOSING:
            return "write one value; several go into several conditions in an `any`"
        return f"for a list use the operator {'not_in' if leaf.operator.startswith('not') else 'in'}"
    if value is None or value == "":
        return "an empty value would match every device on the server: write the value that is meant"
    if isinstance(value, Mapping):
        return "write {name: …, type: …} with these two keys" if kind == "location" else "write one value"
    return _as_meant(kind, value)


def _as_meant(kind: ValueKind, value: Any) -> str:
    if kind == "duration" and like_duration(value):
        return f'write "{like_duration(value)}"'
    if kind == "datetime" and isinstance(value, date):
        return "write the whole moment, or compare the day with after and before"
    if EXPECTED[kind].endswith(("text", "text)")) and not isinstance(value, str):
        return f'put it in quotes: value: "{value}"'
    return ""


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        return f"the list [{', '.join(map(str, value))}]"
    if isinstance(value, date):
        return f"{value.isoformat()} ({type(value).__name__})"
    return f"{value!r} ({type(value).__name__})"
