"""``netcellar audit``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..journal import audited
from ..show import Output, last_option, output_options, print_table
from .runs import opened


@click.command()
@last_option(50)
@output_options
@click.pass_obj
def audit(start: Path, last: int, output: Output) -> None:
    """Show who did what, and when.

    Started, cancelled and tried again a run, accepted a change of the devices, released from quarantine.

    \b
    Examples:
      netcellar audit
      netcellar audit --last 1000 --output json --query "[?verb=='change.accept']"
    """
    rows = [
        {
            "at": f"{entry.at.isoformat()}Z",
            "actor": entry.actor,
            "machine": entry.machine,
            "verb": entry.verb,
            "subject": entry.subject,
            "details": entry.details,
        }
        for entry in audited(opened(start)[1], last=last)
    ]
    output.emit(rows, _show)


def _show(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("Nothing is written down yet.")
        return
    keys = ("at", "actor", "machine", "verb", "subject")
    table = [[*(row[key] for key in keys), _words(row["details"])] for row in rows]
    print_table(("when", "who", "on", "what", "of", ""), table)


def _words(details: dict[str, Any]) -> str:
    given = {name: value for name, value in details.items() if value is not None and value is not False}
    return ", ".join(
        f"{name} {value if isinstance(value, str | int) else json.dumps(value)}" for name, value in given.items()
    )
