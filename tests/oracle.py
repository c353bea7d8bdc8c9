"""The meaning of conditions once more, on plain rows: written from the reference, with nothing of ours in it.

A row maps fields to what is stored: ``location`` is a list of ``(name, type, id)``, the outermost first; ``tag`` is a
list; custom fields stand under ``cf_<key>``. ``kinds`` maps fields to types, where values do not tell it themselves.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Row = Mapping[str, Any]
NEGATED = {"not_equals": "equals", "not_in": "in", "not_contains": "contains", "is_empty": "is_set"}
HOURS = {"h": 1, "d": 24, "w": 24 * 7}
WHOLE = {"tags", "multi-select"}


def means(node: Mapping[str, Any], row: Row, kinds: Mapping[str, str], now: datetime) -> bool:
    """Whether a tree of conditions (as it is written in a file) means a row."""
    if "all" in node:
        return node["all"] is True or all(means(item, row, kinds, now) for item in node["all"])
    if "any" in node:
        return any(means(item, row, kinds, now) for item in node["any"])
    if "not" in node:
        return not means(node["not"], row, kinds, now)
    return leaf_means(node, row, kinds, now)


def leaf_means(leaf: Mapping[str, Any], row: Row, kinds: Mapping[str, str], now: datetime) -> bool:
    field, operator, wanted = leaf["field"], leaf["operator"], leaf.get("value")
    if operator in NEGATED:
        return not leaf_means({**leaf, "operator": NEGATED[operator]}, row, kinds, now)
    have = stored(field, row)
    if operator == "is_set":
        return have != []
    alternatives = wanted if operator == "in" else [wanted]
    name = "equals" if operator == "in" else operator
    return any(fulfils(one, name, value, kinds.get(field, ""), now) for one in have for value in alternatives)


def stored(field: str, row: Row) -> list[Any]:
    """The values that a row has in a field."""
    name, *path = field.split(".")
    if field == "location.parent":
        return list(row["location"][-2:-1])
    has = row.get(name)
    for part in path:
        if isinstance(has, list) and part.isdigit() and int(part) < len(has):
            has = has[int(part)]
        else:
            has = has.get(part) if isinstance(has, dict) else None
    several: list[Any] = list(has) if isinstance(has, list | tuple) else [has]
    return [] if has in (None, "", [], {}, ()) else several


def fulfils(one: Any, operator: str, wanted: Any, kind: str, now: datetime) -> bool:
    """Whether one stored value fulfils a positive operator."""
    if isinstance(one, tuple):
        return place_fulfils(one, operator, wanted)
    if kind == "address":
        return address_fulfils(one, operator, wanted)
    if kind == "datetime" or (kind == "date" and operator != "equals"):
        return time_fulfils(one, operator, wanted, now)
    by_part = {"starts_with", "ends_with", "matches"} | (set() if kind in WHOLE else {"contains"})
    if operator in by_part and isinstance(wanted, str):
        return isinstance(one, str) and text_fulfils(one, operator, wanted)
    if operator in {"equals", "contains"}:
        return (type(one) is bool) == (type(wanted) is bool) and bool(one == wanted)
    return type(one) in {int, float} and compared(one, operator, wanted)


def text_fulfils(text: str, operator: str, wanted: str) -> bool:
    if operator == "matches":
        return re.search(wanted, text) is not None
    text, wanted = small(text), small(wanted)
    return {"contains": wanted in text, "starts_with": text[: len(wanted)] == wanted}.get(
        operator, text[max(0, len(text) - len(wanted)) :] == wanted
    )


def small(text: str) -> str:
    """In small letters, but no letter beyond ASCII ever becomes one of ASCII."""
    return "".join(map(small_letter, text))


def small_letter(one: str) -> str:
    low = one.lower()
    return one if not one.isascii() and any(part.isascii() for part in low) else low


def place_fulfils(place: tuple[str, str, str], operator: str, wanted: Any) -> bool:
    name, kind, identity = place
    if operator != "equals":
        return text_fulfils(name, operator, wanted)
    if isinstance(wanted, dict):
        return (name, kind) == (wanted["name"], wanted["type"])
    is_id = re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", wanted)
    return wanted == (identity if is_id else name)


def address_fulfils(one: str, operator: str, wanted: str) -> bool:
    try:
        address = ipaddress.ip_address(one.split("/", maxsplit=1)[0])
    except ValueError:
        return False
    if operator == "equals":
        return address == ipaddress.ip_address(wanted)
    prefix = ipaddress.ip_network(wanted)
    inside = address.version == prefix.version and address in prefix
    return inside and (operator == "within_include" or prefix.prefixlen < address.max_prefixlen)


def time_fulfils(one: Any, operator: str, wanted: Any, now: datetime) -> bool:
    if operator in {"older_than", "newer_than"}:
        border = now - timedelta(hours=int(wanted[:-1]) * HOURS[wanted[-1]])
    else:
        border = instant(wanted)
    try:
        return compared(instant(one), operator, border)
    except ValueError:
        return False


def instant(written: str) -> datetime:
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def compared(one: Any, operator: str, wanted: Any) -> bool:
    orders: dict[str, Callable[[], bool]] = {
        "equals": lambda: one == wanted,
        "gt": lambda: one > wanted,
        "gte": lambda: one >= wanted,
        "lt": lambda: one < wanted,
        "lte": lambda: one <= wanted,
    }
    same = {"before": "lt", "older_than": "lt", "after": "gt", "newer_than": "gt"}
    return orders[same.get(operator, operator)]()
