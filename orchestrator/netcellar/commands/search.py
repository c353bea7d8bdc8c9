"""``netcellar search``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

import click

from .. import core
from ..core import Library, Past
from ..errors import BadInputError
from ..show import Output, output_options, printable
from ..steps import counting
from .library import asking, at_option

SHORT = 10
MOST = 10_000


@click.command()
@click.argument("pattern")
@click.option("--device", "devices", metavar="GLOB", default="*", help="Only devices whose name fits.")
@at_option
@click.option("--history", "past", is_flag=True, help="Where and when such a line came or went.")
@click.option("--since", metavar="DATE", help="With --history: how far back to look.")
@click.option("--ignore-case", is_flag=True, help="Upper and lower case are the same.")
@click.option("--fixed", is_flag=True, help="PATTERN is the text itself, and no regular expression.")
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, help="Stop after so many answers.")
@asking
@output_options
def search(  # noqa: PLR0913, PLR0917 (click gives each option by name)
    library: Library,
    pattern: str,
    devices: str,
    at: str | None,
    past: bool,
    since: str | None,
    ignore_case: bool,
    fixed: bool,
    most: int,
    output: Output,
) -> int:
    """Find the lines that fit PATTERN, a regular expression.

    It is one as Perl knows them. Exit code 1 where there is no such line.

    \b
    Examples:
      netcellar search 'snmp-server community'
      netcellar search 'permit ip any any' --device 'core-*' --at 2026-11-01
      netcellar search 'ntp server 10\\.0\\.0\\.\\d+' --history --since 2026-10-01
    """
    if since and not past:
        raise BadInputError("--since goes with --history", remedy="for one day use --at")
    asked = core.Pattern(pattern, ignore_case, fixed)
    with counting("commits" if past else "files") as count:
        found: Iterator[Any] = (
            core.search_history(library, asked, devices, core.Span(since, at), count)
            if past
            else core.search(library, asked, devices, at, count)
        )
        rows = list(islice(found, most + 1))
    output.emit([asdict(row) for row in rows[:most]], lambda _: _show(rows[:most]))
    if len(rows) > most:
        click.echo(f"There is more: these are the first {most:,}. Narrow it down, or raise --most.", err=True)
    return 0 if rows else 1


def _show(rows: list[Any]) -> None:
    for row in rows:
        who = printable(row.device or row.path)
        who += "" if row.artifact in {"running", ""} else f" ({row.artifact})"
        if isinstance(row, core.Past):
            _show_past(row, who)
        else:
            click.echo(f"{who}:{row.number}: {printable(row.line)}")


def _show_past(row: Past, who: str) -> None:
    for mark, lines, colour in (("-", row.removed, "red"), ("+", row.added, "green")):
        for line in lines:
            told = click.style(f"{mark} {printable(line)}", fg=colour)
            click.echo(f"{row.stored_at} {row.commit[:SHORT]} {who}: {told}")
