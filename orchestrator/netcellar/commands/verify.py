"""``netcellar verify``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .. import core
from ..project import find_project, load_project
from ..show import Output, output_options, printable
from ..words import counted
from .library import open_library

SOME_FAULTS = 1


@click.command()
@click.argument("repository", required=False)
@click.option(
    "--signers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who may sign, as ssh-keygen's allowed signers; without it, `signers` of the repository in netcellar.yml.",
)
@output_options
@click.pass_obj
def verify(start: Path, repository: str | None, signers: Path | None, output: Output) -> int:
    """Check a whole REPOSITORY: objects, index and signatures.

    Exit code 1 where something is wrong. It reads every object, and changes nothing. From the first signed commit on,
    each must be signed.

    \b
    Examples:
      netcellar verify
      netcellar verify main --signers allowed_signers
      netcellar verify --output json --query faults
    """
    project = load_project(find_project(start))
    library = open_library(project, repository)
    ours = next(each for each in project.repositories.values() if each.path == library.repository)
    found = core.verify(library, signers or ours.signers)
    output.emit({"repository": ours.name, **asdict(found)}, _show)
    return SOME_FAULTS if found.faults else 0


def _show(found: dict[str, Any]) -> None:
    click.echo(f"{counted(found['commits'], 'commit')}, {counted(found['files'], 'file')} at the tip")
    click.echo(f"{found['signed']} signed, {found['unsigned']} from before the first signature, or not looked at")
    if found["unpushed"]:
        click.echo(f"{counted(found['unpushed'], 'capture')} not proven at the remote yet; the next run sends them")
    for fault in found["faults"]:
        click.echo(f"WRONG  {printable(fault)}")
    click.echo(f"{counted(len(found['faults']), 'fault')}." if found["faults"] else "All well.")
