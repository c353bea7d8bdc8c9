# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of the files of devices that have left their inventory: kept, moved to ``attic/``, or removed.

Never by accident: only a run that had the whole inventory before it decides, only over devices that this inventory
brought in, and only over few of them at once. What is removed stays in the history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ..module_utils.errors import NetcellarError
from ..module_utils.guard import Limit, max_change
from .decide import Files, above
from .fastimport import Changes
from .index import Entry, Index, Key
from .lookalikes import folded

Policy = Literal["keep", "attic", "remove"]
POLICIES: tuple[Policy, ...] = ("keep", "attic", "remove")
ATTIC = "attic/"
# Of a small inventory one device is a large share.
ALWAYS = 1


@dataclass(frozen=True, slots=True)
class Leaving:
    """How it is to be done. ``most``: of the inventory's devices, so many may leave in one run, and one always may.

    ``hosts``: the names of all hosts of the inventory, whatever this run is limited to.
    """

    policy: Policy
    most: Limit
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Departure:
    """What is to change: the tree, and the index (None: the entry goes). ``refused``: why nothing does."""

    changes: Changes = field(default_factory=Changes)
    index: Mapping[Key, Entry | None] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    refused: str = ""


def departure(leaving: Leaving, inventory: str, present: Collection[str], files: Files, index: Index) -> Departure:
    """The departure of devices that ``inventory`` brought in and that are not ``present`` (device ids)."""
    ours = [entry for entry in index.values() if entry.inventory == inventory and not entry.path.startswith(ATTIC)]
    gone = [entry for entry in ours if entry.device_id not in present]
    if not inventory or not present or not gone or leaving.policy == "keep":
        return Departure()
    devices = {entry.device_id for entry in ours}
    leavers = {entry.device_id: entry.name for entry in gone}
    if len(leavers) > max(ALWAYS, leaving.most.allowed(len(devices))):
        return Departure(
            refused=f"{len(leavers)} of {len(devices)} devices have left {inventory}, more than"
            f" {leaving.most}: their files stay as they are (netcellar_max_departed lets more go)"
        )
    remove = frozenset(entry.path for entry in gone if files.get(entry.path) == entry.blob)
    if leaving.policy == "remove":
        return Departure(Changes({}, remove), dict.fromkeys((entry.key for entry in gone), None), _names(leavers))
    kept = [entry for entry in gone if entry.path in remove]
    moved = _moved(kept, files)
    return Departure(
        Changes({entry.path: entry.blob for entry in moved}, remove),
        {entry.key: entry for entry in moved},
        _names({entry.device_id: entry.name for entry in kept}),
    )


def _moved(entries: Iterable[Entry], files: Files) -> list[Entry]:
    """The entries with their paths in the attic; a device never takes the place of one that left before."""
    taken = {folded(path) for path in files} | {folded(folder) for path in files for folder in above(path)}
    moved = []
    for entry in entries:
        path = ATTIC + entry.path
        if folded(path) in taken or any(folded(folder) in {folded(each) for each in files} for folder in above(path)):
            path = f"{ATTIC}{entry.device_id[:8]}/{entry.path}"
        taken.add(folded(path))
        moved.append(replace(entry, path=path))
    return moved


def _names(leavers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(leavers.values()))


def checked_policy(value: str) -> Policy:
    """A policy as somebody wrote it. Raises NetcellarError."""
    for policy in POLICIES:
        if value == policy:
            return policy
    remedy = f"Write one of {', '.join(POLICIES)}"
    raise NetcellarError(f"netcellar_departed cannot be {value!r}", remedy=remedy, error="git")


def checked_most(value: str) -> Limit:
    """``25`` or ``10%``. Raises NetcellarError."""
    return max_change(int(value) if value.isdecimal() else value, "netcellar_max_departed") or Limit(0)
