# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Conditions: the tree that says which devices belong to a saved inventory, and how it is read from a document.

``parse`` looks at the shape only: keys, groups, known fields and operators. ``fields.check`` gives the values their
types. Every error names its position in the document, like ``match.all[1].any[0].operator``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, TypeAlias

from .errors import NetcellarError
from .field_table import ALIASES, BARE, CUSTOM, FIELDS, OPERATORS, FieldType
from .hints import did_you_mean

MAX_DEPTH = 50

GROUPS = ("all", "any", "not")
LEAF = ("field", "operator", "value")
"""The keys of a group, and those of a leaf."""

_GROUP_WORDS = {"and": "all", "or": "any", "none": "not"}


class ConditionError(NetcellarError):
    """A fault in a condition; ``where`` is its position in the document."""

    def __init__(self, where: str, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, remedy=remedy)
        self.where = where


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison. ``value`` of a list operator is a tuple; ``where`` is the position in the document.

    ``type`` is the field's type, known once ``fields.check`` has seen the leaf; nothing unchecked can be evaluated.
    ``given`` is then the value as it was written, where ``value`` is another (``2d``, and the moment two days ago).
    """

    field: str
    operator: str
    value: Any
    where: str = attribute(default="", compare=False)
    type: FieldType | None = attribute(default=None, compare=False)
    given: Any = attribute(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """Every item holds. Never empty."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 (typing.Any is needed beside it)
    """At least one item holds. Never empty."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold."""

    item: Condition


@dataclass(frozen=True, slots=True)
class Everything:
    """Every device, written out as ``match: {all: true}``."""


