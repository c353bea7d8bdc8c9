# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the inventory plugin told a run about its device sets, in the variable ``netcellar_inventories``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .device_sets import accept
from .run import RunFolder

VARIABLE = "netcellar_inventories"


def warnings_of(variables: Mapping[str, Any]) -> list[str]:
    """The warnings of all saved inventories of the run."""
    return [str(warning) for about in _told(variables) for warning in about.get("warnings", ())]


def accept_sets(variables: Mapping[str, Any], run: RunFolder) -> None:
    """Make the device sets of a run the good ones, if it ended well, at least in part. Raises NetcellarError."""
    if "commit" in run.faults() or not any(record.good for record in run.records().values()):
        return
    for about in _told(variables):
        if about.get("proposal"):
            accept(Path(str(about["proposal"])))


def _told(variables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    told = variables.get(VARIABLE)
    yield from (about for about in (told.values() if isinstance(told, Mapping) else ()) if isinstance(about, Mapping))
