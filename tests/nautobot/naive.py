"""The meaning of conditions once more, in few words and on REST rows: it imports nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_interface, ip_network
from typing import Any

NEGATIVE = {"not_equals": "equals", "not_in": "in", "not_contains": "contains", "is_empty": "is_set"}
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def means(condition: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a row is meant."""
    if "all" in condition:
        return condition["all"] is True or all(means(item, row) for item in condition["all"])
    if "any" in condition:
        return any(means(item, row) for item in condition["any"])
    return not means(condition["not"], row) if "not" in condition else _holds(condition, row)


def _holds(leaf: dict[str, Any], row: dict[str, Any]) -> bool:
    operator = leaf["operator"]
    if operator in NEGATIVE:
        return not _holds(leaf | {"operator": NEGATIVE[operator]}, row)
    values = [value for value in _values(leaf["field"], row) if value is not None and value not in ("", [], {})]
    if operator == "is_set":
        return bool(values)
    test = TESTS[operator]
    return any(test(value, leaf["value"], leaf["field"]) for value in values)


def _values(field: str, row: dict[str, Any]) -> list[Any]:
    """What a device has: a place is (name, type, id), the outermost first."""
    if field.startswith("location"):
        return list(row["places"] if field == "location" else row["places"][-2:-1])
    name, *path = field.split(".")
    value = row.get(name)
    for step in path:
        value = (value or {}).get(step)
    return value if isinstance(value, list) else [value]


def _equals(value: Any, wanted: Any, field: str) -> bool:
    if field.startswith("location"):
        return bool(
            list(value[:2]) == [wanted["name"], wanted["type"]] if isinstance(wanted, dict) else value[0] == wanted
        )
    if field == "primary_ip":
        return str(ip_interface(value).ip) == wanted
    if field == "cf_seen":
        return _moment(value) == _moment(wanted)
    return type(value) is type(wanted) and bool(value == wanted)


def _text(value: Any, field: str) -> str:
    return str(value[0] if field.startswith("location") else value)


def _contains(value: Any, wanted: Any, field: str) -> bool:
    if field in {"tag", "cf_zones"}:
        return bool(value == wanted)
    return wanted.lower() in _text(value, field).lower()


def _order(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, str], bool]:
    def ordered(value: Any, wanted: Any, field: str) -> bool:
        if field in {"cf_bought", "cf_seen"}:
            return test(_moment(value), _moment(wanted))
        return not isinstance(value, str) and test(value, wanted)

    return ordered


def _aged(test: Callable[[datetime, datetime], bool]) -> Callable[[Any, Any, str], bool]:
    def aged(value: Any, wanted: Any, field: str) -> bool:
        return test(_moment(value), datetime.now(UTC) - timedelta(**{UNITS[wanted[-1]]: int(wanted[:-1])}))

    return aged


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _within(value: Any, wanted: Any, field: str) -> bool:
    network = ip_network(wanted)
    return ip_interface(value).ip in network and network.prefixlen < network.max_prefixlen


TESTS: dict[str, Callable[[Any, Any, str], bool]] = {
    "equals": _equals,
    "in": lambda value, wanted, field: any(_equals(value, one, field) for one in wanted),
    "contains": _contains,
    "starts_with": lambda value, wanted, field: _text(value, field).lower().startswith(wanted.lower()),
    "ends_with": lambda value, wanted, field: _text(value, field).lower().endswith(wanted.lower()),
    "matches": lambda value, wanted, field: bool(re.search(wanted, _text(value, field))),
    "gt": _order(lambda value, wanted: value > wanted),
    "gte": _order(lambda value, wanted: value >= wanted),
    "lt": _order(lambda value, wanted: value < wanted),
    "lte": _order(lambda value, wanted: value <= wanted),
    "before": _order(lambda value, wanted: value < wanted),
    "after": _order(lambda value, wanted: value > wanted),
    "older_than": _aged(lambda value, limit: value < limit),
    "newer_than": _aged(lambda value, limit: value > limit),
    "within": _within,
    "within_include": lambda value, wanted, field: ip_interface(value).ip in ip_network(wanted),
}
