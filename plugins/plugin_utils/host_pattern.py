# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosts a play will find, asked before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

from ..module_utils.errors import NetcellarError

NOBODY = "all:!all"
"""Matches no host, and Ansible does not warn about it as it does about an unknown name."""


def hosts_of_play(patterns: Sequence[str], loader: DataLoader, variables: Mapping[str, Any]) -> list[str]:
    """The hosts that match under ``--limit``. Raises NetcellarError where there is none.

    ``variables`` holds Ansible's ``groups`` (name to host names) and ``ansible_limit``.
    """
    groups: Mapping[str, Sequence[str]] = variables.get("groups", {})
    limit = variables.get("ansible_limit")
    if not groups.get("all"):
        raise NetcellarError(
            "the inventory holds no host",
            remedy="Check what `-i` names: Ansible passes over an empty file, and one with an unknown `plugin:`",
        )
    manager = InventoryManager(loader, parse=False)
    for group, hosts in groups.items():
        manager.add_group(group)
        for host in hosts:
            manager.add_host(host, group=group)
    manager.subset(limit)
    found = [str(host.name) for host in manager.get_hosts(list(patterns))]
    if not found:
        wanted = f"netcellar_hosts={','.join(patterns)}" + (f" and --limit {limit}" if limit else "")
        raise NetcellarError(f"no host matches {wanted}", remedy="List the hosts with `ansible-inventory --graph`")
    return found


def exactly(hosts: Iterable[str]) -> str:
    """One host pattern that matches these hosts and no other, whatever their names are made of."""
    # Ansible splits a pattern at commas, colons and spaces: all but letters and digits are written as escapes.
    names = ["".join(char if char.isalnum() else f"\\U{ord(char):08x}" for char in host) for host in hosts]
    return f"~^({'|'.join(names)})\\Z" if names else NOBODY
