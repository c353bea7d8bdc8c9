"""``netcellar diff``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from .. import core
from ..core import Difference, Library, Moment, RunDifference
from ..errors import BadInputError
from ..show import Output, output_options, printable
from ..steps import counting
from ..words import counted
from .library import artifact_option, asking

RANGE = ".."
SHORT = 10
# More names of devices than this are only counted; JSON has them all.
MOST_NAMES = 10
COLOURS = {"-": "red", "+": "green"}


@click.command()
@click.argument("device", required=False)
@click.argument("versions", metavar="[FROM..TO]", required=False)
@artifact_option
@click.option("--run", "run", metavar="RUN", help="All that a run changed (its id, or `last`), instead of one device.")
@click.option("--text", "as_text", is_flag=True, help="As a unified diff: every line that is different.")
@asking
@output_options
def diff(  # noqa: PLR0913, PLR0917 (click gives each option by name)
    library: Library,
    device: str | None,
    versions: str | None,
    artifact: str,
    run: str | None,
    as_text: bool,
    output: Output,
) -> None:
    """Show what changed on DEVICE, or all that a run changed.

    Without FROM..TO (dates or commits) it is what changed last.

    Each change comes with the lines around it and what it is about. Lines that only moved are left out where their
    order means nothing. The same change on many devices is shown once.

    \b
    Examples:
      netcellar diff core-1
      netcellar diff core-1 2026-11-01..2026-11-21 --text
      netcellar diff --run last
    """
    if (device is None) == (run is None):
        raise BadInputError("name either a device or --run", remedy="see netcellar diff --help")
    if device is None:
        _emit_run(library, str(run), output, as_text=as_text)
    else:
        first, last = _range(versions)
        found = core.difference(library, library.device(device, artifact), first, last)
        output.emit(_plain(found), lambda _: _show_text(found.text) if as_text else _show(found))


def _range(versions: str | None) -> tuple[str | None, str | None]:
    first, _, last = (versions or "").partition(RANGE)
    if last and not first:
        raise BadInputError(f"`{versions}` has no beginning", remedy=f"write FROM{RANGE}TO, or FROM{RANGE} until now")
    return first or None, last or None


def _emit_run(library: Library, run: str, output: Output, *, as_text: bool) -> None:
    if as_text:
        run, commits = core.run_commits(library, run)
        text = "".join(core.changes(library.repository, commit).diff for commit in commits)
        output.emit({"run": run, "commits": commits, "diff": text}, lambda shown: _show_text(shown["diff"]))
        return
    with counting("devices compared") as count:
        found = core.run_difference(library, run, count)
    output.emit(_plain_run(found), lambda _: _show_run(found))


def _plain(found: Difference) -> dict[str, Any]:
    entry = found.entry
    return {
        "device": entry.name,
        "device_id": entry.device_id,
        "artifact": entry.artifact,
        "path": entry.path,
        "from": asdict(found.start) if found.start else None,
        "to": asdict(found.end) if found.end else None,
        "changes": [_plain_change(change) for change in found.comparison.changes],
        "compared_as_text": found.comparison.plain or None,
        "diff": found.text,
    }


def _plain_change(change: Any) -> dict[str, Any]:
    return {"class": change.about, "parents": list(change.parents), "lines": list(change.lines)}


def _plain_run(found: RunDifference) -> dict[str, Any]:
    value = asdict(found)
    value["changes"] = [
        {**_plain_change(each.change), "devices": list(each.devices), "compared_as_text": each.plain or None}
        for each in found.shared
    ]
    del value["shared"]
    return value


def _show_text(text: str) -> None:
    for line in text.splitlines():
        click.secho(printable(line), fg=None if line.startswith(("+++", "---")) else COLOURS.get(line[:1]))
    if not text:
        click.echo("no difference")


def _show(found: Difference) -> None:
    if found.start is None or found.end is None:
        click.echo("no difference: there is one version")
        return
    name = printable(found.entry.name)
    click.echo(f"{name} ({found.entry.artifact}) from {_moment(found.start)} to {_moment(found.end)}\n")
    plain = found.comparison.plain
    if not found.text:
        click.echo("no difference")
    elif plain:
        click.echo(f"Compared line by line: {plain}.\n")
        _show_text(found.text)
    elif not found.comparison.changes:
        click.echo("no difference in meaning: lines moved, or such that change by themselves; --text shows them")
    for change in found.comparison.changes:
        _show_change(change.about, change.parents, change.lines)


def _moment(moment: Moment) -> str:
    return f"{moment.stored_at} ({moment.commit[:SHORT]})"


def _show_run(found: RunDifference) -> None:
    click.echo(f"run {found.run}: {counted(len(found.paths), 'file')} changed\n")
    for each in found.shared:
        heading = f"{each.change.about} on {_named(each.devices)}"
        heading += f" (compared line by line: {each.plain})" if each.plain else ""
        _show_change(heading, each.change.parents, each.change.lines)
    for names, what in (
        (found.new, "stored for the first time"),
        (found.gone, "no longer there"),
        (found.silent, "changed in text and not in meaning"),
    ):
        if names:
            click.echo(f"{what}: {_named(names)}")


def _show_change(heading: str, parents: Sequence[str], lines: Sequence[str]) -> None:
    click.secho(heading, bold=True)
    for depth, parent in enumerate(parents, 1):
        click.echo("  " * depth + printable(parent))
    for line in lines:
        click.secho("  " * (len(parents) + 1) + printable(line), fg=COLOURS.get(line[:1]))
    click.echo()


def _named(names: Sequence[str]) -> str:
    shown: Iterator[str] = map(printable, names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{counted(len(names), 'device')}: {', '.join(shown)}{more}"
