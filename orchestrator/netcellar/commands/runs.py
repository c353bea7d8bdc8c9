"""``netcellar runs``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..errors import BadInputError
from ..failures import left_by
from ..journal import LEVELS, Level, actor, audit, lines_of
from ..models import LogLine, Run
from ..order import Order
from ..presence import Presence
from ..project import Project, find_project, load_project
from ..project_store import project_store
from ..recovery import run_folder
from ..show import Output, console, last_option, output_options, print_table, printable
from ..store import UNFINISHED, Store, now
from .run import carry_out, find_job, show_result, warn

LAST = "last"
_waiting = click.option("--wait", is_flag=True, help="Wait for another run of the job to end, instead of giving up.")


@click.group()
def runs() -> None:
    """Look at runs, try again what failed, end what goes on.

    RUN is its id, an unambiguous beginning of it, or `last`.
    """


@runs.command("list")
@click.option("--job", help="Only runs of this job.")
@last_option(20)
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
    store = opened(start)[1]
    presence = Presence.of(store)
    found = store.runs(job=job, last=last)
    output.emit([_summary(run, presence) for run in found], _show_list)


@runs.command()
@click.argument("run", metavar="RUN")
@output_options
@click.pass_obj
def show(start: Path, run: str, output: Output) -> None:
    """Show what became of every device in RUN.

    RUN is its id, an unambiguous beginning of it, or `last`.

    \b
    Examples:
      netcellar runs show last
      netcellar runs show 20261121T020000Z --output json
    """
    project, store = opened(start)
    found = find_run(store, run)
    summary = _summary(found, Presence.of(store))
    details = found.result or {**summary, "records": [row.details for row in found.records]}
    output.emit(details, lambda value: _show_one(value, found, run_folder(project.state, found.id)))


@runs.command()
@click.argument("run", metavar="RUN")
@click.option("--level", type=click.Choice(LEVELS), default="info", show_default=True, help="This level and above.")
@click.option("--source", type=click.Choice(("job", "connection")), help="Only of the run itself, or of its devices.")
@output_options
@click.pass_obj
def logs(start: Path, run: str, level: Level, source: str | None, output: Output) -> None:
    """Show the log of RUN: what it did, how each connection went.

    \b
    Examples:
      netcellar runs logs last
      netcellar runs logs last --level error --source connection
    """
    store = opened(start)[1]
    lines = lines_of(store, find_run(store, run).id, level=level, source=source)
    output.emit([_line(line) for line in lines], _show_lines)


@runs.command()
@click.argument("run", metavar="RUN")
@_waiting
@output_options
@click.pass_obj
def retry(start: Path, run: str, output: Output, *, wait: bool) -> int:
    """Run the job of RUN again, for the devices that were left.

    Those are all that RUN did not back up.

    \b
    Examples:
      netcellar runs retry last
      netcellar runs retry 20261121T020000Z --wait
    """
    project, store = opened(start)
    found = find_run(store, run)
    if found.status in UNFINISHED and not Presence.of(store).lost(found, now()):
        raise BadInputError(f"run {found.id} has not ended yet", remedy=f"end it: `netcellar runs cancel {found.id}`")
    left = left_by(found)
    if not left and found.records:
        output.emit({"run_id": None, "message": "nothing failed"}, lambda _value: click.echo("Nothing failed there."))
        return 0
    limit = ",".join(left) or found.limit
    order = Order(find_job(project, found.job), limit=limit, check=found.check, origin="retry", parent=found.id)
    audit(store, now(), "run.retry", found.id, {"devices": len(left)})
    return carry_out(project, order, output, wait=wait)


@runs.command()
@click.argument("run", metavar="RUN")
@click.pass_obj
def cancel(start: Path, run: str) -> None:
    """Ask RUN to end. What it has captured is kept, and committed by the next run.

    \b
    Examples:
      netcellar runs cancel last
    """
    store = opened(start)[1]
    found = find_run(store, run)
    if found.status not in UNFINISHED:
        remedy = "see `netcellar runs list` for those that go on"
        raise BadInputError(f"run {found.id} has ended already: {found.status}", remedy=remedy)
    store.update(found.id, cancel_by=actor())
    audit(store, now(), "run.cancel", found.id, {"job": found.job})
    click.echo(f"asked run {found.id} to end. Next: `netcellar runs show {found.id}` says when it has")


def opened(start: Path) -> tuple[Project, Store]:
    """The project, and its store."""
    project = load_project(find_project(start))
    return project, project_store(project, os.environ, warn)


def find_run(store: Store, run: str) -> Run:
    """A run by its id, a beginning of it, or `last`. Raises BadInputError."""
    latest: Sequence[Run] = store.runs(last=1) if run == LAST else ()
    if run == LAST and not latest:
        raise BadInputError("there is no run yet", remedy="`netcellar run JOB`")
    found = store.find(latest[0].id if latest else run)
    if found is None:
        raise BadInputError(f"there is no run `{run}`, or there are several", remedy="see `netcellar runs list`")
    return found


def _summary(run: Run, presence: Presence) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "job": run.job,
        "status": "lost" if presence.lost(run, now()) else run.status,
        "origin": run.origin,
        "started_by": run.started_by,
        "parent": run.parent,
        "started": f"{run.started.isoformat()}Z",
        "seconds": (run.finished - run.started).total_seconds() if run.finished else None,
        "devices_backed_up": run.backed_up,
        "devices_failed": run.not_backed_up,
        "limit": run.limit,
        "check": run.check,
        "message": run.message,
    }


def _line(line: LogLine) -> dict[str, Any]:
    return {
        "at": f"{line.at.isoformat()}Z",
        "level": line.level,
        "source": line.source,
        "host": line.host,
        "device_id": line.device_id,
        "message": line.message,
    }


def _show_lines(lines: list[dict[str, Any]]) -> None:
    if not lines:
        click.echo("No line of that kind; --level debug shows all.")
    for line in lines:
        host = f" {printable(line['host'])}:" if line["host"] else ""
        console().print(f"{line['at']} {line['level']:7}{host} {printable(line['message'])}", soft_wrap=True)


def _show_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No run yet. Next: `netcellar run JOB`.")
        return
    keys = ("run_id", "job", "status", "origin", "started", "seconds", "devices_backed_up", "devices_failed", "limit")
    heads = ("run", "job", "status", "by", "started", "s", "ok", "not", "limit")
    # Nothing is stored by a run in check mode, however many devices were well.
    shown = [row | {"job": f"{row['job']} (check)"} if row["check"] else row for row in rows]
    print_table(heads, [[row[key] for key in keys] for row in shown])


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
