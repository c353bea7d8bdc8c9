"""``netcellar init``."""

from __future__ import annotations

from pathlib import Path

import click

from ..scaffold import write_scaffold, write_units


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--systemd", is_flag=True, help="Also write systemd units for the scheduler, with the paths of this machine."
)
def init(folder: Path, systemd: bool) -> None:
    """Write a commented project into FOLDER (default: here). Nothing of yours is overwritten.

    Where there is a project already, only what is Netcellar's own is brought up to date: the schema by which editors
    check and complete netcellar.yml, and the line in the file that names it.

    \b
    Examples:
      netcellar init
      netcellar init ~/backup && cd ~/backup && netcellar check
      netcellar init --systemd
    """
    done = write_scaffold(folder)
    for path in done.written:
        click.echo(f"written   {path}")
    for path in done.kept:
        click.echo(f"kept      {path} (it was there)")
    for path in done.refreshed:
        click.echo(f"updated   {path}")
    for path in write_units(folder) if systemd else ():
        click.echo(f"written   {path}")
    click.echo("Next: edit the lines marked EDIT in netcellar.yml and devices.yml, then `netcellar check`.")
