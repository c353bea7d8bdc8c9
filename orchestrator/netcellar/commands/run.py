"""``netcellar run``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import click

from ..errors import BadInputError
from ..execution import JobBusyError
from ..jobs import run_job, tidy
from ..limits import narrowed
from ..order import Order
from ..presence import Presence
from ..progress import watching
from ..project import Job, Project, find_project, load_project
from ..project_store import project_store
from ..reading import TEMPLATE_MARKS, near_miss
from ..result import Result
from ..resume import resume
from ..show import Output, console, output_options, print_table
from ..store import now
from ..words import counted

WAIT_SECONDS = 0.5


@click.command()
@click.argument("job", required=False)
@click.option("--limit", metavar="PATTERN", help="Of the job's hosts only these, as Ansible's --limit takes them.")
@click.option("--check", is_flag=True, help="Read the devices, but change neither Git nor Nautobot.")
@click.option("--accept-change", is_flag=True, help="Let the set of devices change this once beyond max_change.")
@click.option("--any-time", is_flag=True, help="Run it also outside the job's window.")
@click.option("--wait", is_flag=True, help="Wait for another run of the job to end, instead of giving up.")
@click.option("--resume", "again", metavar="RUN", help="Commit, push and stamp what this killed run captured.")
@output_options
@click.pass_obj
def run(  # noqa: PLR0913 (each is an option that people type)
    start: Path,
    job: str | None,
    output: Output,
    *,
    again: str | None,
    limit: str | None,
    check: bool,
    accept_change: bool,
    any_time: bool,
    wait: bool,
) -> int:
    """Run JOB once, and show what became of every device.

    \b
    Examples:
      netcellar run nightly
      netcellar run nightly --limit 'berlin-*,munich-leaf-1'
      netcellar run nightly --check
      netcellar run nightly --accept-change
      netcellar run nightly --wait --any-time
      netcellar run --resume 20261121T020000Z
      netcellar run nightly --output json --query 'failed_devices[].[device_name, error]'
    """
    project = load_project(find_project(start))
    if again is not None:
        return bring_home(project, again, job, output)
    if job is None:
        raise BadInputError("which job?", remedy=f"name one of: {', '.join(project.jobs)}")
    chosen = find_job(project, job)
    order = Order(
        chosen,
        limit=narrowed(chosen.limit, checked_limit(limit)),
        check=check,
        accept_change=accept_change,
        any_time=any_time,
    )
    return carry_out(project, order, output, wait=wait)


def bring_home(project: Project, name: str, job: str | None, output: Output) -> int:
    """Resume a run, show what came of it, and give the exit code."""
    store = project_store(project, os.environ, warn)
    tidy(project, store, warn)
    found = store.find(name)
    if found is None or job not in (None, found.job):
        of_job = f" of the job `{job}`" if job else ""
        raise BadInputError(
            f"there is no run `{name}`{of_job}, or there are several", remedy="see `netcellar runs list`"
        )
    result = resume(project, store, found, warn=warn, environment=os.environ)
    return told(result, output)


def carry_out(project: Project, order: Order, output: Output, *, wait: bool) -> int:
    """Run an order, show what came of it, and give the exit code."""
    while True:
        try:
            with watching() as watch:
                result = run_job(project, order, watch=watch, warn=warn, environment=os.environ)
            break
        except JobBusyError as busy:
            if not wait:
                raise
            warn(f"waiting: {busy.message}")
            wait_for_end(project, busy.run_id)
    return told(result, output)


def told(result: Result, output: Output) -> int:
    """Show a result, and give its exit code."""
    output.emit(result.as_dict(), show_result)
    if not output.for_people and result.status != "success":
        warn(f"{result.status}: {result.message}")
    return result.exit_code


def wait_for_end(project: Project, run_id: str) -> None:
    """Come back when a run has ended, or its process is gone."""
    store = project_store(project, os.environ, warn)
    presence = Presence.of(store)
    while (run := store.by_id([run_id]).get(run_id)) and run.finished is None and not presence.lost(run, now()):
        time.sleep(WAIT_SECONDS)


def find_job(project: Project, name: str) -> Job:
    """The job of that name. Raises ``BadInputError`` with near misses."""
    if name not in project.jobs:
        raise BadInputError(f"{project.file}: there is no job `{name}`", remedy=near_miss(name, project.jobs))
    return project.jobs[name]


def checked_limit(limit: str | None) -> str | None:
    """A pattern of host names. What could be an option, a file or a template is refused."""
    if limit is None:
        return None
    if not limit.strip() or limit.startswith(("-", "@")) or any(mark in limit for mark in TEMPLATE_MARKS):
        raise BadInputError(
            f"--limit: `{limit}` is no pattern of host names", remedy="write names or groups, e.g. 'a*,b'"
        )
    return limit


def warn(message: str) -> None:
    """Tell a person something on stderr."""
    console(stderr=True).print(f"netcellar: {message}", soft_wrap=True)


def show_result(result: dict[str, Any]) -> None:
    """A run for people: what failed and how to mend it, then the summary."""
    failed = result["failed_devices"]
    if failed:
        print_table(("device", "class", "what happened, and what to do"), [_failure(row) for row in failed])
        click.echo()
    click.echo(f"run {result['run_id']}: {result['status']} in {result['timings']['seconds']:.0f} s")
    click.echo(f"  {_kept(result)}")
    console().print(f"  {result['message']}.", soft_wrap=True)
    for warning in result.get("warnings", ()):
        console().print(f"  Warning: {warning}.", soft_wrap=True)


def _failure(row: dict[str, Any]) -> list[Any]:
    remedy = [f"-> {row['remedy']}"] if row["remedy"] else []
    return [row["host"], row["error"] or row["outcome"], [row["message"] or "nothing came back", *remedy]]


def _kept(result: dict[str, Any]) -> str:
    git = result["git_commit_status"]
    if result["check"]:
        return f"check mode: {result['devices_backed_up']} read, {result['devices_failed']} not; nothing was kept"
    told = f"{result['devices_backed_up']} backed up, {result['devices_failed']} not"
    told += f"; {counted(git['files_changed'], 'file')} changed"
    if git["commit_hash"]:
        told += f" in commit {git['commit_hash'][:12]}"
    return told + (f", pushed to {git['remote']}" if git["pushed"] else "")
