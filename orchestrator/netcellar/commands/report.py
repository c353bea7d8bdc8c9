"""``netcellar report``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from ..coverage import Coverage
from ..errors import BadInputError, RunRefusedError
from ..fields import DURATION, UNITS
from ..pages import html, markdown
from ..project import find_project, load_project
from ..project_store import project_store
from ..report import Span, gather
from ..show import say
from ..steps import counting
from ..store import now
from ..survey import survey_now
from .run import warn
from .runs import find_run

FORMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "html": html,
    "markdown": markdown,
    "json": lambda value: json.dumps(value, indent=2, ensure_ascii=False) + "\n",
}
WEEK = timedelta(days=7)


@click.command()
@click.option("--run", "run", metavar="RUN", help="About this run; `last` is the latest.")
@click.option("--since", metavar="TIME", help="About all runs since: 7d, 12h, or 2026-11-01. Default: 7d.")
@click.option("--format", "form", type=click.Choice(tuple(FORMS)), default="html", show_default=True, help="Its form.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it to this file; without it, it is printed.",
)
@click.pass_obj
def report(start: Path, run: str | None, since: str | None, form: str, file: Path | None) -> None:
    """Tell what was backed up, what was not and why, what changed.

    The page of HTML needs nothing beside it, and is fit for mail, print and phones.

    \b
    Examples:
      netcellar report --file report.html
      netcellar report --run last --format markdown
      netcellar report --since 30d --format json
    """
    if run and since:
        raise BadInputError("--run and --since name two things", remedy="use one of them")
    project = load_project(find_project(start))
    store = project_store(project, os.environ, warn)
    at = now()
    span = Span(at, find_run(store, run).id) if run else Span(at, since=moment_of(since, at) if since else at - WEEK)
    coverage: Coverage | str
    try:
        coverage = survey_now(project, store, os.environ, warn)
    except RunRefusedError as error:
        coverage = error.message
    with counting("devices compared") as count:
        text = FORMS[form](gather(project, store, span, coverage, count))
    if file is None:
        say(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")


def moment_of(text: str, at: datetime) -> datetime:
    """A moment (UTC) that a person means: a distance such as 7d before ``at``, or a date. Raises BadInputError."""
    try:
        if match := DURATION.fullmatch(text):
            return at - timedelta(**{UNITS[match[2]]: int(match[1])})
        found = datetime.fromisoformat(text)
        return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadInputError(f"--since: `{text}` is no time", remedy="write 7d, 12h or 2026-11-01") from error
