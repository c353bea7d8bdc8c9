"""What a key of the project file may hold: how it is read, and what an editor is told of it. One source for both.

A field reads its value with ``Section``, which notes every mistake; a faulty or missing value reads as None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from .reading import Section

Schema = dict[str, Any]
NAME_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9._-]*$"
NO_TEMPLATE = r"^(?!.*(\{\{|\{%|\{#))[\s\S]*\S[\s\S]*$"
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST = timedelta(days=3653)
DURATION = re.compile(r"([1-9]\d{0,5})([smhdw])", re.ASCII)


class Kind(Protocol):
    """A kind of value."""

    def read(self, part: Section, name: str) -> Any:
        """The value under ``name``, or None."""

    def schema(self) -> Schema:
        """The same in JSON Schema."""


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a section. ``about`` is the sentence that an editor shows."""

    kind: Kind
    about: str
    required: bool = False


Fields = Mapping[str, Field]


def read_fields(part: Section, fields: Fields) -> dict[str, Any]:
    """Every value of a section by its key; unknown and missing keys are faults, unless all of it is one."""
    if not part.sound:
        return dict.fromkeys(fields)
    part.only(fields)
    for name, field in fields.items():
        if field.required and not part.has(name):
            part.missing(name)
    return {name: field.kind.read(part, name) if part.has(name) else None for name, field in fields.items()}


def schema_of(fields: Fields) -> Schema:
    """The JSON Schema of a section."""
    required = [name for name, field in fields.items() if field.required]
    properties = {name: {"description": field.about, **field.kind.schema()} for name, field in fields.items()}
    found: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**found, "required": required} if required else found


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty and no template."""

    def read(self, part: Section, name: str) -> str | None:
        return part.text(name)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": NO_TEMPLATE}


@dataclass(frozen=True, slots=True)
class FilePath:
    """A path; a relative one starts from the project file's folder."""

    def read(self, part: Section, name: str) -> Path | None:
        value = part.text(name)
        return part.place(name, value) if value else None

    def schema(self) -> Schema:
        return Text().schema()


@dataclass(frozen=True, slots=True)
class Url:
    """An http or https address without an account in it."""

    def read(self, part: Section, name: str) -> str | None:
        return part.url(name)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^https?://[^/@\s]+(/[^\s]*)?$"}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    default: bool | None = None

    def read(self, part: Section, name: str) -> bool | None:
        return part.flag(name, bool(self.default))

    def schema(self) -> Schema:
        return {"type": "boolean"} if self.default is None else {"type": "boolean", "default": self.default}


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within limits."""

    low: int
    high: int

    def read(self, part: Section, name: str) -> int | None:
        return part.number(name, self.low, self.high)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a closed list."""

    words: tuple[str, ...]

    def read(self, part: Section, name: str) -> str | None:
        return part.choice(name, self.words)

    def schema(self) -> Schema:
        # YAML 1.1 reads a bare `off` as false.
        return {"enum": [*self.words, *([False] if "off" in self.words else [])]}


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts; with ``some``, of at least one."""

    some: bool = False

    def read(self, part: Section, name: str) -> tuple[str, ...] | None:
        found = part.texts(name)
        if self.some and found == () and not part.values[name].value:
            part.fault(name, "is an empty list", "name at least one, or leave the key out")
        return found

    def schema(self) -> Schema:
        least = {"minItems": 1} if self.some else {}
        return {"type": "array", "items": Text().schema(), **least}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: a whole number and its unit, such as 15m."""

    def read(self, part: Section, name: str) -> timedelta | None:
        value = part.text(name)
        if value is None:
            return None
        match = DURATION.fullmatch(value.strip())
        if match is None:
            part.fault(name, f"`{value}` is no length of time", "write a number and its unit: 90s, 15m, 6h, 30d or 2w")
            return None
        found = timedelta(**{UNITS[match[2]]: int(match[1])})
        if found > LONGEST:
            part.fault(name, f"`{value}` is longer than ten years", "write a shorter one, such as 3650d")
            return None
        return found

    def schema(self) -> Schema:
        return {"type": "string", "pattern": rf"^\s*{DURATION.pattern}\s*$"}


@dataclass(frozen=True, slots=True)
class Inner:
    """A section below this one. ``read`` gives its values by key."""

    fields: Fields

    def read(self, part: Section, name: str) -> dict[str, Any]:
        return read_fields(part.section(name), self.fields)

    def schema(self) -> Schema:
        return schema_of(self.fields)
