"""``netcellar init``."""

from __future__ import annotations

from pathlib import Path

import click

from ..scaffold import write_scaffold


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def init(folder: Path) -> None:
    """Write a commented project into FOLDER (default: here). Nothing that exists is overwritten.

    \b
    Examples:
      netcellar init
      netcellar init ~/backup && cd ~/backup && netcellar check
    """
    done = write_scaffold(folder)
    for path in done.written:
        click.echo(f"written   {path}")
    for path in done.kept:
        click.echo(f"kept      {path} (it was there)")
    click.echo("Next: edit the lines marked EDIT in netcellar.yml and devices.yml, then `netcellar check`.")
