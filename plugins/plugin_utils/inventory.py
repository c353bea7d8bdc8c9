# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What both inventory plugins do: read the saved inventory, let it decide, and only then give Ansible the hosts."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils.device import Device
from ..module_utils.errors import NetcellarError
from ..module_utils.made_groups import may_be_keyed, named_groups
from ..module_utils.naming import host_names
from ..module_utils.saved import NAUTOBOT
from .device_sets import DeviceSets
from .garbage import uncollected
from .guarded import GUARDS, Guarded, Guards, Recall, guarded, guards_of
from .known_sets import tell
from .nautobot import Nautobot
from .nautobot_wire import checked_url
from .run import default_state
from .saved_file import SavedFile, read_saved
from .secrets import secret


class EndsAnsible:
    """Any error inside ends Ansible with code 1 after one clear line.

    Ansible itself only warns of an inventory that fails, and goes on with what it has, with code 0.
    """

    def __init__(self, display: Any) -> None:
        self._display = display

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            return
        known = isinstance(error, NetcellarError)
        self._display.error(str(error) if known else f"{type(error).__name__}: {error}", wrap_text=False)
        self._display.vvv("".join(traceback.format_exception(error)))
        raise SystemExit(1) from None


@dataclass(frozen=True, slots=True)
class About:
    """How a saved inventory was answered: what becomes of it is in ``netcellar_inventories``."""

    file: SavedFile
    found: Guarded
    seconds: float
    proposal: str

    def plain(self) -> dict[str, Any]:
        """As Ansible's variables have it."""
        return {
            "description": self.file.saved.description,
            "file": str(self.file.path),
            "count": len(self.found.set.devices),
            "queries": [dict(query) for query in self.found.set.queries],
            "seconds": round(self.seconds, 3),
            "cached": self.found.cached,
            "taken": self.found.set.taken,
            "warnings": list(self.found.warnings),
            "proposal": self.proposal,
        }


