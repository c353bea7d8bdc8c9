"""Asking the core what a saved inventory of the project means right now."""

from __future__ import annotations

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
