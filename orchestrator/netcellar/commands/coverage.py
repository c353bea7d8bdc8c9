"""``netcellar coverage``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from ..coverage import STATES
from ..errors import BadInputError
from ..project import find_project, load_project
from ..project_store import project_store
from ..reading import near_miss
from ..show import Output, output_options, print_table
from ..survey import survey_now
from ..words import counted, lasting
from .run import warn

NOT_MET = 1


@click.command()
@click.option("--inventory", "names", multiple=True, metavar="NAME", help="Only this inventory; may be given again.")
@click.option("--all", "everything", is_flag=True, help="List the fresh devices, too.")
@output_options
@click.pass_obj
def coverage(start: Path, names: tuple[str, ...], output: Output, *, everything: bool) -> int:
    """Say which devices are covered, which are not, and why.

    The inventories, the repositories and the runs are held against each other.

    \b
    Each device is in one state:
      fresh        proven to be stored within the time of its target
      stale        stored, but longer ago
      never        no capture of it was ever stored
      unsupported  there is no platform file for it
      excluded     left out on purpose, with the reason
      orphaned     stored, and no inventory has it any more

    \b
    Exit codes for monitoring: 0 every target is met, 1 one is not, 3 it could not be asked.

    \b
    Examples:
      netcellar coverage
      netcellar coverage --inventory production --output json
      netcellar coverage --query 'devices[?state==`never`].device_name'
    """
    project = load_project(find_project(start))
    for name in names:
        if name not in project.inventories:
            raise BadInputError(f"there is no inventory `{name}`", remedy=near_miss(name, project.inventories))
    found = survey_now(project, project_store(project, os.environ, warn), os.environ, warn, names)
    output.emit(found.as_dict(), lambda value: _show(value, everything=everything))
    return 0 if found.met else NOT_MET


def _show(value: dict[str, Any], *, everything: bool) -> None:
    listed = [row for row in value["devices"] if everything or row["state"] != "fresh"]
    if listed:
        rows = [[row["device_name"], row["state"], _age(row["age"]), row["location"], row["why"]] for row in listed]
        print_table(("device", "state", "last proven", "location", "why"), rows)
        click.echo()
    columns = ("inventory", "devices", *STATES[:-1], "fresh %", "objective", "may fail", "met")
    print_table(columns, [_line(one) for one in value["inventories"]])
    orphaned = value["counts"]["orphaned"]
    if orphaned:
        click.echo(f"\n{counted(orphaned, 'device')} in Git that no inventory has any more")
    click.echo("\n" + ("Every target is met" if value["met"] else _missed(value)))


def _line(one: dict[str, Any]) -> list[Any]:
    counts = [one["counts"][state] for state in STATES[:-1]]
    budget = f"{one['budget']['allowed']} ({one['budget']['spent']} do)"
    return [one["inventory"], one["devices"], *counts, one["fresh"], f"{one['objective']:g}%", budget, one["met"]]


def _missed(value: dict[str, Any]) -> str:
    told = [
        f"{one['inventory']}: {one['fresh']:g}% of {counted(one['devices'], 'device')} fresh within "
        f"{lasting(one['fresh_within'])}, and {one['objective']:g}% are wanted"
        for one in value["inventories"]
        if not one["met"]
    ]
    return "NOT MET: " + "; ".join(told) + ". Next: mend what is said beside each device above"


def _age(seconds: int | None) -> str:
    return "never" if seconds is None else f"{lasting(seconds)} ago"
