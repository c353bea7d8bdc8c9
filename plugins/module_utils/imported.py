# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Saved conditions of an older tool, as a saved inventory: flat lists, and trees of typed groups.

A flat list holds ``{field, operator, value, logic}``. A tree holds ``{type: root|group, internalLogic: AND|OR,
logic: AND|OR|NOT, items}``; ``internalLogic`` joins the items of the group, and ``logic: NOT`` negates what it stands
on. Whatever cannot be said in our words, is an error: a condition that is dropped changes the set of devices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .condition import MAX_DEPTH, ConditionError, parse
from .field_table import ALIASES, BARE, CUSTOM, FIELDS, OPERATORS
from .hints import did_you_mean
from .saved import NAUTOBOT

_GROUP = ("type", "internalLogic", "logic", "items", "id")
_LEAF = ("type", "field", "operator", "value", "logic", "id")
_LIST = ("conditions", "filters", "items", "tree", "root")
_HEAD = ("name", "description", *_LIST)

_FIELDS: Mapping[str, str] = {"tags": "tag", "device_role": "role"}


def imported(document: Any, name: str = "") -> dict[str, Any]:
    """The saved inventory, as a document to write, of loaded JSON. ``name`` is for one that has none of its own.

    Raises ConditionError that names the position in the JSON.
    """
    head = document if isinstance(document, Mapping) and "type" not in document else {}
    for key in head:
        if key not in _HEAD:
            raise ConditionError(str(key), "unknown key, which is not left out", remedy=did_you_mean(key, _HEAD))
    where, content = _content(document, head)
    result: dict[str, Any] = {"plugin": NAUTOBOT, "name": _word(head, "name") or name}
    result |= {"description": text} if (text := _word(head, "description")) else {}
    result |= _flat(content, where) if isinstance(content, list) else {"match": _node(content, where, 0)}
    parse({key: result[key] for key in ("conditions", "match") if key in result})
    return {key: value for key, value in result.items() if value != ""}


def _content(document: Any, head: Mapping[str, Any]) -> tuple[str, Any]:
    given = [key for key in _LIST if key in head]
    if head and len(given) != 1:
        what = f"both {given[0]} and {given[1]} are given" if given else "there are no conditions in it"
        raise ConditionError("", what, remedy=f"one of {', '.join(_LIST)} is expected")
    if given:
        return given[0], head[given[0]]
    if not document or not isinstance(document, list | Mapping):
        raise ConditionError("", "there are no conditions in it", remedy="a list or a tree of conditions is expected")
    return "", document


def _word(head: Mapping[str, Any], key: str) -> str:
    value = head.get(key)
    if value is not None and not isinstance(value, str):
        raise ConditionError(key, f"text is expected, not {value!r}")
    return value or ""


def _flat(items: list[Any], where: str) -> dict[str, Any]:
    joint = _joint(items, where, None)
    if any("items" in item or item.get("logic") == "NOT" for item in items if isinstance(item, Mapping)):
        return {"match": {joint: _items(items, where, 0)}}
    word = "AND" if joint == "all" else "OR"
    leaves = [_leaf(item, f"{where}[{index}]") for index, item in enumerate(items)]
    return {"conditions": [leaf | ({"logic": word} if index else {}) for index, leaf in enumerate(leaves)]}


def _joint(items: list[Any], where: str, internal: Any) -> str:
    """How the items of one group are joined: ``all`` or ``any``. Mixed logic has no one meaning, so it is refused."""
    if not items:
        raise ConditionError(where, "the group is empty", remedy="remove it there, or give it its conditions")
    words = [internal] if internal is not None else []
    for index, item in enumerate(items):
        logic = item.get("logic") if isinstance(item, Mapping) else None
        if logic not in (None, "NOT"):
            words.append(logic)
        if words and (words[-1] not in {"AND", "OR"} or words[-1] != words[0]):
            what = (
                f"{words[-1]} is mixed with {words[0]}" if words[-1] in {"AND", "OR"} else f"{words[-1]!r} is no logic"
            )
            raise ConditionError(f"{where}[{index}].logic", what, remedy="put those that are joined alike into a group")
    return "any" if words and words[0] == "OR" else "all"


