# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where a device's text is kept: a path template, filled with values that are data and never anything else.

A value that does not fit is rejected with its reason. It is never altered: two devices could end in one file, or a
device in the file of another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .device import TEXTS, Device, Place
from .errors import NetcellarError

DEFAULT = "backups/{name}.{artifact}-config"

_PLAIN = frozenset(TEXTS)
_GIVEN = frozenset({"artifact", "date"})
_LOCATION = re.compile(r"location(?P<up>(?:\.parent)*)(?:\.(?P<what>name|type|id))?(?:\|type:(?P<type>[^|]+))?")
_CUSTOM = re.compile(r"custom_fields\.(?P<key>[^|{}]+)")
_PIECE = re.compile(r"\{([^{}]*)\}|([{}])")
_WINDOWS = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)")
_GIT = re.compile(r"(?i)git~\d+")
_MOST_BYTES = 255
# Control and format characters, surrogates, and the two line ends of Unicode.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class PathError(NetcellarError):
    """A device's values give no path that may be used; the device is rejected with class ``path``."""

    def __init__(self, message: str) -> None:
        super().__init__(message, error="path")


@dataclass(frozen=True, slots=True)
class Template:
    """A path template that was checked. ``pieces`` are fixed text and names in turn, the fixed text first."""

    text: str
    pieces: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template such as ``backups/{location.name|type:City}/{name}``. Raises NetcellarError."""
        pieces, at = [], 0
        for match in _PIECE.finditer(text):
            if match.group(2):
                raise _bad(text, f"the brace at character {match.start() + 1} has no partner")
            if not _known(match.group(1)):
                raise _bad(text, f"nothing is called {{{match.group(1)}}}")
            pieces += [text[at : match.start()], match.group(1)]
            at = match.end()
        template = cls(text, (*pieces, text[at:]))
        for segment in template._fill(["x"] * (len(pieces) // 2)).split("/"):
            fault = _segment_fault(segment)
            if fault:
                raise _bad(text, f"a part of the path {fault}")
        return template

    def render(self, device: Device, artifact: str, date: str) -> str:
        """The path for one text of a device; ``date`` is the day of the run (YYYY-MM-DD). Raises PathError."""
        values = [_checked(name, _value(name, device, artifact, date)) for name in self.pieces[1::2]]
        path = self._fill(values)
        for segment in path.split("/"):
            fault = _segment_fault(segment)
            if fault:
                raise PathError(f"the path {path!r} cannot be used: its part {segment!r} {fault}")
        return path

    def _fill(self, values: list[str]) -> str:
        parts = list(self.pieces)
        parts[1::2] = values
        return "".join(parts)


def folded(path: str) -> str:
    """The path as a file system knows it that ignores case and the form of accents."""
    return unicodedata.normalize("NFC", path).casefold()


def collisions(paths: Iterable[str]) -> set[str]:
    """Those of the paths that cannot live beside another one of them.

    Two paths collide when a file system that ignores case or the form of accents takes them for one, or when one is a
    folder that the other needs as a file. A path that is listed twice collides with itself.
    """
    by_key: dict[str, list[str]] = {}
    for path in paths:
        by_key.setdefault(folded(path), []).append(path)
    found: set[str] = set()
    for key, same in by_key.items():
        if len(same) > 1:
            found.update(same)
        parent = key.rpartition("/")[0]
        while parent:
            if parent in by_key:
                found.update(same, by_key[parent])
            parent = parent.rpartition("/")[0]
    return found


def _bad(text: str, message: str) -> NetcellarError:
    return NetcellarError(
        f"the path template {text!r} cannot be used: {message}",
        remedy=f"names are: {', '.join(sorted(_PLAIN | _GIVEN))}, location.name, location.parent.name, "
        "location.name|type:<location type>, custom_fields.<key>",
        error="path",
    )


def _known(name: str) -> bool:
    return bool(name in _PLAIN or name in _GIVEN or _LOCATION.fullmatch(name) or _CUSTOM.fullmatch(name))


def _value(name: str, device: Device, artifact: str, date: str) -> Any:
    if name in _GIVEN:
        return artifact if name == "artifact" else date
    custom = _CUSTOM.fullmatch(name)
    if custom:
        return _custom(device.custom_fields, custom.group("key"))
    location = _LOCATION.fullmatch(name)
    return _place(device.location, location) if location else getattr(device, name)


def _custom(fields: Mapping[str, Any], key: str) -> Any:
    """A custom field; ``a.b`` reaches into a JSON value, where no field is itself called so."""
    if key in fields:
        return fields[key]
    first, dot, rest = key.partition(".")
    inner = fields.get(first)
    return _custom(inner, rest) if dot and isinstance(inner, Mapping) else None


def _place(chain: tuple[Place, ...], wanted: re.Match[str]) -> str | None:
    """The device's own place or the nearest one of the wanted type, and from there up as often as ``parent`` says."""
    places = list(reversed(chain))
    kind = wanted.group("type")
    if kind is not None:
        start = next((index for index, place in enumerate(places) if place.type == kind), len(places))
        places = places[start:]
    places = places[wanted.group("up").count(".parent") :]
    return getattr(places[0], wanted.group("what") or "name") if places else None


def _checked(name: str, value: Any) -> str:
    if value is None or value == "":
        raise PathError(f"{{{name}}} of the path is empty for this device")
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise PathError(f"{{{name}}} of the path is a {type(value).__name__}, not a text")
    text = str(value)
    if "/" in text or "\\" in text:
        raise PathError(f"{{{name}}} of the path is {text!r}: a value must not hold a slash")
    return text


def _segment_fault(segment: str) -> str | None:
    """Why a part of a path cannot be a file's or a folder's name on any system, or None."""
    checks = (
        (not segment, "is empty"),
        (any(unicodedata.category(char) in _UNSEEN for char in segment), "holds a control character"),
        ("\\" in segment, "holds a backslash"),
        (segment.startswith("."), "begins with a dot"),
        (segment != segment.strip(), "begins or ends with a blank"),
        (segment.endswith("."), "ends with a dot"),
        (_GIT.fullmatch(segment) is not None, "is a name that Git keeps for itself"),
        (_WINDOWS.match(segment) is not None, "is a name that Windows keeps for itself"),
        (len(segment.encode("utf-8", "surrogatepass")) > _MOST_BYTES, f"is longer than {_MOST_BYTES} bytes"),
    )
    return next((message for holds, message in checks if holds), None)
