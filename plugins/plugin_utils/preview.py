# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a saved inventory means right now, without Ansible: its devices, host names, and the query that was sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..module_utils.device import Device
from ..module_utils.device_file import read_device_file
from ..module_utils.errors import NetcellarError
from ..module_utils.graphql import Query
from ..module_utils.naming import host_names
from ..module_utils.saved import DEVICES, NAUTOBOT, SavedInventory, require_listed, saved_inventory
from .nautobot import Nautobot
from .selecting import NoDevicesError, Recall, Selection, select_from_file, select_from_nautobot
from .yaml_file import place, read_yaml


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A saved-inventory file that was read: the whole document, and what it says. ``name`` is never empty."""

    path: Path
    document: Mapping[str, Any]
    saved: SavedInventory

    @property
    def name(self) -> str:
        """Its name, or that of the file."""
        return self.saved.name or self.path.stem

    @property
    def plugin(self) -> str:
        """Which inventory plugin it is for."""
        return str(self.document["plugin"])


@dataclass(frozen=True, slots=True)
class Preview:
    """The outcome of a saved inventory. ``hosts`` maps device ids to host names; ``source`` is a URL or a path.

    ``queries`` are what was sent to Nautobot, none for a device file. ``seconds`` is the time it took.
    """

    name: str
    description: str
    source: str
    devices: tuple[Device, ...]
    hosts: Mapping[str, str]
    queries: tuple[Query, ...]
    seconds: float


def read_saved(path: Path) -> SavedFile:
    """A saved-inventory file, shape and words checked. Raises NetcellarError that names the file."""
    document = read_yaml(path)
    try:
        saved = saved_inventory(document)
    except NetcellarError as error:
        raise NetcellarError(f"{place(path, error)}: {error.message}", remedy=error.remedy) from None
    if document.get("plugin") not in {NAUTOBOT, DEVICES}:
        raise NetcellarError(
            f"{path}: plugin is {document.get('plugin')!r}", remedy=f"Write `plugin: {NAUTOBOT}` or `plugin: {DEVICES}`"
        )
    return SavedFile(path, document, saved)


def select(file: SavedFile, nautobot: Callable[[], Nautobot], recall: Recall | None = None) -> Selection:
    """The devices of a saved inventory; ``nautobot`` gives the server if the file is for one.

    Raises NetcellarError that names the file, NoDevicesError if no device fulfils the conditions.
    """
    try:
        found = _selected(file, nautobot, recall)
        require_listed(file.saved, found.devices)
    except NetcellarError as error:
        kind = NoDevicesError if isinstance(error, NoDevicesError) else NetcellarError
        raise kind(f"{place(file.path, error)}: {error.message}", remedy=error.remedy) from None
    return found


def _selected(file: SavedFile, nautobot: Callable[[], Nautobot], recall: Recall | None) -> Selection:
    saved = file.saved
    if file.plugin == NAUTOBOT:
        return select_from_nautobot(nautobot(), saved.condition, recall, saved.dynamic_group)
    return select_from_file(read_device_file(read_yaml(device_path(file))), saved.condition)


def device_path(file: SavedFile) -> Path:
    """The path of the device file that a saved inventory names, relative to its own folder."""
    devices = file.document.get("devices")
    if not isinstance(devices, str) or not devices:
        raise NetcellarError("devices is missing", remedy="Write `devices: devices.yml`, the path of the device file")
    return file.path.parent / devices


def preview(
    path: Path, *, url: str = "", token: str = "", verify: bool | str = True, timeout: float = 120.0
) -> Preview:
    """Ask for the devices of the saved inventory at ``path``; ``url`` of the file itself goes before ``url``.

    Raises NetcellarError, NoDevicesError if no device fulfils the conditions.
    """
    began = time.monotonic()
    file = read_saved(path)
    address = str(file.document.get("url") or url)
    found = select(file, lambda: Nautobot(address, token, verify, timeout))
    return Preview(
        name=file.name,
        description=file.saved.description,
        source=address if file.plugin == NAUTOBOT else str(device_path(file)),
        devices=found.devices,
        hosts=host_names(found.devices),
        queries=found.plan.queries if found.plan else (),
        seconds=time.monotonic() - began,
    )
