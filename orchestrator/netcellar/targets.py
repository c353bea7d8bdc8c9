"""The keys of the project file that say what counts as covered: ``fresh_within``, ``objective`` and ``exclude``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from .fields import Duration, Field, Fields, Schema, Text, Texts, read_fields, schema_of
from .reading import Section

PERCENT = re.compile(r"(\d{1,2}(\.\d{1,2})?|100(\.0{1,2})?) ?%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """How old the last proven capture of a device may be, and for how many devices that must hold, in percent."""

    fresh_within: timedelta = timedelta(hours=24)
    objective: float = 100.0


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Devices that no job backs up, by patterns of host names with ``*``, ``?`` and ``[…]``, and why."""

    devices: tuple[str, ...]
    reason: str


class Percent:
    """A share of devices, such as 99.5%."""

    def read(self, part: Section, name: str) -> float | None:
        value = part.values[name].value
        if not isinstance(value, str) or not PERCENT.fullmatch(value.strip()):
            part.fault(name, f"`{value}` is no share", "write it with its sign: 99% or 99.5%")
            return None
        return float(value.strip().rstrip("% "))

    def schema(self) -> Schema:
        return {"type": "string", "pattern": rf"^\s*({PERCENT.pattern})\s*$"}


EXCLUSION: Fields = {
    "devices": Field(Texts(), "patterns of host names, such as lab-*", required=True),
    "reason": Field(Text(), "why nobody needs their configuration", required=True),
}
TARGET: Fields = {
    "fresh_within": Field(Duration(), "how old the last proven capture of a device may be; without it 24h"),
    "objective": Field(Percent(), "the share of devices for which that must hold; without it 100%"),
}


class Exclusions:
    """``exclude``: a list of patterns, each with its reason."""

    def read(self, part: Section, name: str) -> tuple[Exclusion, ...]:
        node = part.values[name]
        if not isinstance(node.value, list):
            remedy = "write `- {devices: [lab-*], reason: why}` lines below it"
            part.fault(name, f"must be a list, and is {node.kind}", remedy)
            return ()
        inner = [Section(part.file, f"{part.key}.{name}".lstrip("."), item, part.faults) for item in node.value]
        read = [self._one(item) for item in inner]
        return tuple(one for one in read if one is not None)

    def _one(self, part: Section) -> Exclusion | None:
        values = read_fields(part, EXCLUSION)
        devices = values["devices"]
        if devices is None or values["reason"] is None:
            return None
        if not devices:
            part.fault("devices", "names no device", "write patterns of host names, such as [lab-*]")
        for pattern in devices:
            if pattern.startswith(("-", "@", "!", "&", "~")) or set(pattern) & set(",:"):
                part.fault("devices", f"`{pattern}` is no pattern of one host's name", "write names, with * and ?")
            elif not pattern.strip("*?"):
                part.fault("devices", f"`{pattern}` leaves out every device", "name the devices that are meant")
        return Exclusion(devices, values["reason"])

    def schema(self) -> Schema:
        return {"type": "array", "items": schema_of(EXCLUSION)}
