"""A report as a page of HTML that needs nothing beside it, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .coverage import STATES
from .show import printable, visible
from .words import counted, lasting

# A page must stay one that a browser opens: what is over it, is in JSON.
MOST_CHANGES = 200
MOST_LINES = 60
MOST_DEVICES = 500
MOST_RUNS = 200
MOST_PLACES = 20
_MARKED = re.compile(r"([\\`*_\[\]<>|~&])")


def html(report: Mapping[str, Any]) -> str:
    """One self-contained page: no script, and nothing is loaded."""
    return _rendered("report.html.j2", report, autoescape=True)


def markdown(report: Mapping[str, Any]) -> str:
    """CommonMark with tables. What devices say is shown as it is, and never read as markup."""
    return _rendered("report.md.j2", report, autoescape=False)


def _rendered(name: str, report: Mapping[str, Any], *, autoescape: bool) -> str:
    environment = Environment(
        loader=PackageLoader(__package__ or "netcellar"),
        autoescape=autoescape,  # noqa: S701 (what goes into Markdown is escaped by in_markdown)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "counted": counted,
        "lasting": lasting,
        "line": printable,
        "md": in_markdown,
        "fenced": fenced,
        "clock": clock,
    }
    bounds = {
        "most_changes": MOST_CHANGES,
        "most_lines": MOST_LINES,
        "most_devices": MOST_DEVICES,
        "most_runs": MOST_RUNS,
        "most_places": MOST_PLACES,
    }
    drawn = bars(report["runs"][:MOST_RUNS])
    template = environment.get_template(name)
    return visible(template.render(report=report, states=STATES, bars=drawn, **bounds))


def in_markdown(value: object) -> str:
    """A text as one line of Markdown that means nothing but itself."""
    return _MARKED.sub(r"\\\1", printable(value))


def fenced(lines: Sequence[str]) -> str:
    """Lines as a code block, whatever stands in them."""
    text = "\n".join(printable(line) for line in lines)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}diff\n{text}\n{fence}"


def clock(moment: str) -> str:
    """A time of the report for people: ``2026-11-21 02:00``, in UTC."""
    return moment[:16].replace("T", " ")


def bars(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The runs as bars of a chart, the oldest first: heights in percent of the largest run."""
    most = max((run["devices_backed_up"] + run["devices_failed"] for run in runs), default=0) or 1
    return [
        {**run, "good": 100 * run["devices_backed_up"] / most, "bad": 100 * run["devices_failed"] / most}
        for run in reversed(runs)
    ]
