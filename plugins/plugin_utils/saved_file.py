# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A saved-inventory file: read and checked, and the devices that it means, whichever source they come from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..module_utils.device_file import DeviceFile, read_device_file
from ..module_utils.errors import NetcellarError
from ..module_utils.saved import DEVICES, NAUTOBOT, SavedInventory, require_listed, saved_inventory
from .nautobot import Nautobot
from .nautobot_wire import SourceDownError
from .selecting import Answer, NoDevicesError, ask_file, ask_nautobot
from .yaml_file import place, place_of, read_yaml


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


def read_saved(path: Path) -> SavedFile:
    """A saved-inventory file, shape and words checked. Raises NetcellarError that names the file."""
    document = read_yaml(path)
    try:
        saved = saved_inventory(document)
    except NetcellarError as error:
        raise NetcellarError(f"{place_of(path, error)}: {error.message}", remedy=error.remedy) from None
    if document.get("plugin") not in {NAUTOBOT, DEVICES}:
        raise NetcellarError(
            f"{place(path, 'plugin')}: plugin is {document.get('plugin')!r}",
            remedy=f"Write `plugin: {NAUTOBOT}` or `plugin: {DEVICES}`",
        )
    return SavedFile(path, document, saved)


def select(file: SavedFile, nautobot: Callable[[], Nautobot]) -> Answer:
    """The devices of a saved inventory; ``nautobot`` gives the server if the file is for one.

    Raises NetcellarError that names the file, NoDevicesError if no device fulfils the conditions, SourceDownError.
    """
    answer = ask(file, nautobot)
    with naming(file):
        # a name that does not exist is a mistake, also where it is the only one
        require_listed(file.saved, answer.devices)
        return answer.decided()


def ask(file: SavedFile, nautobot: Callable[[], Nautobot]) -> Answer:
    """What the source answers to a saved inventory, not yet decided. Raises NetcellarError that names the file."""
    saved = file.saved
    with naming(file):
        if file.plugin == NAUTOBOT:
            return ask_nautobot(nautobot(), saved.condition, saved.dynamic_group)
        return ask_file(_device_file(device_path(file)), saved.condition)


@contextmanager
def naming(file: SavedFile) -> Iterator[None]:
    """Errors inside name the file, and its line where they have one."""
    try:
        yield
    except NetcellarError as error:
        kind = type(error) if isinstance(error, NoDevicesError | SourceDownError) else NetcellarError
        raise kind(f"{place_of(file.path, error)}: {error.message}", remedy=error.remedy) from None


def device_path(file: SavedFile) -> Path:
    """The path of the device file that a saved inventory names, relative to its own folder."""
    devices = file.document.get("devices")
    if not isinstance(devices, str) or not devices:
        raise NetcellarError("devices is missing", remedy="Write `devices: devices.yml`, the path of the device file")
    return Path(os.path.normpath(file.path.parent / devices))


def _device_file(path: Path) -> DeviceFile:
    document = read_yaml(path)
    try:
        return read_device_file(document)
    except NetcellarError as error:
        raise NetcellarError(f"{place_of(path, error)}: {error.message}", remedy=error.remedy) from None