Condition: TypeAlias = Leaf | All | Any_ | Not | Everything


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The leaves of a condition, in the order of the document."""
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Not):
        yield from leaves(condition.item)
    elif isinstance(condition, All | Any_):
        for item in condition.items:
            yield from leaves(item)


def parse(document: Mapping[str, Any]) -> Condition:
    """The condition of a document that has either ``conditions`` (flat list) or ``match`` (tree).

    Raises ConditionError for anything that is not written exactly; nothing is guessed.
    """
    given = [key for key in ("conditions", "match") if key in document]
    if not given:
        raise ConditionError(
            "",
            "neither conditions nor match is given",
            remedy="write the conditions, or `match: {all: true}` for every device",
        )
    if len(given) > 1:
        raise ConditionError("match", "both conditions and match are given", remedy="keep one of the two")
    if given == ["conditions"]:
        return _flat(document["conditions"])
    return _top(document["match"])


def _top(node: Any) -> Condition:
    if isinstance(node, Mapping) and list(node) == ["all"] and node["all"] is True:
        return Everything()
    if node == "all" or (isinstance(node, Mapping) and list(node) == ["all"] and isinstance(node["all"], str)):
        raise ConditionError("match", "every device must be said exactly", remedy="write `match: {all: true}`")
    return _tree(node, "match", 0)


def _flat(items: Any) -> Condition:
    if not isinstance(items, list | tuple):
        raise ConditionError(
            "conditions", f"a list is expected, not {_kind(items)}", remedy="start each item with `- `"
        )
    if not items:
        raise ConditionError(
            "conditions", "the list is empty", remedy="write `match: {all: true}` if every device is meant"
        )
    found = tuple(_leaf(item, f"conditions[{index}]", flat=True) for index, item in enumerate(items))
    return Any_(found) if _logic(items) == "OR" else All(found)


def _logic(items: Sequence[Mapping[str, Any]]) -> str:
    first = items[0].get("logic")
    words = [] if first is None else [first]
    for index, item in enumerate(items[1:], 1):
        where = f"conditions[{index}].logic"
        if item.get("logic") is None:
            raise ConditionError(where, "logic is missing", remedy="write `logic: AND` or `logic: OR`")
        words.append(item["logic"])
        if words[-1] != words[0]:
            raise ConditionError(
                where,
                f"{words[-1]} is mixed with {words[0]}",
                remedy="write all items with the same logic, or use `match` with nested all and any",
            )
    return str(words[0]) if words else "AND"


def _tree(node: Any, where: str, depth: int) -> Condition:
    if depth > MAX_DEPTH:
        raise ConditionError(where, f"nested deeper than {MAX_DEPTH} groups", remedy="look for an alias inside itself")
    keys = _keys(node, where)
    groups = [key for key in keys if key in GROUPS]
    if not groups:
        return _leaf(node, where)
    if len(keys) > 1:
        other = next(key for key in keys if key != groups[0])
        raise ConditionError(
            f"{where}.{other}",
            f"{groups[0]} stands beside {other}",
            remedy="give each group and each leaf its own list item (look at the indentation)",
        )
    return _group(groups[0], node[groups[0]], f"{where}.{groups[0]}", depth)


def _group(kind: str, content: Any, where: str, depth: int) -> Condition:
    if kind == "not":
        return Not(_tree(content, where, depth + 1))
    if content is True:
        raise ConditionError(
            where,
            f"`{kind}: true` stands inside another condition",
            remedy="only `match: {all: true}` means every device",
        )
    if not isinstance(content, list | tuple):
        raise ConditionError(where, f"a list is expected, not {_kind(content)}", remedy="start each item with `- `")
    if not content:
        raise ConditionError(where, "the group is empty", remedy="remove it, or write its conditions")
    items = tuple(_tree(item, f"{where}[{index}]", depth + 1) for index, item in enumerate(content))
    return All(items) if kind == "all" else Any_(items)


def _leaf(node: Any, where: str, *, flat: bool = False) -> Leaf:
    known = (*LEAF, "logic") if flat else LEAF
    keys = _keys(node, where)
    for key in keys:
        if key not in known:
            raise ConditionError(f"{where}.{key}", _unknown_key(key, flat), remedy=_key_remedy(key, flat))
    if flat and node.get("logic") not in (None, "AND", "OR"):
        raise ConditionError(f"{where}.logic", f"{node['logic']!r} is no logic", remedy="write AND or OR, in capitals")
    for key in ("field", "operator") if _bare(node) else LEAF:
        if key not in keys:
            raise ConditionError(where, f"{key} is missing", remedy="a condition is {field: …, operator: …, value: …}")
    _known_field(node["field"], f"{where}.field")
    if node["operator"] not in OPERATORS:
        raise ConditionError(
            f"{where}.operator",
            f"{node['operator']!r} is no operator",
            remedy=_operator_remedy(str(node["operator"])),
        )
    value = node.get("value")
    return Leaf(str(node["field"]), str(node["operator"]), tuple(value) if isinstance(value, list) else value, where)


def _bare(node: Mapping[str, Any]) -> bool:
    operator = node.get("operator")
    return isinstance(operator, str) and operator in BARE


def _operator_remedy(given: str) -> str:
    ours = ALIASES.get(given.lower())
    return f'write "{ours}"' if ours else did_you_mean(given, OPERATORS)


def _unknown_key(key: str, flat: bool) -> str:
    if flat and key in GROUPS:
        return f"{key} is a group, and conditions is a flat list"
    return "unknown key"


def _key_remedy(key: str, flat: bool) -> str:
    if flat and key in GROUPS:
        return "use `match` with nested all, any and not"
    if key == "logic":
        return "logic belongs to the flat list `conditions`; in `match`, the group says all or any"
    if key.lower() in _GROUP_WORDS:
        return f'write "{_GROUP_WORDS[key.lower()]}"'
    return did_you_mean(key, (*LEAF, "logic") if flat else (*LEAF, *GROUPS))


def _known_field(name: Any, where: str) -> None:
    custom = isinstance(name, str) and name.startswith(CUSTOM) and len(name) > len(CUSTOM)
    if not custom and (not isinstance(name, str) or name not in FIELDS):
        raise ConditionError(
            where,
            f"{name!r} is no field",
            remedy=f"{did_you_mean(name, FIELDS)} (custom fields are written {CUSTOM}<key>)",
        )


def _keys(node: Any, where: str) -> list[str]:
    if not isinstance(node, Mapping):
        raise ConditionError(
            where,
            f"a condition is expected, not {_kind(node)}",
            remedy="write {field: …, operator: …, value: …}, or a group all, any or not",
        )
    if not node:
        raise ConditionError(where, "the condition is empty", remedy="write {field: …, operator: …, value: …}")
    return [str(key) for key in node]


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"{type(value).__name__} {value!r}"
