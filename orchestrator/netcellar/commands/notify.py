"""``netcellar notify``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from ..channels import send
from ..errors import BadInputError
from ..models import NoticeRow
from ..notice_text import Message
from ..project import find_project, load_project
from ..project_store import project_store
from ..reading import near_miss
from ..references import Resolver
from ..show import Output, last_option, output_options, print_table
from .run import warn

NOT_DELIVERED = 1


@click.group()
def notify() -> None:
    """Try the channels that hear of runs; see what they were told."""


@notify.command()
@click.argument("channels", nargs=-1, metavar="[CHANNEL]...")
@output_options
@click.pass_obj
def test(start: Path, channels: tuple[str, ...], output: Output) -> int:
    """Send a test message to each CHANNEL (default: all).

    Exit code 1 if one did not take it.

    \b
    Examples:
      netcellar notify test
      netcellar notify test mail
    """
    project = load_project(find_project(start))
    known = project.notify.channels
    if not known:
        raise BadInputError(f"{project.file}: there is no channel", remedy="add one below `notify.channels:`")
    for channel in channels:
        if channel not in known:
            raise BadInputError(f"{project.file}: there is no channel `{channel}`", remedy=near_miss(channel, known))
    message = Message(
        f"[info] Netcellar project {project.folder.name}: a test",
        "This is a test: whoever reads it is told of backups that need a person. Nothing has to be done.\n",
        "info",
    )
    resolver = Resolver(os.environ, warn)
    faults = {name: send(resolver.resolve(known[name]), message, os.environ) for name in channels or known}
    rows = [{"channel": name, "delivered": not fault, "reason": fault or None} for name, fault in faults.items()]
    output.emit(rows, _show_test)
    return NOT_DELIVERED if any(faults.values()) else 0


@notify.command("list")
@last_option(20)
@output_options
@click.pass_obj
def list_notices(start: Path, last: int, output: Output) -> None:
    """List what the rules made of the latest runs, newest first.

    \b
    A notice is sent; due (waits, or is tried again); held (the same was told not long ago); quiet (held, and
    counted in a later message); or failed (no channel took it).

    \b
    Examples:
      netcellar notify list
      netcellar notify list --query '[?state==`failed`].[run_id, reason]'
    """
    project = load_project(find_project(start))
    query = select(NoticeRow).where(NoticeRow.state != "none").order_by(NoticeRow.at.desc(), NoticeRow.rule).limit(last)
    with project_store(project, os.environ, warn).reading() as session:
        found = [_notice(row) for row in session.scalars(query)]
    output.emit(found, _show_list)


def _notice(row: NoticeRow) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "run_id": row.run_id,
        "job": row.details["job"],
        "status": row.details["status"],
        "severity": row.details["severity"],
        "at": f"{row.at.isoformat()}Z",
        "state": row.state,
        "left": row.left if row.state in {"due", "failed"} else [],
        "reason": row.reason or None,
    }


def _show_test(rows: list[dict[str, Any]]) -> None:
    print_table(
        ("channel", "delivered", "why not"), [[row["channel"], row["delivered"], row["reason"]] for row in rows]
    )


def _show_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No rule had anything to tell yet.")
        return
    keys = ("at", "rule", "job", "status", "severity", "state", "reason")
    print_table(keys, [[row[key] for key in keys] for row in rows])
