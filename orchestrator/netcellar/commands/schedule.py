"""``netcellar schedule``: what is to come, and what became of what was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from ..errors import BadInputError
from ..presence import Presence
from ..project import Job, Project, find_project, load_project
from ..reading import near_miss
from ..schedule import local
from ..show import Output, last_option, output_options, print_table
from ..slots import MISSED, Slots
from ..words import counted
from .runs import opened

SHOWN = 12


@click.group()
def schedule() -> None:
    """See when jobs will start, and what became of past slots."""


@schedule.command("next")
@click.option("--job", help="Only this job.")
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How far to look.")
@output_options
@click.pass_obj
def next_slots(start: Path, job: str | None, days: int, output: Output) -> None:
    """Show when the scheduler will start each job: the coming week.

    \b
    Examples:
      netcellar schedule next
      netcellar schedule next --job nightly --days 30
      netcellar schedule next --output json --query '[].utc'
    """
    project = load_project(find_project(start))
    at = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    jobs = _jobs(project, job)
    rows = sorted(
        (row for one in jobs for row in coming(one, at, at + timedelta(days=days))), key=lambda row: str(row["utc"])
    )
    output.emit(rows, lambda value: _show_next(value, jobs, days))


@schedule.command("past")
@click.option("--job", help="Only this job.")
@click.option("--missed", is_flag=True, help="Only slots that were missed.")
@last_option(20)
@output_options
@click.pass_obj
def past_slots(start: Path, job: str | None, missed: bool, last: int, output: Output) -> None:
    """Show what became of past slots: their run, or the reason.

    \b
    Examples:
      netcellar schedule past
      netcellar schedule past --missed --output json
    """
    store = opened(start)[1]
    found = Slots(store, Presence.of(store)).past(job=job, state=MISSED if missed else None, last=last)
    rows = [
        {"job": slot.job, "utc": f"{slot.due.isoformat()}Z", "state": slot.state, "run_id": slot.run_id}
        | {"reason": slot.reason}
        for slot in found
    ]
    output.emit(rows, _show_past)


def coming(job: Job, after: datetime, until: datetime) -> list[dict[str, Any]]:
    """The slots of a job in a stretch of time (UTC), as plain data."""
    if job.schedule is None:
        return []
    timetable = job.schedule.timetable
    return [
        {
            "job": job.name,
            "utc": f"{due.isoformat()}Z",
            "local": local(due, timetable.zone).isoformat(),
            "zone": timetable.zone.key,
            "note": _note(job, due),
        }
        for due in timetable.due(after, until)
    ]


def _note(job: Job, due: datetime) -> str:
    if job.window and not job.window.is_open(due):
        return f"outside its window {job.window}: will be missed"
    zone = job.schedule.timetable.zone if job.schedule else None
    day = timedelta(days=1)
    if zone and local(due - day, zone).utcoffset() != local(due, zone).utcoffset():
        return "the clocks have changed"
    return ""


def _jobs(project: Project, name: str | None) -> list[Job]:
    if name is not None and name not in project.jobs:
        raise BadInputError(f"{project.file}: there is no job `{name}`", remedy=near_miss(name, project.jobs))
    return [job for job in project.jobs.values() if job.schedule and name in {None, job.name}]


def _show_next(rows: list[dict[str, Any]], jobs: list[Job], days: int) -> None:
    if not jobs:
        click.echo('No job has a schedule. Next: add `schedule: {cron: "30 2 * * *"}` to one.')
        return
    for job in jobs:
        mine = [row for row in rows if row["job"] == job.name]
        words = job.schedule.timetable.words if job.schedule else ""
        click.echo(f"{job.name}: {words}: {counted(len(mine), 'slot')} in {days} days")
        table = [[_day(row["local"]), row["utc"], row["note"]] for row in mine[:SHOWN]]
        if table:
            print_table(("  local", "UTC", ""), [[f"  {row[0]}", *row[1:]] for row in table])
        if len(mine) > SHOWN:
            click.echo(f"  and {len(mine) - SHOWN} more; --output json has them all")


def _day(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%a %Y-%m-%d %H:%M %z")


def _show_past(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No slot yet. Next: `netcellar scheduler`, or `netcellar run-due` from a timer.")
        return
    print_table(
        ("job", "slot", "state", "run", "what came of it"),
        [[row["job"], row["utc"], row["state"], row["run_id"], row["reason"]] for row in rows],
    )
    missed = sum(row["state"] == MISSED for row in rows)
    click.echo(f"\n{missed} of {counted(len(rows), 'slot')} missed." if missed else "\nNone was missed.")
