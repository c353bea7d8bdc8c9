"""Which devices a job means that names no saved inventory: all, those with a tag, a list, another job's failures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .core import DEVICES, NAUTOBOT
from .fields import Field, Fields, Flag, Schema, Text, Texts, read_fields, schema_of
from .reading import Section

WAYS = ("all", "tags", "devices", "failures_of")
SELECTION: Fields = {
    "all": Field(Flag(), "true: every device of the source"),
    "tags": Field(Texts(), "the devices that have any of these tags in Nautobot"),
    "devices": Field(Texts(), "these devices, by their names"),
    "failures_of": Field(Text(), "the devices that the last run of this job did not back up"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Exactly one of: every device, tags, devices by name, or the job whose failures are meant."""

    all: bool = False
    tags: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    failures_of: str | None = None

    def chosen(self) -> dict[str, Any]:
        """What a saved inventory says for it. Not for ``failures_of``, which is a limit on another inventory."""
        if self.tags:
            return {"match": {"field": "tag", "operator": "in", "value": list(self.tags)}}
        return {"names": list(self.devices)} if self.devices else {"match": {"all": True}}


class SelectionKind:
    """``inventory``: the name of a saved inventory, or a mapping with one way to choose devices."""

    def read(self, part: Section, name: str) -> str | Selection | None:
        if not isinstance(part.values[name].value, dict):
            return part.text(name)
        inner = part.section(name)
        values = read_fields(inner, SELECTION)
        given = [way for way in WAYS if inner.has(way)]
        if len(given) != 1:
            remedy = "write one of them, such as `inventory: {tags: [backup]}`"
            part.fault(name, f"needs one of {', '.join(WAYS)}, and has {' and '.join(given) or 'none'}", remedy)
            return None
        if not values[given[0]]:
            remedy = "name what is meant: an empty choice is never all devices"
            inner.fault(given[0], "chooses nothing", remedy)
            return None
        return Selection(values["all"] or False, values["tags"] or (), values["devices"] or (), values["failures_of"])

    def schema(self) -> Schema:
        ways = {**schema_of(SELECTION), "oneOf": [{"required": [way]} for way in WAYS]}
        return {"oneOf": [Text().schema(), ways]}


def saved_text(selection: Selection, name: str, device_file: Path | None) -> str:
    """The selection as the text of a saved inventory: on a device file, or on Nautobot where there is none."""
    source = {"plugin": DEVICES, "devices": str(device_file)} if device_file else {"plugin": NAUTOBOT}
    return yaml.safe_dump({**source, "name": name, **selection.chosen()}, sort_keys=False, allow_unicode=True)
