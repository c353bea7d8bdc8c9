# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the source of truth knows of its custom fields, and the typing of every value before anything is sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from .condition import All, Any_, Condition, ConditionError, Everything, Leaf, Not
from .field_table import ALLOWED, CUSTOM, CUSTOM_TYPES, EXPECTED, FIELDS, LISTS, FieldType
from .hints import did_you_mean

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


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
        return self.custom_fields.get(name.removeprefix(CUSTOM)) if name.startswith(CUSTOM) else None

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
        if custom.type not in CUSTOM_TYPES:
            raise ConditionError(where, f"{leaf.field} is of type {custom.type}, which conditions cannot compare")
        return CUSTOM_TYPES[custom.type]


@lru_cache(maxsize=4096)
def like_uuid(value: str) -> bool:
    """Whether Nautobot would take the text for an id where a name or an id may stand."""
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def check(condition: Condition, schema: Schema) -> Condition:
    """The condition with every value typed: text, int, bool, dates as ``YYYY-MM-DD``, lists as tuples.

    Raises ConditionError that names position, field, the type expected and the value given.
    """
    if isinstance(condition, Leaf):
        return _check_leaf(condition, schema)
    if isinstance(condition, Not):
        return Not(check(condition.item, schema))
    if isinstance(condition, Everything):
        return condition
    items = tuple(check(item, schema) for item in condition.items)
    return All(items) if isinstance(condition, All) else Any_(items)


def _check_leaf(leaf: Leaf, schema: Schema) -> Leaf:
    kind = schema.type_of(leaf)
    if leaf.operator not in ALLOWED[kind]:
        raise ConditionError(
            f"{leaf.where}.operator",
            f"{leaf.field} is of type {kind} and cannot be compared with {leaf.operator}",
            remedy=f"operators of this type: {', '.join(ALLOWED[kind])}",
        )
    if leaf.operator not in LISTS:
        return replace(leaf, type=kind, value=_typed(leaf, kind, leaf.value, schema))
    if not isinstance(leaf.value, tuple) or not leaf.value:
        raise ConditionError(
            f"{leaf.where}.value",
            f"{leaf.operator} needs a list with at least one value, not {_shown(leaf.value)}",
            remedy="write `value: [a, b]`",
        )
    return replace(leaf, type=kind, value=tuple(_typed(leaf, kind, value, schema) for value in leaf.value))


def _typed(leaf: Leaf, kind: FieldType, value: Any, schema: Schema) -> Any:
    typer: Callable[[Any], Any] = _TYPERS.get(kind, _text)
    typed = typer(value)
    if typed is None:
        raise ConditionError(
            f"{leaf.where}.value",
            f"{leaf.field} needs {EXPECTED[kind]}, not {_shown(value)}",
            remedy=_remedy(leaf, kind, value),
        )
    custom = schema.custom(leaf.field)
    part = kind == "select" and leaf.operator.endswith("contains")
    if custom and custom.choices and not part and typed not in custom.choices:
        raise ConditionError(
            f"{leaf.where}.value",
            f"{leaf.field} has no choice {value!r}",
            remedy=did_you_mean(value, custom.choices),
        )
    return typed


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) and value.strip() else None


def _location(value: Any) -> str | None:
    text = _text(value)
    return str(uuid.UUID(text)) if text and like_uuid(text) else text


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _date(value: Any) -> str | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


_TYPERS: Mapping[FieldType, Callable[[Any], Any]] = {
    "location": _location,
    "boolean": _boolean,
    "integer": _integer,
    "date": _date,
}


def _remedy(leaf: Leaf, kind: FieldType, value: Any) -> str:
    if isinstance(value, tuple):
        return f"for a list use the operator {'not_in' if leaf.operator.startswith('not') else 'in'}"
    if value is None or value == "":
        return "an empty value would match every device on the server: write the value that is meant"
    if EXPECTED[kind].endswith(("text", "text)")) and not isinstance(value, str):
        return f'put it in quotes: value: "{value}"'
    return ""


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        return f"the list [{', '.join(map(str, value))}]"
    return f"{value!r} ({type(value).__name__})"
