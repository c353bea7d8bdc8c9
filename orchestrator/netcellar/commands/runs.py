"""``netcellar runs``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import BadInputError
from ..models import Run
from ..project import find_project, load_project
from ..recovery import is_lost, run_folder
from ..show import Output, console, output_options, print_table
from ..store import Store, open_store
from .run import show_result


@click.group()
def runs() -> None:
    """Look at the runs of this project."""


@runs.command("list")
@click.option("--job", help="Only runs of this job.")
@click.option("--last", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many.")
@output_options
@click.pass_obj
def list_runs(start: Path, job: str | None, last: int, output: Output) -> None:
    """List the latest runs, newest first.

    \b
    Examples:
      netcellar runs list
      netcellar runs list --job nightly --last 5
      netcellar runs list --output json --query '[?status!=`success`].run_id'
    """
    found = _store(start).runs(job=job, last=last)
    output.emit([_summary(run) for run in found], _show_list)


@runs.command()
@click.argument("run", metavar="RUN")
@output_options
@click.pass_obj
def show(start: Path, run: str, output: Output) -> None:
    """Show RUN (its id, or an unambiguous beginning of it; `last` is the latest): what became of every device.

    \b
    Examples:
      netcellar runs show last
      netcellar runs show 20261121T020000Z --output json
    """
    project = load_project(find_project(start))
    store = open_store(project.state)
    latest = store.runs(last=1) if run == "last" else ()
    found = store.find(latest[0].id if latest else run)
    if found is None:
        raise BadInputError(f"there is no run `{run}`, or there are several", remedy="see `netcellar runs list`")
    details = found.result or {**_summary(found), "records": [row.details for row in found.records]}
    output.emit(details, lambda value: _show_one(value, found, run_folder(project.state, found.id)))


def _store(start: Path) -> Store:
    return open_store(load_project(find_project(start)).state)


def _summary(run: Run) -> dict[str, Any]:
    result = run.result or {}
    return {
        "run_id": run.id,
        "job": run.job,
        "status": "lost" if is_lost(run) else run.status,
        "started": f"{run.started.isoformat()}Z",
        "seconds": (run.finished - run.started).total_seconds() if run.finished else None,
        "devices_backed_up": result.get("devices_backed_up"),
        "devices_failed": result.get("devices_failed"),
        "limit": run.limit,
        "check": run.check,
        "message": run.message,
    }


def _show_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No run yet. Next: `netcellar run JOB`.")
        return
    keys = ("run_id", "job", "status", "started", "seconds", "devices_backed_up", "devices_failed", "limit")
    # Nothing is stored by a run in check mode, however many devices were well.
    shown = [row | {"job": f"{row['job']} (check)"} if row["check"] else row for row in rows]
    print_table(
        ("run", "job", "status", "started", "s", "ok", "not", "limit"), [[row[key] for key in keys] for row in shown]
    )


def _show_one(value: dict[str, Any], run: Run, folder: Path) -> None:
    rows = [[row.host, row.outcome, row.error, _paths(row.details)] for row in run.records]
    if rows:
        print_table(("device", "outcome", "class", "files"), rows)
        click.echo()
    if run.result:
        show_result(value)
    else:
        console().print(f"run {run.id}: {value['status']}: {run.message or 'not finished'}", soft_wrap=True)
    click.echo(f"  everything about it: {folder}")


def _paths(details: dict[str, Any]) -> list[str]:
    return [kept["path"] for kept in details["artifacts"] if kept["path"]]
