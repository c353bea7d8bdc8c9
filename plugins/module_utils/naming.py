# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The name of a device as an Ansible host.

A host is named as its device where that name is unique in the answer, safe in patterns, paths and command lines, and
neither a group nor a name that Ansible keeps for itself. Otherwise it is ``<safe>--<8 characters of the id>``, and so
are all its namesakes: which of them would keep the plain name must not depend on an order.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

from .device import Device
from .errors import NetcellarError

ANSIBLE_NAMES = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", "::1"})
"""Built-in groups, and the hosts that Ansible runs its own local tasks on."""

ABOUT = "netcellar_about"
"""The group that the inventory plugins add for what they tell of themselves."""

MAX_LENGTH = 128
_MAX_SAFE = 64
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
_SUFFIXED = re.compile(r"--[0-9a-f]{8,}$", re.ASCII)
_SHORT_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


def host_names(devices: Iterable[Device], reserved: Collection[str] = ()) -> dict[str, str]:
    """Device id to host name: one name of its own for every device, whatever their order.

    ``reserved`` are names of groups. Raises NetcellarError when two devices have one id.
    """
    found = list(devices)
    _unique_ids(found)
    namesakes = Counter(device.name for device in found)
    names: dict[str, str] = {}
    for device in found:
        plain = device.name is not None and namesakes[device.name] == 1 and _usable(device.name, reserved)
        names[device.id] = str(device.name) if plain else f"{_safe(device.name)}--{_short(device.id)}"
    taken = Counter(names.values())
    for device in found:
        name = names[device.id]
        if taken[name] > 1 or name in reserved:
            names[device.id] = f"{_safe(device.name)}--{_digest(device.id)[:32]}"
    return names


def _unique_ids(devices: list[Device]) -> None:
    twice = [device for device, count in Counter(device.id for device in devices).items() if count > 1]
    if twice:
        raise NetcellarError(f"two devices have the id {twice[0]!r}", remedy="give each device an id of its own")


def _usable(name: str, reserved: Collection[str]) -> bool:
    if len(name) > MAX_LENGTH or not _SAFE.fullmatch(name) or _SUFFIXED.search(name):
        return False
    return name not in reserved and name.lower() not in {*ANSIBLE_NAMES, ABOUT}


def _safe(name: str | None) -> str:
    ascii_only = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_.]+", "-", ascii_only).strip("-.")[:_MAX_SAFE].rstrip("-.") or "device"


def _short(device_id: str) -> str:
    return device_id[:8] if _SHORT_ID.match(device_id) else _digest(device_id)[:8]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
