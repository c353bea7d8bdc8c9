"""Whether there is room on a disk: what ends for the lack of it can often not say so."""

from __future__ import annotations

import shutil
from pathlib import Path

LEAST = 1024 * 1024


def full(path: Path) -> str:
    """In words that the disk of ``path`` (which need not be there yet) is full; empty where it is not."""
    place = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return f"the disk that holds {path} is full: {free // 1024} KB are left" if free < LEAST else ""
