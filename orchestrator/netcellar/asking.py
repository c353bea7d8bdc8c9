"""Asking the core what a saved inventory of the project means right now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from .core import Preview, preview
from .project import Project


def ask_inventory(project: Project, path: Path, token: str | None) -> Preview:
    """The devices of a saved inventory, with the project's Nautobot where the file is for one.

    Raises NetcellarError, NoDevicesError.
    """
    nautobot = project.nautobot
    if nautobot is None:
        return preview(path)
    return preview(path, url=nautobot.url, token=token or "", verify=nautobot.verify)


def limited(hosts: Mapping[str, str], limit: str | None) -> dict[str, str]:
    """The devices (id to host name) that a limit leaves, as far as names and wildcards can tell; else all of them.

    Groups are known to Ansible alone. A device that is listed in vain is better than one that is not listed.
    """
    patterns = [part for part in re.split(r"[,:]", limit or "") if part]
    if any(part[0] in "&!~@" or "[" in part for part in patterns):
        return dict(hosts)
    left = {device: host for device, host in hosts.items() if any(fnmatchcase(host, part) for part in patterns)}
    return left or dict(hosts)
