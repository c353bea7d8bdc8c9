"""What ``netcellar init`` writes: the files of this folder."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ..editor_schema import FILE_NAME, MARK, schema_text

FILES = {
    "netcellar.yml": "netcellar.yml",
    "inventories/example.yml": "inventory.yml",
    "devices.yml": "devices.yml",
    ".gitignore": "gitignore",
}
PROJECT = "netcellar.yml"
UNITS = ("netcellar-scheduler.service", "netcellar-run-due.service", "netcellar-run-due.timer")
UNITS_FOLDER = "systemd"
PROGRAM = Path(sys.executable).parent / "netcellar"
MASK_KEY = "mask.key"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Scaffold:
    """Which files were written, which were brought up to date, and which were there already."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    refreshed: tuple[Path, ...] = ()


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
    new = not (folder / FILE_NAME).exists()
    refreshed = list(_refresh(folder))
    if new:
        written.append(refreshed.pop(0))
    return Scaffold(tuple(written), tuple(kept), tuple(refreshed))


def write_units(folder: Path) -> list[Path]:
    """Write systemd units for a project into its folder ``systemd``, with this machine's paths. Raises OSError."""
    place = folder.resolve() / UNITS_FOLDER
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name in UNITS:
        text = files(__package__).joinpath("systemd", name).read_text(encoding="utf-8")
        path = place / name
        path.write_text(
            text.replace("@PROGRAM@", _quoted(PROGRAM)).replace("@PROJECT@", _quoted(folder.resolve())),
            encoding="utf-8",
        )
        written.append(path)
    return written


def _quoted(path: Path) -> str:
    """A path as systemd reads it back: its own marks doubled, spaces and backslashes as escapes."""
    escaped = str(path).replace("\\", "\\\\").replace("%", "%%").replace("$", "$$")
    return escaped.replace(" ", "\\x20").replace('"', "\\x22").replace("'", "\\x27")


def _refresh(folder: Path) -> Iterator[Path]:
    """Bring up to date what is ours: the schema for editors, and the line that names it. All else stays as it is."""
    schema, project = folder / FILE_NAME, folder / PROJECT
    if not schema.is_file() or schema.read_text(encoding="utf-8") != schema_text():
        schema.write_text(schema_text(), encoding="utf-8")
        yield schema
    before = project.read_bytes()
    if b"yaml-language-server" not in before:
        part = project.with_name(f"{PROJECT}.part")
        part.write_bytes(MARK.encode() + before)
        part.chmod(project.stat().st_mode)
        part.replace(project)
        yield project


def write_key(path: Path) -> bool:
    """Make a random key in a file of mode 0600; False where there is one already. Raises OSError."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return True
