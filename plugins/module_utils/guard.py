# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Guards on the set of devices: how far it may move from the last good one, and how small it may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import NetcellarError

MAX_NAMED = 10
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%", re.ASCII)
_WHOLE = 100


class RefusedError(NetcellarError):
    """The set of devices is not what it was allowed to be: the run must not start."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many devices may leave or enter: a number of them, or a share of the last good set (0 to 1)."""

    devices: int | None = None
    share: float | None = None

    def allowed(self, before: int) -> int:
        """The number of devices, of a set that had ``before``."""
        return self.devices if self.devices is not None else int(before * (self.share or 0.0) + 1e-9)

    def __str__(self) -> str:
        return str(self.devices) if self.devices is not None else f"{(self.share or 0.0) * _WHOLE:g}%"


@dataclass(frozen=True, slots=True)
class Change:
    """Device ids that left and entered, and how many there were and are."""

    left: frozenset[str]
    entered: frozenset[str]
    before: int
    after: int


def max_change(value: Any, where: str = "max_change") -> Limit | None:
    """The limit that a document says: ``25``, ``10%``, or nothing for no limit. Raises NetcellarError."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Limit(devices=value)
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if found and float(found[1]) <= _WHOLE:
        return Limit(share=float(found[1]) / _WHOLE)
    raise NetcellarError(
        f"{where}: a number of devices or a share is expected, not {value!r}", remedy="write `25` or `10%`"
    )


def min_devices(value: Any, where: str = "min_devices") -> int:
    """The least number of devices that a document says; 1 where it says nothing. Raises NetcellarError."""
    if value is None:
        return 1
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise NetcellarError(f"{where}: a number of devices from 1 on is expected, not {value!r}", remedy="write `20`")


def change(old: Iterable[str], new: Iterable[str]) -> Change:
    """What became of the set."""
    before, after = frozenset(old), frozenset(new)
    return Change(before - after, after - before, len(before), len(after))


def guard(
    old: Mapping[str, str] | None,
    new: Mapping[str, str],
    *,
    limit: Limit | None = None,
    least: int = 1,
) -> Change:
    """The change from the last good set (None: there is none yet) to the new one, both device id to name.

    ``least`` and ``limit`` are as ``min_devices`` and ``max_change`` give them; those that leave and those that enter
    are counted each for itself. Raises RefusedError that says how many leave and enter, and names some of them.
    """
    found = change(old if old is not None else new, new)
    if len(new) < least:
        raise RefusedError(
            f"the inventory has {_counted(len(new))}, and min_devices is {least}",
            remedy="look at the conditions with `netcellar inventory preview`, or lower min_devices",
        )
    if limit is None or old is None:
        return found
    allowed = limit.allowed(found.before)
    if max(len(found.left), len(found.entered)) <= allowed:
        return found
    raise RefusedError(
        f"of {_counted(found.before)}, {len(found.left)} leave and {len(found.entered)} enter, and max_change is "
        f"{limit} ({_counted(allowed)}){_named('leave', found.left, old)}{_named('enter', found.entered, new)}",
        remedy="see why with `netcellar inventory diff`; if the change is right, accept it (`--accept-change`)",
    )


def _named(what: str, ids: frozenset[str], names: Mapping[str, str]) -> str:
    if not ids:
        return ""
    shown = sorted(_printable(names[device_id] or device_id) for device_id in ids)
    more = f" and {len(shown) - MAX_NAMED} more" if len(shown) > MAX_NAMED else ""
    return f"; {what}: {', '.join(shown[:MAX_NAMED])}{more}"


def _printable(name: str) -> str:
    """A name as one line that a terminal shows and does not obey."""
    return name if name.isprintable() else repr(name)


def _counted(number: int) -> str:
    return f"{number} device" if number == 1 else f"{number} devices"
