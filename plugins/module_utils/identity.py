# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the device that answered is the one that was meant: by its name, and by its serial number if it tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .hostname import same_host

Identity = Literal["strict", "learn", "off"]


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody says of a device: itself, the source of truth, or its last good capture."""

    name: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """Which device is meant. ``truth`` is what the source of truth says, ``before`` what was stored last.

    ``policy``: with ``strict`` the device must be what the source of truth says; with ``learn`` it must be that or
    what was stored last, and whatever is seen the first time is learnt; with ``off`` nothing is compared.
    """

    policy: Identity = "learn"
    truth: Known = field(default_factory=Known)
    before: Known = field(default_factory=Known)


def mistaken(seen: Known, expected: Expected) -> str | None:
    """Why the device is not the one that is meant, or None."""
    if expected.policy == "off":
        return None
    named = _Trait("calls itself", same_host, seen.name, expected.truth.name, expected.before.name)
    serial = _Trait("has the serial number", _same_text, seen.serial, expected.truth.serial, expected.before.serial)
    return named.fault(expected.policy) or serial.fault(expected.policy)


@dataclass(frozen=True, slots=True)
class _Trait:
    words: str
    same: Callable[[str, str], bool]
    seen: str | None
    truth: str | None
    before: str | None

    def fault(self, policy: Identity) -> str | None:
        if not self.seen or self._is(self.truth):
            return None
        if policy == "strict" and self.truth:
            return f"the device {self.words} {self.seen!r}, not {self.truth!r}"
        if self.before and not self._is(self.before):
            return f"the device {self.words} {self.seen!r}, which was {self.before!r} in its last good capture"
        return None

    def _is(self, other: str | None) -> bool:
        return bool(self.seen and other and self.same(self.seen, other))


def _same_text(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
