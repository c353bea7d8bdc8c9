"""``netcellar quarantine``."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..core import Held, NetcellarError, Quarantine
from ..errors import BadInputError, OrchestratorError
from ..journal import audit
from ..project import find_project, load_project
from ..project_store import project_store
from ..show import Output, console, output_options, print_table, printable, say
from ..store import now
from .run import warn


@click.group()
def quarantine() -> None:
    """Look at the texts that were not accepted. They are as the device sent them: not masked."""


@quarantine.command("list")
@output_options
@click.pass_obj
def list_held(start: Path, output: Output) -> None:
    """List what is in quarantine, the newest first.

    \b
    Examples:
      netcellar quarantine list
      netcellar quarantine list --output json --query '[?error==`leak`].name'
    """
    rows = [_row(name, held) for name, cellar in _quarantines(start).items() for held in cellar.held()]
    output.emit(rows, _show_list)


@quarantine.command()
@click.argument("which", metavar="ID")
@click.pass_obj
def show(start: Path, which: str) -> None:
    """Print the text of ID. It may hold secrets.

    ID is that of the list, or a device's name: its newest.

    \b
    Examples:
      netcellar quarantine show core-1
      netcellar quarantine show 3f2a91bc | less
    """
    cellar, held = _find(start, which)
    text = cellar.text(held)
    if sys.stdout.isatty():
        say(text.replace("\r\n", "\n"), nl=False)
    else:
        click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


@quarantine.command()
@click.argument("which", metavar="ID")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="A new file for the text (mode 0600).")
@click.pass_obj
def release(start: Path, which: str, to: Path | None) -> None:
    """Take the text of ID out of quarantine: into a file, or away.

    It never gets into Git: what is not proven whole replaces no good text. Mend the cause and run again.

    \b
    Examples:
      netcellar quarantine release core-1
      netcellar quarantine release 3f2a91bc --to core-1.txt
    """
    cellar, held = _find(start, which)
    cellar.release(held, to)
    _write_down(start, held)
    where = f" to {to}" if to else ""
    click.echo(f"released  {printable(held.suspect.name)} {held.suspect.artifact} of {held.suspect.at}{where}")


def _write_down(start: Path, held: Held) -> None:
    """Who released it. The text is released all the same where the store cannot be used."""
    details = {"artifact": held.suspect.artifact, "captured": held.suspect.at, "error": held.suspect.error}
    try:
        store = project_store(load_project(find_project(start)), os.environ, warn)
        audit(store, now(), "quarantine.release", held.suspect.name, details)
    except OrchestratorError as error:
        warn(f"that it was released is not written down: {error.message}")


def _quarantines(start: Path) -> dict[str, Quarantine]:
    """The quarantine of each repository of the project, by the repository's name."""
    repositories = load_project(find_project(start)).repositories
    return {name: Quarantine(repository.path) for name, repository in repositories.items()}


def _find(start: Path, which: str) -> tuple[Quarantine, Held]:
    for cellar in _quarantines(start).values():
        try:
            return cellar, cellar.find(which)
        except NetcellarError:
            continue
    raise BadInputError(f"nothing in quarantine is called `{which}`", remedy="see `netcellar quarantine list`")


def _row(repository: str, held: Held) -> dict[str, Any]:
    return {"id": held.id, "repository": repository, **asdict(held.suspect), "size": held.size, "file": str(held.path)}


def _show_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("Nothing is in quarantine.")
        return
    keys = ("id", "name", "artifact", "at", "error", "size", "message")
    headings = ("id", "device", "artifact", "captured", "class", "bytes", "why")
    print_table(headings, [[row[key] for key in keys] for row in rows])
    console().print("Next: `netcellar quarantine show ID`.", soft_wrap=True)
