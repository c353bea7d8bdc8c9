# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What both inventory plugins do: read the saved inventory, let it decide, and only then give Ansible the hosts."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils.device import Device
from ..module_utils.errors import NetcellarError
from ..module_utils.naming import host_names
from ..module_utils.saved import NAUTOBOT
from .nautobot import Nautobot
from .nautobot_wire import checked_url
from .preview import SavedFile, read_saved, select
from .secrets import secret
from .selecting import Recall, Selection


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


class SavedInventoryPlugin(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    """An inventory plugin whose source is a saved-inventory file."""

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill ``inventory`` from the saved inventory at ``path``, wholly or not at all."""
        with EndsAnsible(self.display):
            super().parse(inventory, loader, path, cache)
            # Ours is read first: it names the line, where Ansible's own reading only fails.
            file = read_saved(Path(path))
            self._read_config_data(path)
            self._fill(file, select(file, self._nautobot, self._recall(file, cache)))

    def _nautobot(self) -> Nautobot:
        token = self.get_option("token") or secret("nautobot_token") or ""
        url, verify, timeout = (self.get_option(name) for name in ("url", "validate_certs", "timeout"))
        return Nautobot(str(url or ""), str(token), bool(verify), float(timeout))

    def _recall(self, file: SavedFile, cache: bool) -> Recall | None:
        """The cached schema: of this server, this user and this text of the file, and of no other."""
        if file.plugin != NAUTOBOT or not self.get_option("cache"):
            return None
        token = str(self.get_option("token") or secret("nautobot_token") or "")
        parts = [str(self.get_option("url")), token, file.path.read_text(encoding="utf-8")]
        key = f"netcellar_{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"
        try:
            value = self._cache[key] if cache else None
        except KeyError:
            value = None
        return Recall(value, lambda fresh: self._cache.__setitem__(key, fresh))

    def _fill(self, file: SavedFile, selection: Selection) -> None:
        names = host_names(selection.devices, reserved=set(self.inventory.groups))
        for device in selection.devices:
            self._only_one(names[device.id], device)
        self.inventory.set_variable("all", "netcellar_inventory", file.name)
        if file.plugin == NAUTOBOT:
            self.inventory.set_variable("all", "netcellar_nautobot_url", checked_url(self.get_option("url")))
            verify = bool(self.get_option("validate_certs"))
            self.inventory.set_variable("all", "netcellar_nautobot_validate_certs", verify)
        for device in selection.devices:
            self._add(names[device.id], hostvars(device) | dict(selection.variables.get(device.id, {})))

    def _only_one(self, host: str, device: Device) -> None:
        """Ansible would silently merge the variables of two inventories' hosts of one name."""
        present = self.inventory.get_host(host)
        other = present.vars.get("netcellar_device") if present else None
        if other and other.get("id") != device.id:
            raise NetcellarError(
                f"two inventories have different devices with the host name {host}",
                remedy="Use them one at a time, or join their conditions in one saved inventory",
            )

    def _add(self, host: str, variables: Mapping[str, Any]) -> None:
        self.inventory.add_host(host)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)


def hostvars(device: Device) -> dict[str, Any]:
    """The variables of a host. They stay untrusted data: Ansible never evaluates a template in them."""
    variables: dict[str, Any] = {"netcellar_device": json.loads(json.dumps(device.as_dict()))}
    if device.address:
        variables["ansible_host"] = device.address
    if device.network_driver:
        variables["ansible_network_os"] = device.network_driver
    return variables
