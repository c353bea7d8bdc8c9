"""What Nautobot answers to ``devices(...)``, written from measurements of 2.4.44 and 3.2.7 and not from our code."""

from __future__ import annotations

import operator
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import Query

PARTS: dict[str, Callable[[str, str], bool]] = {
    "ic": lambda text, part: part in text,
    "isw": str.startswith,
    "iew": str.endswith,
}
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
NAMED = ("role", "status", "tenant", "platform", "device_type", "manufacturer")


class RefusedError(Exception):
    """An answer with errors and ``devices: null``, or HTTP 400."""


@dataclass(frozen=True)
class FakeNautobot:
    """``types`` are the custom fields' types by key, ``loose`` the keys whose filter logic is loose.

    ``known`` are the names that exist, by field. ``unicode_case`` is whether the database folds letters beyond ASCII.
    """

    devices: tuple[Device, ...]
    types: dict[str, str]
    known: dict[str, set[str]]
    loose: frozenset[str] = frozenset()
    version: str = "3.2"
    unicode_case: bool = True

    def answer(self, query: Query) -> set[str]:
        """The ids of the devices that the query finds."""
        assert query.document.endswith(" { id } }")
        passed = re.search(r"devices\((.*?)\)", query.document)
        pairs = [pair.split(": $") for pair in passed[1].split(", ")] if passed else []
        declared = dict(re.findall(r"\$(\w+): ([\[\]\w]+)", query.document))
        tests = [self._test(argument, declared[name], query.variables[name]) for argument, name in pairs]
        return {device.id for device in self.devices if all(test(device) for test in tests)}

    def _test(self, argument: str, declared: str, value: Any) -> Callable[[Device], bool]:
        if argument.startswith("cf_"):
            return self._custom(argument[3:], declared, value)
        name, _, lookup = argument.partition("__")
        if name == "has_primary_ip":
            self._typed(declared, "Boolean")
            return lambda device: (device.primary_ip is not None) is value
        if lookup == "isnull":
            self._typed(declared, "Boolean")
            return lambda device: (not self._names(name, device)) is value
        self._typed(declared, "[String]")
        values = self._stripped(value)
        return self._listed(name, lookup, values) if values else lambda device: True

    def _listed(self, name: str, lookup: str, values: list[str]) -> Callable[[Device], bool]:
        if name == "id":
            if not all(map(_is_uuid, values)):
                raise RefusedError("Enter a valid UUID.")
            return lambda device: (device.id in values) is not (lookup == "n")
        if name in {"name", "serial", "asset_tag"}:
            return self._chars(lambda device: getattr(device, name), lookup, values)
        return self._related(name, lookup, values)

    def _related(self, name: str, lookup: str, values: list[str]) -> Callable[[Device], bool]:
        field = "tag" if name == "tags" else name
        for value in values:
            wrong = _is_uuid(value) and name != "location"
            if value != "null" and (wrong or value not in self.known[field]):
                raise RefusedError(f"Select a valid choice. {value} is not one of the available choices.")
        if name == "tags" and not lookup:
            return lambda device: all(value in device.tags for value in values)
        if lookup not in {"", "n"}:
            raise RefusedError(f"Unknown argument {name}__{lookup}")

        def found(device: Device) -> bool:
            names = self._names(name, device)
            return bool(names & set(values)) or ("null" in values and not names)

        return lambda device: found(device) is not (lookup == "n")

    @staticmethod
    def _names(name: str, device: Device) -> set[str]:
        if name == "location":
            # what is written like an id is never looked for as a name
            names = {place.name for place in device.location if not _is_uuid(place.name)}
            return names | {str(place.id) for place in device.location}
        if name == "tags":
            return set(device.tags)
        value = getattr(device, name)
        return set() if value is None else {value}

    def _custom(self, argument: str, declared: str, value: Any) -> Callable[[Device], bool]:
        key, _, lookup = argument.partition("__")
        kind = self.types[key]
        if lookup:
            self._typed(declared, "[Int]" if kind == "integer" else "[String]")
        else:
            base = {"integer": "Int", "boolean": "Boolean", "select": "[String]", "multi-select": "[String]"}
            self._typed(declared, base.get(kind, "String"))
        if kind in {"integer", "boolean"}:
            values = value if isinstance(value, list) else [value]
        else:
            values = self._stripped(value if isinstance(value, list) else [value])
        if not values:
            return lambda device: True
        if (lookup in PARTS or lookup in {"re", "nre"}) and kind not in {"text", "url", "select"}:
            raise RefusedError(f"Unknown argument cf_{argument}")
        if lookup in ORDERS and kind not in {"integer", "date", "datetime"}:
            raise RefusedError(f"Unknown argument cf_{argument}")
        return lambda device: self._holds(kind, key, lookup, values, device.custom_fields.get(key, ...))

    def _holds(self, kind: str, key: str, lookup: str, values: list[Any], stored: Any) -> bool:
        if kind == "multi-select":
            found = any(value in (stored if isinstance(stored, list) else []) for value in values)
            return self.version == "2.4" or not found if lookup == "n" else found
        if lookup in {"re", "nre"}:
            assert values == [".+"]
            return (isinstance(stored, str) and stored != "") is (lookup == "re")
        if lookup in ORDERS:
            return self._ordered(kind, lookup, values, stored)
        loose = not lookup and key in self.loose and kind in {"text", "url", "markdown"}
        if lookup in PARTS or loose:
            return isinstance(stored, str) and any(self._part(lookup or "ic", stored, value) for value in values)
        equal = any(stored == value and type(stored) is type(value) for value in values)
        if "null" in values and stored is None:
            equal = True
        return not equal if lookup == "n" else equal

    @staticmethod
    def _ordered(kind: str, lookup: str, values: list[Any], stored: Any) -> bool:
        """JSON null is less than any number; dates and moments are compared as texts."""
        if stored is None:
            return kind == "integer" and lookup.startswith("l")
        return stored is not ... and any(ORDERS[lookup](stored, value) for value in values)

    def _part(self, lookup: str, text: str, part: str) -> bool:
        return PARTS[lookup](self._upper(text), self._upper(part))

    def _chars(self, read: Callable[[Device], Any], lookup: str, values: list[str]) -> Callable[[Device], bool]:
        if lookup in PARTS:
            return lambda device: any(self._part(lookup, read(device) or "", value) for value in values)
        return lambda device: read(device) in values

    def _upper(self, text: str) -> str:
        """PostgreSQL maps letter by letter, and in the C locale only ASCII; the Kelvin sign never becomes a K."""
        letters = (char.upper() if char.isascii() or self.unicode_case else char for char in text)
        return "".join(new if len(new) == 1 else old for new, old in zip(letters, text, strict=True))

    @staticmethod
    def _stripped(values: Iterable[Any]) -> list[str]:
        return [value.strip() for value in values if value.strip()]

    @staticmethod
    def _typed(declared: str, wanted: str) -> None:
        if declared != wanted:
            raise RefusedError(f"Variable of type {declared} used in position expecting type {wanted}")


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
