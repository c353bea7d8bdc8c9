# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which field, type and operator Nautobot can filter by, as tables.

Measured on Nautobot 2.4.44 and 3.2.7. A row stands here only because the server's answer is a superset of ours on both.
What is not here is decided by us alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from .device import Place
from .values import canonical, like_uuid, moment_of

Join = Literal["or", "and", "none", "one"]
"""How the server reads the argument's list: any of it, all of it, none of it; or it is asked for one value only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to ask: the lookup after the argument's name, the argument's GraphQL type, how its values join.

    ``sent`` makes the value to send of the leaf's value; None where that value cannot be asked for.
    """

    lookup: str
    type: str
    join: Join
    sent: Callable[[Any], Any] = lambda value: value


Rules = Mapping[str, Rule]


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda __: value


def _name_of(value: str | Place) -> str | None:
    """A place by its name: those of another type of place come too."""
    if isinstance(value, Place):
        return None if like_uuid(value.name) else value.name
    return value


def _plain_name(value: str | Place) -> str | None:
    """For what is excluded: a name alone would exclude the places of another type, too."""
    return value if isinstance(value, str) else None


def _uuid(value: str) -> str | None:
    return value if like_uuid(value) and str(UUID(value)) == value else None


def _day(value: str) -> str | None:
    """The day of a moment, for a field of dates."""
    return value[:10]


def _day_before(value: str) -> str | None:
    return _shifted(value, -1)


def _day_after(value: str) -> str | None:
    return _shifted(value, 1)


def _shifted(value: str, days: int) -> str | None:
    """A day's margin: the server compares texts, and a stored moment may be of any time zone."""
    moment = moment_of(value)
    try:
        return canonical(moment + timedelta(days=days)) if moment else None
    except OverflowError:
        return None


_ANY_OF = Rule("", "[String]", "or")
_ALL_OF = Rule("", "[String]", "and")
_NONE_OF = Rule("__n", "[String]", "none")
_CONTAINS = Rule("__ic", "[String]", "or")
_STARTS = Rule("__isw", "[String]", "or")
_ENDS = Rule("__iew", "[String]", "or")
_ONE_TEXT = Rule("", "String", "one")
_IS_SET = Rule("__isnull", "Boolean", "one", _constant(False))
_IS_EMPTY = Rule("__isnull", "Boolean", "one", _constant(True))
_SOME_TEXT = Rule("__re", "[String]", "one", _constant(".+"))
_NO_TEXT = Rule("__nre", "[String]", "one", _constant(".+"))
_HAS_ADDRESS = Rule("", "Boolean", "one", _constant(True))

_EITHER: Rules = {"equals": _ANY_OF, "in": _ANY_OF}
_NAMED: Rules = {**_EITHER, "not_equals": _NONE_OF, "not_in": _NONE_OF}
_ABSENT: Rules = {"is_set": _IS_SET, "is_empty": _IS_EMPTY}
_PARTS: Rules = {"contains": _CONTAINS, "starts_with": _STARTS, "ends_with": _ENDS}
_IN_PLACE = Rule("", "[String]", "or", _name_of)
_NOT_IN_PLACE = Rule("__n", "[String]", "none", _plain_name)
_ID = Rule("", "[String]", "or", _uuid)
_NO_ID = Rule("__n", "[String]", "none", _uuid)

STANDARD: Mapping[str, tuple[str, Rules]] = {
    "name": ("name", {**_EITHER, **_PARTS, "is_set": _IS_SET}),
    "id": ("id", {"equals": _ID, "in": _ID, "not_equals": _NO_ID, "not_in": _NO_ID}),
    "serial": ("serial", {**_EITHER, **_PARTS}),
    "asset_tag": ("asset_tag", {**_EITHER, **_PARTS, "is_set": _IS_SET}),
    "location": (
        "location",
        {"equals": _IN_PLACE, "in": _IN_PLACE, "not_equals": _NOT_IN_PLACE, "not_in": _NOT_IN_PLACE},
    ),
    "location.parent": ("location", {"equals": _IN_PLACE, "in": _IN_PLACE}),
    "role": ("role", _NAMED),
    "status": ("status", _NAMED),
    "tenant": ("tenant", {**_NAMED, **_ABSENT}),
    "platform": ("platform", {**_NAMED, **_ABSENT}),
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
            **_ABSENT,
        },
    ),
    "has_primary_ip": ("has_primary_ip", {"equals": Rule("", "Boolean", "one")}),
    "primary_ip": (
        "has_primary_ip",
        {
            **dict.fromkeys(("equals", "in", "within", "within_include", "is_set"), _HAS_ADDRESS),
            "is_empty": Rule("", "Boolean", "one", _constant(False)),
        },
    ),
}
"""Field to argument, and operator to rule."""

_TEXT: Rules = {
    **_PARTS,
    "equals": _ONE_TEXT,
    "in": _CONTAINS,  # the plain argument takes no list; text that is equal is also contained
    "not_equals": _NONE_OF,
    "not_in": _NONE_OF,
    "is_set": _SOME_TEXT,
    "is_empty": _NO_TEXT,
}
_ORDER: Mapping[str, str] = {"gt": "__gt", "gte": "__gte", "lt": "__lt", "lte": "__lte"}
_LATER, _EARLIER = ("gt", "gte", "after", "newer_than"), ("lt", "lte", "before", "older_than")

CUSTOM_RULES: Mapping[str, Rules] = {
    "text": _TEXT,
    "url": _TEXT,
    "markdown": {"equals": _ONE_TEXT},
    "select": {**_NAMED, **_PARTS, "is_set": _SOME_TEXT, "is_empty": _NO_TEXT},
    "multi-select": {**_NAMED, "contains": _ANY_OF, "not_contains": _NONE_OF},
    "integer": {
        "equals": Rule("", "Int", "one"),
        "not_equals": Rule("__n", "[Int]", "none"),
        "not_in": Rule("__n", "[Int]", "none"),
        # lt and lte also return devices whose value is null: more than ours
        **{name: Rule(lookup, "[Int]", "one") for name, lookup in _ORDER.items()},
    },
    "date": {
        "equals": _ONE_TEXT,
        "not_equals": _NONE_OF,
        "not_in": _NONE_OF,
        **{name: Rule(lookup, "[String]", "one") for name, lookup in _ORDER.items()},
        "before": Rule("__lt", "[String]", "one"),
        "after": Rule("__gt", "[String]", "one"),
        "older_than": Rule("__lte", "[String]", "one", _day),
        "newer_than": Rule("__gte", "[String]", "one", _day),
    },
    "datetime": {
        **dict.fromkeys(_LATER, Rule("__gte", "[String]", "one", _day_before)),
        **dict.fromkeys(_EARLIER, Rule("__lte", "[String]", "one", _day_after)),
    },
    "boolean": {"equals": Rule("", "Boolean", "one")},
}
"""The same for custom fields, by Nautobot's name of their type. Of JSON, the server finds nothing."""
