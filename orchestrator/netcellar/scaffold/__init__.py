"""What ``netcellar init`` writes: the files of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

FILES = {
    "netcellar.yml": "netcellar.yml",
    "inventories/example.yml": "inventory.yml",
    "devices.yml": "devices.yml",
    ".gitignore": "gitignore",
}


@dataclass(frozen=True, slots=True)
class Scaffold:
    """Which files were written, and which were there already."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def write_scaffold(folder: Path) -> Scaffold:
    """Write the project files that are not there yet. Raises OSError."""
    written, kept = [], []
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
    return Scaffold(tuple(written), tuple(kept))
