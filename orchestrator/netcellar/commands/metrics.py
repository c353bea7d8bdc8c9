"""``netcellar metrics``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..errors import RunRefusedError
from ..facts import facts_of
from ..metrics import text, write
from ..project import find_project, load_project
from ..project_store import project_store
from ..survey import survey_now
from .run import warn


@click.command()
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write them to this file, whole or not at all; without it they are printed.",
)
@click.pass_obj
def metrics(start: Path, file: Path | None) -> None:
    """Write metrics for Prometheus.

    Coverage, last runs, waiting slots, sizes.

    The file is for the textfile collector of the node exporter. Where the inventories cannot be asked,
    netcellar_coverage_known is 0, and the rest is there.

    \b
    Examples:
      netcellar metrics
      netcellar metrics --file /var/lib/node_exporter/textfile/netcellar.prom
    """
    project = load_project(find_project(start))
    store = project_store(project, os.environ, warn)
    try:
        coverage = survey_now(project, store, os.environ, warn)
    except RunRefusedError as error:
        warn(str(error))
        coverage = None
    facts = facts_of(project, store, coverage)
    if file is None:
        click.echo(text(facts), nl=False)
    else:
        write(facts, file)
