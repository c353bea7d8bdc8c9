# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The meaning of each positive operator: whether one of a device's values fulfils it. Without a value, none does."""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from .condition import Leaf
from .device import Place
from .errors import NetcellarError
from .patterns import pattern
from .present import Values
from .values import address_of, like_uuid, moment_of

Test = Callable[[Values], bool]

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "after": operator.gt,
    "newer_than": operator.gt,
    "before": operator.lt,
    "older_than": operator.lt,
}
_TEXTUAL = frozenset({"text", "named", "tags", "select", "multi-select", "markdown", "date"})


def test_of(leaf: Leaf, name: str) -> Test:
    """The test of a checked leaf for the positive operator ``name``: its own, or the opposite of its own."""
    if name in _ORDERS:
        return _ordered(leaf, _ORDERS[name])
    whole = name == "contains" and leaf.type in {"tags", "multi-select"}
    return _BUILDERS["equals" if whole else name](leaf)


def _one_of(leaf: Leaf, wanted: tuple[Any, ...]) -> Test:
    if leaf.type == "location":
        return _one_of_places(wanted)
    if leaf.type == "address":
        return _one_of_instants(wanted, lambda value: str(address_of(value)))
    if leaf.type == "datetime":
        return _one_of_instants([moment_of(value) for value in wanted], moment_of)
    if leaf.type not in _TEXTUAL:
        return lambda values: any(_same(value, one) for value in values for one in wanted)
    texts = frozenset(wanted)

    def found(value: Any) -> bool:
        return isinstance(value, str) and value in texts

    return lambda values: any(map(found, values))


def _one_of_instants(wanted: Any, read: Callable[[Any], Any]) -> Test:
    known = frozenset(wanted)
    return lambda values: any(read(value) in known for value in values)


def _one_of_places(wanted: tuple[str | Place, ...]) -> Test:
    pairs = {(place.name, place.type) for place in wanted if isinstance(place, Place)}
    ids = {text for text in wanted if isinstance(text, str) and like_uuid(text)}
    names = {text for text in wanted if isinstance(text, str)} - ids

    def found(place: Place) -> bool:
        return place.name in names or place.id in ids or (place.name, place.type) in pairs

    return lambda values: any(map(found, values))


def _same(value: Any, wanted: Any) -> bool:
    # bool is an int in Python: a stored true must not equal 1
    return bool(value == wanted) and isinstance(value, bool) is isinstance(wanted, bool)


def _part(leaf: Leaf, name: str) -> Test:
    """``contains``, ``starts_with`` and ``ends_with``, without regard to case; a number in JSON is found whole."""
    if not isinstance(leaf.value, str):
        return _one_of(leaf, (leaf.value,))
    wanted = folded(leaf.value)
    fits: Callable[[str], bool] = {
        "contains": lambda text: wanted in text,
        "starts_with": lambda text: text.startswith(wanted),
        "ends_with": lambda text: text.endswith(wanted),
    }[name]
    return _on_texts(lambda text: fits(folded(text)))


def _on_texts(fits: Callable[[str], bool]) -> Test:
    def found(value: Any) -> bool:
        text = value.name if isinstance(value, Place) else value
        return isinstance(text, str) and fits(text)

    return lambda values: any(map(found, values))


def _matching(leaf: Leaf) -> Test:
    checked = pattern(leaf.value)

    def fits(text: str) -> bool:
        if len(text) > checked.longest:
            raise NetcellarError(
                f"{leaf.where}: {leaf.field} of a device has {len(text)} characters, too many for the pattern",
                remedy="use starts_with or contains, or a pattern with fewer repeats",
            )
        return checked.expression.search(text) is not None

    return _on_texts(fits)


def _within(prefix: str, *, itself: bool) -> Test:
    network = ipaddress.ip_network(prefix)
    single = network.num_addresses == 1 and not itself

    def found(value: Any) -> bool:
        address = address_of(value)
        return address is not None and address in network and not single

    return lambda values: any(map(found, values))


def _ordered(leaf: Leaf, holds: Callable[[Any, Any], bool]) -> Test:
    if leaf.type not in {"date", "datetime"}:
        return lambda values: any(_is_number(value) and holds(value, leaf.value) for value in values)
    wanted = moment_of(leaf.value)

    def found(value: Any) -> bool:
        moment: datetime | None = moment_of(value)
        return moment is not None and holds(moment, wanted)

    return lambda values: any(map(found, values))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_BUILDERS: Mapping[str, Callable[[Leaf], Test]] = {
    "equals": lambda leaf: _one_of(leaf, (leaf.value,)),
    "in": lambda leaf: _one_of(leaf, leaf.value),
    "is_set": lambda __: bool,
    "contains": lambda leaf: _part(leaf, "contains"),
    "starts_with": lambda leaf: _part(leaf, "starts_with"),
    "ends_with": lambda leaf: _part(leaf, "ends_with"),
    "matches": _matching,
    "within": lambda leaf: _within(leaf.value, itself=False),
    "within_include": lambda leaf: _within(leaf.value, itself=True),
}


def folded(text: str) -> str:
    """The text without regard to case, so that no other letter ever becomes an ASCII one.

    PostgreSQL does not take the Kelvin sign for a k; if we did, its answer would not be a superset of ours.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_folded_letter, text))


def _folded_letter(char: str) -> str:
    low = char.lower()
    return char if not char.isascii() and any(part.isascii() for part in low) else low