class SavedInventoryPlugin(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    """An inventory plugin whose source is a saved-inventory file."""

    inventory: Any

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill ``inventory`` from the saved inventory at ``path``, wholly or not at all."""
        with EndsAnsible(self.display), uncollected():
            super().parse(inventory, loader, path, cache)
            # Ours is read first: it names the line, where Ansible's own reading only fails.
            file = read_saved(Path(path))
            self._read_config_data(path)
            began = time.monotonic()
            sets = DeviceSets(Path(self.get_option("state") or default_state()))
            found = guarded(file, self._nautobot, sets, self._guards(file), self._recall(file, cache))
            about = About(file, found, time.monotonic() - began, self._proposal(sets, found))
            self._fill(about)

    def _nautobot(self) -> Nautobot:
        url, verify, timeout = (self.get_option(name) for name in ("url", "validate_certs", "timeout"))
        return Nautobot(str(url or ""), self._token(), bool(verify), float(timeout))

    def _token(self) -> str:
        return str(self.get_option("token") or secret("nautobot_token") or "")

    def _guards(self, file: SavedFile) -> Guards:
        """Extra variables go before the file, as they always do with Ansible."""
        given = {name: self._vars[f"netcellar_{name}"] for name in GUARDS if f"netcellar_{name}" in self._vars}
        return guards_of(file, given, accept=bool(self.get_option("accept_change")))

    def _recall(self, file: SavedFile, cache: bool) -> Recall | None:
        """The cached answer: of this server, this user, this file and this text of it, and of no other."""
        if file.plugin != NAUTOBOT or not self.get_option("cache"):
            return None
        parts = [
            str(self.get_option("url")),
            self._token(),
            str(file.path.resolve()),
            file.path.read_text(encoding="utf-8"),
        ]
        key = f"netcellar_{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"
        try:
            value = self._cache[key] if cache else None
        except (KeyError, AnsibleError):  # AnsibleError: a damaged file, of which Ansible warns, and which it removes
            value = None
        return Recall(value, lambda fresh: self._cache.__setitem__(key, fresh))

    def _proposal(self, sets: DeviceSets, found: Guarded) -> str:
        """Where the set waits for a good run. Whoever only looks may have no right to write there, and looks still."""
        if found.known:
            return ""
        try:
            return str(sets.propose(found.set))
        except NetcellarError as error:
            self.display.warning(f"the device set cannot be kept for the guards of the next run: {error}")
            return ""

    def _fill(self, about: About) -> None:
        for warning in about.found.warnings:
            self.display.warning(warning, formatted=True)
        devices = about.found.set.devices
        hosts = {one.id: hostvars(one) | dict(about.found.set.variables.get(one.id, {})) for one in devices}
        made = {name: self.get_option(name) for name in ("strict", "compose", "groups", "keyed_groups")}
        reserved = {*self.inventory.groups, *named_groups(about.file.document)}
        if may_be_keyed(about.file.document, (device.name for device in devices)):
            reserved |= self._keyed(hosts.values(), made)
        names = host_names(devices, reserved) | self._named_before(devices)
        for device in devices:
            self._only_one(names[device.id], device)
        for name, value in self._variables_of_all(about.file).items():
            self.inventory.set_variable("all", name, value)
        for device_id, variables in hosts.items():
            self._add(names[device_id], variables, made)
        # the last one, since a group of its own puts a host behind all others
        tell(self.inventory, about.file.name, about.plain(), names[devices[-1].id])

    def _keyed(self, hosts: Iterable[Mapping[str, Any]], made: Mapping[str, Any]) -> set[str]:
        """The groups that will be made of values: what a host of such a name gets, its group gets.

        They are made once for a look, with hosts of names that no group has.
        """
        real, self.inventory = self.inventory, InventoryData()
        try:
            for number, variables in enumerate(hosts):
                self._add(f" {number}", variables, made)
            return set(self.inventory.groups)
        finally:
            self.inventory = real

    def _variables_of_all(self, file: SavedFile) -> dict[str, Any]:
        variables: dict[str, Any] = {"netcellar_inventory": file.name}
        if file.plugin == NAUTOBOT:
            variables["netcellar_nautobot_url"] = checked_url(self.get_option("url"))
            variables["netcellar_nautobot_validate_certs"] = bool(self.get_option("validate_certs"))
        return variables

    def _named_before(self, devices: Iterable[Device]) -> dict[str, str]:
        """Device id to host name, of what inventories before this one brought: no device becomes two hosts."""
        wanted = {device.id for device in devices}
        hosts = [(host.vars.get("netcellar_device"), name) for name, host in self.inventory.hosts.items()]
        return {device["id"]: name for device, name in hosts if device and device["id"] in wanted}

    def _only_one(self, host: str, device: Device) -> None:
        """Ansible would silently merge the variables of two inventories' hosts of one name."""
        present = self.inventory.get_host(host)
        other = present.vars.get("netcellar_device") if present else None
        if other and other.get("id") != device.id:
            raise NetcellarError(
                f"two inventories have different devices with the host name {host}",
                remedy="Use them one at a time, or join their conditions in one saved inventory",
            )

    def _add(self, host: str, variables: Mapping[str, Any], made: Mapping[str, Any]) -> None:
        """Add a host; ``made`` are the options of what is composed, which cost too much to ask for each host."""
        self.inventory.add_host(host)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        strict = made["strict"]
        if made["compose"]:
            self._set_composite_vars(made["compose"], variables, host, strict=strict)
        if made["groups"]:
            self._add_host_to_composed_groups(made["groups"], variables, host, strict=strict)
        if made["keyed_groups"]:
            self._add_host_to_keyed_groups(made["keyed_groups"], variables, host, strict=strict)


def hostvars(device: Device) -> dict[str, Any]:
    """The variables of a host. They stay untrusted data: Ansible never evaluates a template in them."""
    variables: dict[str, Any] = {"netcellar_device": device.as_dict()}
    if device.address:
        variables["ansible_host"] = device.address
    if device.network_driver:
        variables["ansible_network_os"] = device.network_driver
    return variables
