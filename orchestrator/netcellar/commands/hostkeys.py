"""``netcellar hostkeys``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from ..hostkeys import RESULTS, learn_keys
from ..limits import narrowed
from ..order import Order
from ..progress import watching
from ..project import find_project, load_project
from ..show import Output, console, output_options, print_table
from .run import checked_limit, find_job, warn


@click.group()
def hostkeys() -> None:
    """Learn the SSH host keys of devices before their first backup."""


@hostkeys.command()
@click.argument("job")
@click.option("--limit", metavar="PATTERN", help="Of the job's hosts only these, as Ansible's --limit takes them.")
@output_options
@click.pass_obj
def learn(start: Path, job: str, output: Output, *, limit: str | None) -> int:
    """Ask the devices of JOB for their SSH host keys; keep new ones.

    Nobody logs in and nothing secret is sent. A known key is never replaced. Exit code 1 where a device shows another
    key than the known one, or none.

    \b
    Examples:
      netcellar hostkeys learn nightly
      netcellar hostkeys learn nightly --limit 'berlin-*'
      netcellar hostkeys learn nightly --output json --query 'devices[?result==`changed`].[host, known, fingerprint]'
    """
    project = load_project(find_project(start))
    chosen = find_job(project, job)
    order = Order(chosen, limit=narrowed(chosen.limit, checked_limit(limit)))
    with watching() as watch:
        learned = learn_keys(project, order, watch=watch, warn=warn, environment=os.environ)
    output.emit(learned.as_dict(), show_learned)
    if learned.unmatched:
        warn(f"no host matched {', '.join(learned.unmatched)}")
    return learned.exit_code


def show_learned(value: dict[str, Any]) -> None:
    """A person sees every device, the counts, and what to do next."""
    print_table(("device", "result", "fingerprint, or what happened"), [_row(row) for row in value["devices"]])
    counts = value["counts"]
    click.echo("\n" + ", ".join(f"{counts[result]} {result}" for result in RESULTS if counts[result]) + ".")
    for hint in _next(value["job"], counts):
        console().print(f"Next: {hint}.", soft_wrap=True)


def _row(row: dict[str, Any]) -> list[Any]:
    if row["result"] == "changed":
        return [row["host"], "changed", [f"known {' or '.join(row['known'])}", f"shown {row['fingerprint']}"]]
    return [row["host"], row["result"], row["message"] or row["fingerprint"]]


def _next(job: str, counts: dict[str, int]) -> list[str]:
    hints = []
    if counts["changed"]:
        hints.append(
            "find out why a key has changed; where the device was replaced, remove its line from known_hosts "
            "(`ssh-keygen -R ADDRESS -f FILE`) and learn again"
        )
    if counts["unreachable"] or counts["failed"]:
        hints.append("mend what is said above, and learn again")
    if counts["learned"]:
        hints.append("compare a few fingerprints with what the consoles of the devices show")
    return hints or [f"`netcellar run {job}`"]