def _node(node: Any, where: str, depth: int) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        raise ConditionError(where, f"a condition or group is expected, not {node!r}")
    if depth > MAX_DEPTH:
        raise ConditionError(where, f"nested deeper than {MAX_DEPTH} groups")
    if node.get("type") not in {"root", "group"} and "items" not in node:
        return _leaf(node, where)
    inside = f"{where}." if where else ""
    if node.get("type", "group") not in {"root", "group"}:
        raise ConditionError(f"{inside}type", f"{node['type']!r} is no type of group", remedy="known: root, group")
    for key in node:
        if key not in _GROUP:
            raise ConditionError(
                f"{inside}{key}", "unknown key, which is not left out", remedy=did_you_mean(key, _GROUP)
            )
    if node.get("logic") not in {None, "AND", "OR", "NOT"}:
        raise ConditionError(f"{inside}logic", f"{node['logic']!r} is no logic", remedy="known: AND, OR, NOT")
    internal, place = node.get("internalLogic"), f"{inside}items"
    if internal not in {None, "AND", "OR"} or (internal is None and depth == 0 and node.get("logic") == "OR"):
        what = f"{internal!r} is no logic" if internal is not None else "missing, where logic says OR"
        raise ConditionError(f"{inside}internalLogic", what, remedy="known: AND, OR")
    items = node.get("items")
    if not isinstance(items, list):
        raise ConditionError(place, f"a list is expected, not {items!r}")
    group = {_joint(items, place, internal): _items(items, place, depth)}
    return {"not": group} if depth == 0 and node.get("logic") == "NOT" else group


def _items(items: list[Any], where: str, depth: int) -> list[dict[str, Any]]:
    found = []
    for index, item in enumerate(items):
        node = _node(item, f"{where}[{index}]", depth + 1)
        found.append({"not": node} if item.get("logic") == "NOT" else node)
    return found


def _leaf(item: Any, where: str) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise ConditionError(where, f"a condition is expected, not {item!r}")
    for key in item:
        if key not in _LEAF:
            raise ConditionError(
                f"{where}.{key}", "unknown key, which is not left out", remedy=did_you_mean(key, _LEAF)
            )
    if item.get("type", "condition") not in {"condition", "rule", "leaf"}:
        raise ConditionError(f"{where}.type", f"{item['type']!r} is no type of condition")
    operator = _operator(item.get("operator"), f"{where}.operator")
    leaf = {"field": _field(item.get("field"), f"{where}.field"), "operator": operator}
    if operator in BARE:
        return leaf
    return leaf | {"value": _value(operator, item.get("value"), f"{where}.value")}


def _field(name: Any, where: str) -> str:
    known = _FIELDS.get(name, name) if isinstance(name, str) else name
    if isinstance(known, str) and known.startswith("custom_field_data."):
        known = f"{CUSTOM}{known.removeprefix('custom_field_data.')}"
    if not isinstance(known, str) or (known not in FIELDS and not known.startswith(CUSTOM)):
        remedy = f"{did_you_mean(name, FIELDS)} (custom fields are written {CUSTOM}<key>)"
        raise ConditionError(where, f"{name!r} is no field", remedy=remedy)
    return known


def _operator(name: Any, where: str) -> str:
    known = ALIASES.get(name, name) if isinstance(name, str) else name
    if known not in OPERATORS:
        raise ConditionError(where, f"{name!r} is no operator", remedy=did_you_mean(name, OPERATORS))
    return str(known)


def _value(operator: str, value: Any, where: str) -> Any:
    if operator in {"in", "not_in"} and isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if value is None or value in ("", []) or (isinstance(value, list) and any(part in (None, "") for part in value)):
        raise ConditionError(where, "the value is empty", remedy="use is_empty or is_set if that is meant")
    return value
