"""Asking the core what a saved inventory of the project means right now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from .core import Access, Preview, PreviewJob, preview
from .inventory_files import ready
from .job_settings import GUARDS, PREFIX
from .plain_inventory import ask_ansible, hosts_of, is_saved
from .project import Job, Project


def ask_inventory(
    project: Project, path: Path, token: str | None, order: Job | None = None, *, accept: bool = False
) -> Preview:
    """The devices of an inventory, with the project's Nautobot where the file is for one.

    ``order`` is the job whose guards go before those of the file. Raises NetcellarError, NoDevicesError.
    """
    ready(project, path)
    if not is_saved(path):
        return ask_ansible(path)
    settings = order.settings if order else {}
    given = {name: settings[PREFIX + name] for name in GUARDS if PREFIX + name in settings}
    access = access_of(project, token)
    found = preview(path, access, PreviewJob(project.state, given, accept))
    return found if found.named_surely else replace(found, hosts={**found.hosts, **hosts_of(path, access)})


def access_of(project: Project, token: str | None) -> Access:
    """The project's Nautobot, as the core asks it."""
    nautobot = project.nautobot
    return Access(nautobot.url, token or "", nautobot.verify) if nautobot else Access()


def limited(hosts: Mapping[str, str], limit: str | None) -> dict[str, str]:
    """The devices (id to host name) that a limit leaves, as far as names and wildcards can tell; else all of them.

    Groups are known to Ansible alone. A device that is listed in vain is better than one that is not listed.
    """
    patterns = [part for part in re.split(r"[,:]", limit or "") if part]
    if any(part[0] in "&!~@" or "[" in part for part in patterns):
        return dict(hosts)
    left = {device: host for device, host in hosts.items() if any(fnmatchcase(host, part) for part in patterns)}
    return left or dict(hosts)
