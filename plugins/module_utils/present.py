# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a device has in a field. None, an empty text, list or mapping, and a missing custom field are all: nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from .device import Device
from .field_table import CUSTOM, FIELDS

Values = tuple[Any, ...]


def values_of(field: str, device: Device) -> Values:
    """Nothing, one value, or several (tags, multi-select, a JSON list, the ``Place`` of a chain)."""
    return reader(field)(device)


def reader(field: str) -> Callable[[Device], Values]:
    """The same, built once for many devices."""
    if field.startswith(CUSTOM):
        key, *path = field[len(CUSTOM) :].split(".")
        if path:
            return lambda device: _present(_within(device.custom_fields.get(key), path))
        return lambda device: _present(device.custom_fields.get(key))
    if field == "has_primary_ip":
        return lambda device: (bool(device.primary_ip),)
    if field == "location.parent":
        return lambda device: device.location[-2:-1]
    get = attrgetter(FIELDS[field].attribute)
    return lambda device: _present(get(device))


def _present(value: Any) -> Values:
    if isinstance(value, str):
        return (value,) if value else ()
    if value is None or value == {}:
        return ()
    if isinstance(value, list | tuple):
        return tuple(value)
    return (value,)


def _within(value: Any, path: Sequence[str]) -> Any:
    """What lies at a path in JSON: keys of mappings, and numbers (from 0) of lists. None where there is nothing."""
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and part.isascii():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value
