"""``netcellar check``."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..check import check_project
from ..project import find_project, load_project
from ..show import Output, output_options, print_table

WRONG = 2


@click.command()
@click.option(
    "--online", is_flag=True, help="Also reach Nautobot, the Git remotes, the store, and a device of each platform."
)
@output_options
@click.pass_obj
def check(start: Path, online: bool, output: Output) -> int:
    """Look over the project: what is wrong, and how to mend it.

    Without --online nothing is reached. Exit code 2 when something is wrong.

    \b
    Examples:
      netcellar check
      netcellar check --online
      netcellar check --output json --query '[?state!=`ok`]'
    """
    project = load_project(find_project(start))
    findings = [asdict(finding) for finding in check_project(project, os.environ, online=online)]
    output.emit(findings, _show)
    return WRONG if any(finding["state"] == "wrong" for finding in findings) else 0


def _show(findings: list[dict[str, Any]]) -> None:
    rows = [[finding[key] for key in ("state", "subject", "message", "remedy")] for finding in findings]
    print_table(("", "what", "finding", "remedy"), [[*row[:3], row[3] or ""] for row in rows])
    wrong = sum(finding["state"] == "wrong" for finding in findings)
    todo = sum(finding["state"] == "todo" for finding in findings)
    if wrong:
        click.echo(f"\n{wrong} wrong, {todo} to do. Next: mend them as said, then check again.")
    elif todo:
        click.echo(f"\nNothing wrong, {todo} to do before a run. Next: see the remedies above.")
    else:
        click.echo("\nAll well. Next: `netcellar run JOB`.")
