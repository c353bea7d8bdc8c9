"""What the cellar knows: ``netcellar history``, ``show``, ``snapshot`` and ``unsaved``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import click

from .. import core
from ..core import Library
from ..show import Output, last_option, output_options, print_table, printable
from ..words import counted
from .library import artifact_option, asking, at_option

SHORT = 10

Rows = list[dict[str, Any]]


@click.command()
@click.argument("device")
@artifact_option
@last_option(50)
@asking
@output_options
def history(library: Library, device: str, artifact: str, last: int, output: Output) -> None:
    """List the versions of DEVICE (its name or id), newest first.

    Also those under its earlier names.

    \b
    Examples:
      netcellar history core-1
      netcellar history core-1 --output json --query '[].stored_at'
    """
    versions = islice(core.history(library, library.device(device, artifact)), last)
    output.emit([asdict(version) for version in versions], _show_history)


@click.command()
@click.argument("device")
@artifact_option
@at_option
@asking
@output_options
def show(library: Library, device: str, artifact: str, at: str | None, output: Output) -> None:
    """Print the stored configuration of DEVICE, now or as it was.

    DEVICE is its name or id.

    \b
    Examples:
      netcellar show core-1
      netcellar show core-1 --at 2026-11-01 --artifact startup
    """
    entry = library.device(device, artifact)
    found = core.text(library, entry, at)
    if output.for_people and sys.stdout.isatty():
        for line in found.decode("utf-8", "replace").splitlines():
            click.echo(printable(line))
    elif output.for_people:
        sys.stdout.buffer.write(found)
    else:
        value = {"device": entry.name, "device_id": entry.device_id, "artifact": artifact, "path": entry.path}
        output.emit({**value, "at": at, "text": found.decode("utf-8", "replace")}, click.echo)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--at", metavar="DATE|COMMIT", required=True, help="A date (its end, in UTC), a moment, or a commit.")
@asking
@output_options
def snapshot(library: Library, folder: Path, at: str, output: Output) -> None:
    """Write the whole fleet as it was into FOLDER.

    FOLDER is new or empty.

    \b
    Examples:
      netcellar snapshot --at 2026-11-01 before-the-change
    """
    commit, files = core.snapshot(library, at, folder)
    value = {"folder": str(folder), "commit": commit, "files": files}
    output.emit(value, lambda _: click.echo(f"{counted(files, 'file')} of commit {commit[:SHORT]} in {folder}"))


@click.command()
@asking
@output_options
def unsaved(library: Library, output: Output) -> int:
    """List devices whose running and startup configuration differ.

    Exit code 1 where there are any.

    \b
    Examples:
      netcellar unsaved
      netcellar unsaved --output json --query '[].device'
    """
    rows = [asdict(each) for each in core.unsaved(library)]
    output.emit(rows, _show_unsaved)
    return 1 if rows else 0


def _show_history(rows: Rows) -> None:
    cells = [
        [
            row["stored_at"],
            row["commit"][:SHORT],
            f"+{row['added']} -{row['removed']}",
            row["path"],
            row["run"] or row["subject"],
        ]
        for row in rows
    ]
    print_table(("stored", "commit", "lines", "file", "run or words"), cells)


def _show_unsaved(rows: Rows) -> None:
    names = ("device", "running", "startup", "running_at", "startup_at")
    if rows:
        print_table(names, [[row[name] for name in names] for row in rows])
    else:
        click.echo("None: of all devices with both, what runs is saved.")
