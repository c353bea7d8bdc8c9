# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A YAML file of devices, for people without Nautobot: the same devices and the same conditions.

``custom_fields`` defines the custom fields, ``devices`` lists the devices; docs/reference/device-file.md has the keys.
"""

from __future__ import annotations

import ipaddress
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .condition import ConditionError, Leaf
from .device import TEXTS, Device, Place
from .errors import NetcellarError
from .field_table import CUSTOM, CUSTOM_TYPES, FIELDS
from .fields import CustomField, Schema, check
from .hints import did_you_mean

_NAMESPACE = uuid.UUID("6f1f2cf1-5b0e-5d0c-9d6c-6b7c8f9a4e21")
_KEYS = (*TEXTS, "address", "location", "tags", "custom_fields", "variables")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?", re.ASCII)
_NUMBERS = re.compile(r"[0-9.]+", re.ASCII)


class DeviceFileError(NetcellarError):
    """A fault in a device file; ``where`` is its position, like ``devices[3].location``."""

    def __init__(self, where: str, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, remedy=remedy)
        self.where = where


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """The devices in the order of the file, their custom fields, and by device id the variables that the file adds."""

    devices: tuple[Device, ...]
    schema: Schema
    variables: Mapping[str, Mapping[str, Any]]

    def known(self) -> dict[str, set[str]]:
        """The names in use by field, for ``vocabulary.require``."""
        names: dict[str, set[str]] = {}
        for field, column in FIELDS.items():
            if column.type in {"named", "location", "tags"}:
                found = (_words(getattr(device, column.attribute)) for device in self.devices)
                names[field] = {word for words in found for word in words}
        names["location_type"] = {place.type for device in self.devices for place in device.location if place.type}
        return names


def read_device_file(document: Any) -> DeviceFile:
    """The devices of a loaded YAML document. Raises DeviceFileError for anything that is not understood whole."""
    _mapping(document, "", ("custom_fields", "devices"))
    schema = Schema(dict(_definitions(document.get("custom_fields"))))
    rows = document.get("devices")
    if not isinstance(rows, list) or not rows:
        raise DeviceFileError(
            "devices", "a list with at least one device is expected", remedy="write `- name: …` items"
        )
    devices: list[Device] = []
    variables: dict[str, Mapping[str, Any]] = {}
    for index, row in enumerate(rows):
        where = f"devices[{index}]"
        device = _device(row, where, schema)
        if device.id in variables:
            raise DeviceFileError(where, _twice(device), remedy="give each of them an id of its own: `id: …`")
        devices.append(device)
        variables[device.id] = _variables(row.get("variables"), f"{where}.variables")
    return DeviceFile(tuple(devices), schema, variables)


def _twice(device: Device) -> str:
    return (
        f"a second device with the name {device.name!r}"
        if device.id == _id_of(device.name or "")
        else (f"a second device with the id {device.id!r}")
    )


def _id_of(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def _definitions(section: Any) -> Iterator[tuple[str, CustomField]]:
    for key, value in _section(section, "custom_fields").items():
        where = f"custom_fields.{key}"
        if not isinstance(key, str) or not _NAME.fullmatch(key):
            raise DeviceFileError(where, "not a key", remedy="use letters, digits and _, and begin with a letter")
        row = {"type": value} if isinstance(value, str) else value
        _mapping(row, where, ("type", "choices"))
        if row.get("type") not in CUSTOM_TYPES:
            raise DeviceFileError(
                f"{where}.type", f"{row.get('type')!r} is no type", remedy=did_you_mean(row.get("type"), CUSTOM_TYPES)
            )
        choices = row.get("choices")
        yield (
            key,
            CustomField(key, row["type"], choices=None if choices is None else _texts(choices, f"{where}.choices")),
        )


def _device(row: Any, where: str, schema: Schema) -> Device:
    _mapping(row, where, _KEYS)
    texts = {key: _text(row.get(key), f"{where}.{key}") for key in TEXTS}
    name = texts.pop("name")
    device_id = texts.pop("id")
    if device_id is None and name is None:
        raise DeviceFileError(where, "the device has neither a name nor an id", remedy="give it a name")
    driver = texts.pop("network_driver") or texts["platform"]
    return Device(
        id=device_id or _id_of(str(name)),
        name=name,
        network_driver=driver,
        primary_ip=_address(row.get("address"), f"{where}.address"),
        location=_chain(row.get("location"), f"{where}.location"),
        tags=_texts(row.get("tags") or [], f"{where}.tags"),
        custom_fields=dict(_values(row.get("custom_fields"), f"{where}.custom_fields", schema)),
        **texts,
    )


def _values(section: Any, where: str, schema: Schema) -> Iterator[tuple[str, Any]]:
    for key, value in _section(section, where).items():
        if key not in schema.custom_fields:
            raise DeviceFileError(
                f"{where}.{key}", "no such custom field is defined", remedy=did_you_mean(key, schema.custom_fields)
            )
        if value is not None:
            yield key, _value(schema.custom_fields[key], value, f"{where}.{key}", schema)


def _value(custom: CustomField, value: Any, where: str, schema: Schema) -> Any:
    """The value as conditions compare it: typed by the very rules that type the values of conditions."""
    if custom.type == "json":
        return _json(value, where)
    several = custom.type == "multi-select"
    if several and not isinstance(value, list):
        raise DeviceFileError(where, f"a list is expected, not {value!r}", remedy="write `[a, b]`")
    try:
        typed = [
            check(Leaf(f"{CUSTOM}{custom.key}", "equals", item, where), schema)
            for item in (value if several else [value])
        ]
    except ConditionError as error:
        message = error.message.removeprefix(f"{error.where}: ")
        raise DeviceFileError(where, message, remedy=error.remedy) from error
    found = [leaf.value for leaf in typed if isinstance(leaf, Leaf)]
    return found if several else found[0]


def _json(value: Any, where: str) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise DeviceFileError(where, f"this cannot stand in JSON: {error}", remedy="put dates in quotes") from error


def _chain(value: Any, where: str) -> tuple[Place, ...]:
    """A place as ``City``, as ``Region/City/Room``, or as a list of names or ``{name, type}``, outermost first."""
    if value is None:
        return ()
    if not isinstance(value, list):
        text = _text(value, where) or ""
        return tuple(_place(part.strip(), where) for part in text.split("/"))
    return tuple(_place(item, f"{where}[{index}]") for index, item in enumerate(value))


def _place(item: Any, where: str) -> Place:
    row = item if isinstance(item, Mapping) else {"name": item}
    _mapping(row, where, ("name", "type"))
    name = _text(row.get("name"), f"{where}.name")
    if name is None:
        raise DeviceFileError(where, "a place without a name", remedy="write Region/City/Room without empty parts")
    return Place(name, _text(row.get("type"), f"{where}.type"))


def _address(value: Any, where: str) -> str | None:
    text = _text(value, where)
    if text is None or (_HOST.fullmatch(text) and not _NUMBERS.fullmatch(text)):
        return text
    try:
        return str(ipaddress.ip_interface(text)) if "/" in text else str(ipaddress.ip_address(text))
    except ValueError as error:
        raise DeviceFileError(where, f"{text!r} is neither an address nor a host name") from error


def _variables(section: Any, where: str) -> Mapping[str, Any]:
    found = _section(section, where)
    for key in found:
        if not isinstance(key, str) or not _NAME.fullmatch(key):
            raise DeviceFileError(f"{where}.{key}", "not a variable name", remedy="use letters, digits and _")
    return dict(found)


def _section(value: Any, where: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise DeviceFileError(where, f"a mapping is expected, not {value!r}", remedy="write `key: value` lines")
    return value


def _mapping(value: Any, where: str, known: tuple[str, ...]) -> None:
    if not isinstance(value, Mapping):
        raise DeviceFileError(
            where or "the device file", "a mapping is expected", remedy=f"its keys are {', '.join(known)}"
        )
    for key in value:
        if key not in known:
            raise DeviceFileError(f"{where}.{key}".lstrip("."), "unknown key", remedy=did_you_mean(key, known))


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise DeviceFileError(where, f"a list is expected, not {value!r}", remedy="write `[a, b]`")
    found = [_text(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if None in found:
        raise DeviceFileError(f"{where}[{found.index(None)}]", "the value is empty", remedy="remove it")
    return tuple(item for item in found if item is not None)


def _text(value: Any, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise DeviceFileError(where, f"text is expected, not {value!r}", remedy=f'put it in quotes: "{value}"')
    return str(value) if value.strip() else None


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(item.name if isinstance(item, Place) else item for item in value)
    return () if value is None else (value,)
