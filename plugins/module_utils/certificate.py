# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a text counts as whole: the checks that it passed, and what each of them saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CheckName = Literal[
    "answered",
    "prompt",
    "begin",
    "end",
    "errors",
    "residue",
    "structure",
    "identity",
    "size",
    "second_read",
    "leak",
]


@dataclass(frozen=True, slots=True)
class Check:
    """One check that was passed. ``saw`` is a few words, and nothing of the configuration but a device's name."""

    name: CheckName
    saw: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The checks of one artifact, in the order they were made.

    A check that the platform does not allow for (no end mark, no structure) is not among them.
    """

    checks: tuple[Check, ...] = ()

    def also(self, name: CheckName, saw: str) -> Certificate:
        """This certificate with one more check."""
        return Certificate((*self.checks, Check(name, saw)))

    def saw(self, name: CheckName) -> str | None:
        """What a check saw, or None where it was not made."""
        return next((check.saw for check in self.checks if check.name == name), None)

    def as_dict(self) -> Mapping[str, str]:
        """The shape in records: name of the check → what it saw."""
        return {check.name: check.saw for check in self.checks}


def shrunk(size: int, before: int, share: float) -> bool:
    """Whether a text of ``size`` bytes has lost more than ``share`` (0 to 1) of the ``before`` bytes it had."""
    return size < before * (1 - share)
