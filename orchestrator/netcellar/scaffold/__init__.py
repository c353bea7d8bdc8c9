"""What ``netcellar init`` writes: the files of this folder."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

FILES = {
    "netcellar.yml": "netcellar.yml",
    "inventories/example.yml": "inventory.yml",
    "devices.yml": "devices.yml",
    ".gitignore": "gitignore",
}
MASK_KEY = "mask.key"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Scaffold:
    """Which files were written, and which were there already."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def write_scaffold(folder: Path) -> Scaffold:
    """Write the project files that are not there yet, and a key for masking. Raises OSError."""
    written: list[Path] = []
    kept: list[Path] = []
    for name, source in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = files(__package__).joinpath(source).read_text(encoding="utf-8")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            written.append(path)
        except FileExistsError:
            kept.append(path)
    (written if write_key(folder / MASK_KEY) else kept).append(folder / MASK_KEY)
    return Scaffold(tuple(written), tuple(kept))


def write_key(path: Path) -> bool:
    """Make a random key in a file of mode 0600; False where there is one already. Raises OSError."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return True
