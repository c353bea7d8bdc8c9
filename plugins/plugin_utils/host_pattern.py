# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosts a play will find, asked before it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

from ..module_utils.errors import NetcellarError


def require_hosts(
    patterns: Sequence[str], loader: DataLoader, *, groups: Mapping[str, Sequence[str]], limit: str | None
) -> None:
    """Raise NetcellarError where no host of ``groups`` (name to host names) matches the patterns under the limit."""
    if not groups.get("all"):
        raise NetcellarError(
            "the inventory holds no host",
            remedy="Check the inventory: Ansible passes over an empty file, and one with an unknown `plugin:`",
        )
    manager = InventoryManager(loader, parse=False)
    for group, hosts in groups.items():
        manager.add_group(group)
        for host in hosts:
            manager.add_host(host, group=group)
    manager.subset(limit)
    if not manager.get_hosts(list(patterns)):
        raise NetcellarError(
            f"no host of the inventory matches netcellar_hosts={','.join(patterns)}"
            + (f" and --limit {limit}" if limit else ""),
            remedy="List the hosts with `ansible-inventory --graph`",
        )
