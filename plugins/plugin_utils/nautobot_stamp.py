# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes capture dates into a custom field of devices in Nautobot, and tells what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..module_utils.errors import NetcellarError
from ..module_utils.hints import did_you_mean
from ..module_utils.values import moment_of
from .nautobot_wire import NautobotError, RefusedError, Wire

READ_CHUNK = 1000
WRITE_CHUNK = 50
"""Nautobot takes about 0.1 s per device of a bulk write, and writes all of it or nothing."""

FORMATS: Mapping[str, str] = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%SZ", "text": "%Y-%m-%dT%H:%M:%SZ"}
"""The custom-field types that can hold a capture date, and how it is written there."""

_READ = "query ($ids: [String]) { devices(id: $ids) { id _custom_field_data } }"
_UNKNOWN = "Nautobot does not know this device"


@dataclass(slots=True)
class StampResult:
    """What became of each device, by id. ``unknown`` are those of ``failed`` that Nautobot does not have."""

    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


class Stamper:
    """Stamps one custom field, which is first proved to exist: Nautobot drops a value of an unknown one silently."""

    def __init__(self, wire: Wire, key: str) -> None:
        self._wire = wire
        self._key = key
        self._format = _format_of(wire, key)
        self._result = StampResult()

    def stamp(self, dates: Iterable[tuple[str, str]]) -> StampResult:
        """Write what changes. Raises NautobotError only if the present values cannot be read."""
        newest = _newest(dates)
        for device in [key for key in newest if not _is_uuid(key)]:
            del newest[device]
            self._forget(device)
        changes: list[tuple[str, str]] = []
        for chunk in _chunks(list(newest.items()), READ_CHUNK):
            changes += self._changes(chunk)
        self._write(changes)
        return self._result

    def _changes(self, chunk: Sequence[tuple[str, datetime]]) -> Iterator[tuple[str, str]]:
        rows = self._wire.graphql(_READ, {"ids": [device for device, __ in chunk]})["devices"]
        if not rows:
            self._wire.prove("dcim/devices/", "devices")
        present = {row["id"]: (row["_custom_field_data"] or {}).get(self._key) for row in rows}
        for device, moment in chunk:
            value = moment.strftime(self._format)
            if device not in present:
                self._forget(device)
            elif _as_new(present[device], value):
                self._result.unchanged.append(device)
            else:
                yield device, value

    def _write(self, changes: Sequence[tuple[str, str]]) -> None:
        chunks = list(_chunks(changes, WRITE_CHUNK))
        for number, chunk in enumerate(chunks):
            try:
                self._write_chunk(chunk)
            except NautobotError as error:
                # not this chunk's own fault, so the rest would meet it too
                for device, __ in (change for rest in chunks[number:] for change in rest):
                    self._result.failed.setdefault(device, error.message)
                return

    def _write_chunk(self, chunk: Sequence[tuple[str, str]]) -> None:
        try:
            self._patch(chunk)
        except RefusedError as error:
            if len(chunk) == 1:
                self._result.failed[chunk[0][0]] = error.message
                return
            # all or nothing, and the refusal names no device
            for change in chunk:
                self._write_chunk([change])

    def _patch(self, chunk: Sequence[tuple[str, str]]) -> None:
        body = [{"id": device, "custom_fields": {self._key: value}} for device, value in chunk]
        answer = self._wire.patch("dcim/devices/", body)
        written = {row["id"]: (row.get("custom_fields") or {}).get(self._key) for row in answer}
        for device, value in chunk:
            if device not in written:
                self._result.failed[device] = (
                    "Nautobot passed over this device: it is gone, or the token may not change it"
                )
            elif not _same(written[device], value):
                self._result.failed[device] = f"Nautobot did not keep the value of {self._key}"
            else:
                self._result.updated.append(device)

    def _forget(self, device: str) -> None:
        self._result.failed[device] = _UNKNOWN
        self._result.unknown.add(device)


def _format_of(wire: Wire, key: str) -> str:
    rows = wire.results("extras/custom-fields/", "custom fields", content_types="dcim.device")
    types = {str(row["key"]): str(row["type"]["value"]) for row in rows}
    if key not in types:
        raise NetcellarError(f"Nautobot has no custom field {key!r} for devices", remedy=did_you_mean(key, types))
    if types[key] not in FORMATS:
        raise NetcellarError(
            f"the custom field {key!r} is of type {types[key]} and cannot hold a date",
            remedy=f"Choose a field of type {' or '.join(FORMATS)} for netcellar_stamp_field",
        )
    return FORMATS[types[key]]


def _newest(dates: Iterable[tuple[str, str]]) -> dict[str, datetime]:
    newest: dict[str, datetime] = {}
    for device, moment in dates:
        when = datetime.fromisoformat(moment).astimezone(UTC)
        newest[device] = max(when, newest.get(device, when))
    return newest


def _as_new(present: Any, value: str) -> bool:
    """Whether the field already holds this moment or a later one; what is no date is not."""
    old, new = moment_of(present), moment_of(value)
    return old is not None and new is not None and old >= new


def _same(written: Any, value: str) -> bool:
    return written == value or (moment_of(written) is not None and moment_of(written) == moment_of(value))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
