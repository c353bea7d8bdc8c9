"""``netcellar scheduler`` and ``netcellar run-due``."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from ..journal import audit
from ..project import Project, find_project, load_project
from ..project_store import project_store
from ..resident import Resident
from ..show import console
from ..signals import stop_on_signals
from ..store import now
from .run import warn

_grace = click.option(
    "--grace",
    type=click.IntRange(0, 86_400),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="When asked to stop: how long runs may go on before they are cancelled.",
)


@click.command()
@_grace
@click.pass_obj
def scheduler(start: Path, grace: int) -> int:
    """Stay, and start the jobs of the project by their schedules.

    SIGTERM or Ctrl-C ends it.

    \b
    Examples:
      netcellar scheduler
      netcellar scheduler --grace 600
    """
    project = load_project(find_project(start))
    with stop_on_signals() as stop:
        resident = _resident(project)
        audit(resident.store, now(), "scheduler.start", str(project.file))
        names = ", ".join(resident.scheduler.jobs) or "no job: none has a schedule yet"
        _tell(f"watching the schedules of {names}; `netcellar schedule next` shows the slots")
        resident.stay(stop, grace)
    _tell("stopped")
    return 0


@click.command("run-due")
@_grace
@click.pass_obj
def run_due(start: Path, grace: int) -> int:
    """Run the jobs that are due now, and end: for a timer, or cron.

    Let it come every minute.

    \b
    Examples:
      netcellar run-due
      netcellar --project /etc/netcellar run-due
    """
    project = load_project(find_project(start))
    with stop_on_signals() as stop:
        return _resident(project).once(stop, grace)


def _resident(project: Project) -> Resident:
    return Resident(project, lambda: project_store(project, os.environ, warn), os.environ, _tell)


def _tell(words: str) -> None:
    console(stderr=True).print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {words}", soft_wrap=True)
