# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a saved inventory means right now, without Ansible: its devices, host names, and the queries that were sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..module_utils.device import Device
from ..module_utils.guard import RefusedError
from ..module_utils.made_groups import may_be_keyed, named_groups
from ..module_utils.naming import host_names
from ..module_utils.saved import NAUTOBOT
from .device_sets import DeviceSet, DeviceSets
from .guarded import Guarded, Guards, found_now, guards_of, require_guards
from .nautobot import Nautobot
from .saved_file import SavedFile, device_path, read_saved


@dataclass(frozen=True, slots=True)
class Access:
    """The Nautobot for files that name none themselves: its address, a token, and how certificates are checked."""

    url: str = ""
    token: str = ""
    verify: bool | str = True
    timeout: float = 120.0

    def source(self, file: SavedFile) -> str:
        """Where the devices of a file come from: a URL or a path."""
        if file.plugin != NAUTOBOT:
            return str(device_path(file))
        return str(file.document.get("url") or self.url)

    def nautobot(self, file: SavedFile) -> Nautobot:
        """The server of a file, which may say how it is asked. Raises NetcellarError without an address or token."""
        verify = file.document.get("validate_certs")
        timeout = file.document.get("timeout") or self.timeout
        return Nautobot(self.source(file), self.token, self.verify if verify is None else verify, float(timeout))


@dataclass(frozen=True, slots=True)
class Job:
    """What a run says beside the file: its state folder, its own guards (``GUARDS``), and whether any change passes."""

    state: Path
    guards: Mapping[str, Any] = field(default_factory=dict)
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The outcome of a saved inventory. ``hosts`` maps device ids to host names; ``source`` is a URL or a path.

    ``queries`` are what was sent to Nautobot, each ``{query, variables}``, none for a device file. ``seconds`` is the
    time it took. ``refused`` is why a run would not start with these devices, empty where it would. Unless they are
    ``named_surely``, only Ansible can tell which host has the name of a group that it makes, and is named otherwise.
    """

    name: str
    description: str
    source: str
    devices: tuple[Device, ...]
    hosts: Mapping[str, str]
    queries: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    refused: str
    seconds: float
    named_surely: bool = True


def preview(path: Path, access: Access, job: Job) -> Preview:
    """Ask for the devices of the saved inventory at ``path``; nothing is written, and nothing comes from a cache.

    Raises NetcellarError, NoDevicesError if no device fulfils the conditions.
    """
    began = time.monotonic()
    file = read_saved(path)
    guards = guards_of(file, job.guards, accept=job.accept)
    good = DeviceSets(job.state).good(file.name)
    found = found_now(file, lambda: access.nautobot(file), good, guards)
    return Preview(
        name=file.name,
        description=file.saved.description,
        source=access.source(file),
        devices=found.set.devices,
        hosts=host_names(found.set.devices, named_groups(file.document)),
        named_surely=not may_be_keyed(file.document, (device.name for device in found.set.devices)),
        queries=found.set.queries,
        warnings=found.warnings,
        refused=_refusal(file, found, good, guards),
        seconds=time.monotonic() - began,
    )


def _refusal(file: SavedFile, found: Guarded, good: DeviceSet | None, guards: Guards) -> str:
    try:
        require_guards(file, found, good, guards)
    except RefusedError as error:
        return str(error)
    return ""
