"""``netcellar inventory``."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from ..asking import access_of, ask_inventory
from ..core import Preview, changed, convert, report, why
from ..errors import BadInputError
from ..inventory_files import ready
from ..plain_inventory import is_saved
from ..project import Project, find_project, load_project
from ..reading import near_miss
from ..references import Resolver
from ..show import Output, output_options, print_table, printable
from ..words import counted
from .run import warn

WAYS = {"pushed": "Nautobot, then we", "local": "we", "": "we"}


@click.group()
def inventory() -> None:
    """Look at saved inventories, and at the devices that they mean."""


@inventory.command("list")
@output_options
@click.pass_obj
def list_inventories(start: Path, output: Output) -> None:
    """List the saved inventories and the jobs that use them.

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
    """Show the devices that an inventory means right now.

    And the query that was sent. No device is reached.

    \b
    Examples:
      netcellar inventory preview production
      netcellar inventory preview inventories/draft.yml
      netcellar inventory preview production --output json --query 'devices[].name'
    """
    asked = _asked(start, inventory_name)
    output.emit(_plain(ask_inventory(asked.project, asked.path, asked.token)), _show_preview)


@inventory.command("explain")
@click.argument("inventory_name", metavar="NAME|FILE")
@click.argument("device", required=False)
@output_options
@click.pass_obj
def explain_inventory(start: Path, inventory_name: str, device: str | None, output: Output) -> None:
    """Say what each condition matches, or why DEVICE is in or out.

    DEVICE is its name, id or host name.

    \b
    Examples:
      netcellar inventory explain production
      netcellar inventory explain production berlin-core-1
      netcellar inventory explain production berlin-core-1 --output json --query '[].sentence'
    """
    asked = _with_conditions(start, inventory_name)
    access = access_of(asked.project, asked.token)
    if device is None:
        output.emit(asdict(report(asked.path, access)), _show_report)
        return
    output.emit([asdict(found) for found in why(asked.path, access, device)], _show_why)


@inventory.command("diff")
@click.argument("inventory_name", metavar="NAME|FILE")
@output_options
@click.pass_obj
def diff_inventory(start: Path, inventory_name: str, output: Output) -> None:
    """Show which devices left or entered since the last good run.

    And why: the condition that decided.

    \b
    Examples:
      netcellar inventory diff production
      netcellar inventory diff production --output json --query 'left[].device_name'
    """
    asked = _with_conditions(start, inventory_name)
    found = changed(asked.path, access_of(asked.project, asked.token), asked.project.state)
    output.emit(found.as_dict(), _show_diff)


@inventory.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_inventory(file: Path) -> None:
    """Print the saved inventory that an older tool's FILE means.

    FILE is JSON. What cannot be said in our words, is an error.

    \b
    Examples:
      netcellar inventory import routers.json > inventories/routers.yml
    """
    click.echo(convert(file), nl=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """An inventory of a project, and the token of its Nautobot."""

    project: Project
    path: Path
    token: str | None


def _asked(start: Path, name: str) -> Asked:
    project = load_project(find_project(start))
    path = _inventory_path(project, name)
    reference = project.nautobot.token if project.nautobot else None
    return Asked(project, path, Resolver(os.environ, warn).resolve(reference) if reference else None)


def _with_conditions(start: Path, name: str) -> Asked:
    asked = _asked(start, name)
    if is_saved(asked.path):
        return asked
    raise BadInputError(
        f"{asked.path} is an inventory of Ansible's own, which has no conditions",
        remedy=f"`netcellar inventory preview {name}` shows its hosts",
    )


def _inventory_path(project: Project, name: str) -> Path:
    if name in project.inventories:
        return ready(project, project.inventories[name])
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
    click.echo(f"\n{counted(value['count'], 'device')} from {value['source']} in {value['seconds']:.2f} s, no cache")
    for warning in (*value["warnings"], *filter(None, [value["refused"]])):
        warn(warning)
    for query in value["queries"]:
        click.echo(f"\nquery:\n{query['query']}\nvariables:")
        for line in yaml.safe_dump(query["variables"], sort_keys=False, allow_unicode=True).splitlines():
            click.echo(printable(line))


def _show_report(value: dict[str, Any]) -> None:
    rows = [
        [leaf["where"], leaf["says"], WAYS[leaf["way"]], f"{leaf['matched']} of {leaf['of']}"]
        for leaf in value["leaves"]
    ]
    if rows:
        print_table(("condition", "what it says", "who looks", "matches"), rows)
        click.echo()
    click.echo(f"{counted(value['asked'], 'device')} came from the source, {value['found']} of them are in")


def _show_why(value: list[dict[str, Any]]) -> None:
    for found in value:
        click.echo(printable(found["sentence"]))
        if found["explanation"]["tree"]["kind"] != "everything":
            _show_part(found["explanation"]["tree"], 1)


def _show_part(part: dict[str, Any], depth: int) -> None:
    finding = part["finding"]
    said = f"{finding['says']}: {finding['shows']}" if finding else part["kind"]
    click.echo(f"{'  ' * depth}{'+' if part['holds'] else '-'} {printable(said)}")
    for item in part["items"]:
        _show_part(item, depth + 1)


def _show_diff(value: dict[str, Any]) -> None:
    rows = [[what, moved["device_name"], moved["why"]] for what in ("left", "entered") for moved in value[what]]
    if rows:
        print_table(("", "device", "why"), rows)
        click.echo()
    click.echo(f"{len(value['left'])} left, {len(value['entered'])} entered, {value['stayed']} stayed")
