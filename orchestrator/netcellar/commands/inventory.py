"""``netcellar inventory``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import yaml

from ..asking import ask_inventory
from ..core import Preview
from ..errors import BadInputError
from ..project import Project, find_project, load_project
from ..reading import near_miss
from ..references import Resolver
from ..show import Output, output_options, print_table
from ..words import counted
from .run import warn


@click.group()
def inventory() -> None:
    """Look at saved inventories, and at the devices that they mean."""


@inventory.command("list")
@output_options
@click.pass_obj
def list_inventories(start: Path, output: Output) -> None:
    """List the saved inventories of the project and the jobs that use them.

    \b
    Examples:
      netcellar inventory list
      netcellar inventory list --output json --query '[].name'
    """
    project = load_project(find_project(start))
    rows = [
        {"name": name, "file": str(path), "jobs": [job.name for job in project.jobs.values() if job.inventory == name]}
        for name, path in sorted(project.inventories.items())
    ]
    output.emit(rows, _show_list)


@inventory.command("preview")
@click.argument("inventory_name", metavar="NAME|FILE")
@output_options
@click.pass_obj
def preview_inventory(start: Path, inventory_name: str, output: Output) -> None:
    """Show the devices that an inventory means right now, and the query that was sent.

    No device is reached.

    \b
    Examples:
      netcellar inventory preview production
      netcellar inventory preview inventories/draft.yml
      netcellar inventory preview production --output json --query 'devices[].name'
    """
    project = load_project(find_project(start))
    path = _inventory_path(project, inventory_name)
    reference = project.nautobot.token if project.nautobot else None
    token = Resolver(os.environ, warn).resolve(reference) if reference else None
    output.emit(_plain(ask_inventory(project, path, token)), _show_preview)


def _inventory_path(project: Project, name: str) -> Path:
    if name in project.inventories:
        return project.inventories[name]
    if Path(name).is_file():
        return Path(name)
    remedy = near_miss(name, project.inventories)
    raise BadInputError(f"there is neither an inventory nor a file named `{name}`", remedy=remedy)


def _plain(found: Preview) -> dict[str, Any]:
    return {
        "name": found.name,
        "description": found.description,
        "source": found.source,
        "count": len(found.devices),
        "seconds": round(found.seconds, 3),
        "queries": [dict(query) for query in found.queries],
        "warnings": list(found.warnings),
        "refused": found.refused,
        "devices": [{"host": found.hosts[device.id], **device.as_dict()} for device in found.devices],
    }


def _show_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No inventory yet. Next: write inventories/NAME.yml (`netcellar init` writes an example).")
        return
    print_table(("name", "jobs", "file"), [[row["name"], ", ".join(row["jobs"]), row["file"]] for row in rows])


def _show_preview(value: dict[str, Any]) -> None:
    rows = [
        [row["host"], row["primary_ip"], row["network_driver"], "/".join(place["name"] for place in row["location"])]
        for row in value["devices"]
    ]
    print_table(("host", "address", "platform", "location"), rows)
    click.echo(f"\n{counted(value['count'], 'device')} from {value['source']} in {value['seconds']:.2f} s")
    for warning in (*value["warnings"], *filter(None, [value["refused"]])):
        warn(warning)
    for query in value["queries"]:
        click.echo(f"\nquery:\n{query['query']}\nvariables:")
        click.echo(yaml.safe_dump(query["variables"], sort_keys=False), nl=False)
