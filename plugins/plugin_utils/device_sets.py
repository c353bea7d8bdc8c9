# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The last good device set of each saved inventory: proposed by the inventory plugin, kept once a run ended well.

``<state>/inventories/<name>.json`` is the good set. A proposal lies beside it in ``proposed/`` under a name made of its
content, so that runs at the same time, and commands that only look, never take each other's.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..module_utils.device import Device, Place
from ..module_utils.errors import NetcellarError
from .durable import make_private, write_whole
from .rooms import safe_part

SCHEMA = 1
PROPOSED = "proposed"
KEPT_SECONDS = 7 * 24 * 3600
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class DeviceSet:
    """The devices that a saved inventory meant at a moment (``taken``, ISO 8601 in UTC).

    ``definition`` is a digest of its conditions. ``variables`` are by device id. ``queries`` are what was sent to
    Nautobot, each ``{query, variables}``.
    """

    name: str
    definition: str
    taken: str
    devices: tuple[Device, ...]
    variables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    queries: tuple[Mapping[str, Any], ...] = ()

    def plain(self) -> dict[str, Any]:
        """The set as plain data, for JSON; ``thawed`` is the way back."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {"schema": SCHEMA, **values, "devices": [device.as_dict() for device in self.devices]}

    @property
    def names(self) -> dict[str, str]:
        """Device id to name."""
        return {device.id: device.name or "" for device in self.devices}


class DeviceSets:
    """The sets in a state folder, which need not be there yet."""

    def __init__(self, state: Path) -> None:
        self._folder = state.expanduser() / "inventories"

    def good(self, name: str) -> DeviceSet | None:
        """The last good set of a saved inventory, None before the first. Raises NetcellarError for a damaged file."""
        path = self._folder / f"{_part(name)}.json"
        try:
            return thawed(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NetcellarError(f"cannot read {path}: {error.strerror}") from None
        except (ValueError, TypeError, KeyError):
            raise NetcellarError(
                f"{path}, the last good device set of {name}, is damaged",
                remedy="remove the file; the next good run writes it anew",
            ) from None

    def propose(self, found: DeviceSet) -> Path:
        """Put a set beside the good one; the path that ``accept`` takes. Raises NetcellarError."""
        data = json.dumps(found.plain(), separators=(",", ":")).encode()
        path = self._folder / PROPOSED / f"{_part(found.name)}--{sha256(data).hexdigest()[:16]}.json"
        try:
            make_private(path.parent)
            temporary = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                stream.write(data)
            temporary.replace(path)
        except OSError as error:
            raise NetcellarError(
                f"cannot write {path}: {error.strerror}", remedy="Set netcellar_state to a folder of yours"
            ) from None
        return path


def accept(proposal: Path) -> None:
    """Make a proposed set the good one, for good; old proposals go. One that is gone was accepted by a later batch."""
    try:
        data = proposal.read_bytes()
    except FileNotFoundError:
        return
    name = proposal.stem.rpartition("--")[0]
    try:
        write_whole(proposal.parents[1] / f"{name}.json", data)
        proposal.unlink(missing_ok=True)
        for other in proposal.parent.iterdir():
            if other.stat().st_mtime < time.time() - KEPT_SECONDS:
                other.unlink(missing_ok=True)
    except FileNotFoundError:  # another run tidies up, too
        return
    except OSError as error:
        raise NetcellarError(f"cannot write {error.filename}: {error.strerror}") from None


def _part(name: str) -> str:
    """The name as part of a path: as it is where that is safe, else what is safe of it and a digest."""
    try:
        return safe_part(name)
    except NetcellarError:
        return f"{_UNSAFE.sub('_', name)[:40]}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def thawed(raw: Mapping[str, Any]) -> DeviceSet:
    """The set that ``DeviceSet.plain`` gave. Raises ValueError, TypeError or KeyError for anything else."""
    if raw["schema"] != SCHEMA:
        raise ValueError(raw["schema"])
    devices = tuple(_device(row) for row in raw["devices"])
    queries = tuple(raw["queries"])
    return DeviceSet(raw["name"], raw["definition"], raw["taken"], devices, raw["variables"], queries)


def _device(row: Mapping[str, Any]) -> Device:
    location = tuple(Place(**place) for place in row["location"])
    return Device(**{**row, "location": location, "tags": tuple(row["tags"])})
