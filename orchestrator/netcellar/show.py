"""What a command prints: one value, as a table for people or as JSON or YAML for machines."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
import jmespath
import yaml
from jmespath.exceptions import JMESPathError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .errors import BadInputError

FORMATS = ("table", "json", "yaml")
# Wider than any line: what reads a pipe or a file breaks lines itself, or wants them whole.
NO_EDGE = 100_000
# The first column names what the row is about, to be copied into the next command.
LONGEST_NAME = 40


class _Console(Console):
    """A console that shows the control characters of a text; others may have written parts of it."""

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(visible(one) if isinstance(one, str) else one for one in objects), **how)


def console(*, stderr: bool = False) -> Console:
    """A console that never breaks a line of piped output, and never reads data as markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else NO_EDGE
    return _Console(file=stream, markup=False, highlight=False, emoji=False, width=width, soft_wrap=False)


@dataclass(frozen=True, slots=True)
class Output:
    """How to print: ``form`` is table, json or yaml; ``query`` a JMESPath expression or None."""

    form: str
    query: str | None

    @property
    def for_people(self) -> bool:
        """Whether a person reads it, so that headings and hints belong there."""
        return self.form == "table" and self.query is None

    def emit(self, value: Any, as_table: Callable[[Any], None]) -> None:
        """Print ``value`` (plain data). ``as_table`` prints it for people when no query reshaped it."""
        if self.query is not None:
            value = self._asked(value)
        if self.form == "json":
            say(json.dumps(value, indent=2, ensure_ascii=False))
        elif self.form == "yaml":
            say(yaml.safe_dump(value, sort_keys=False, allow_unicode=True), nl=False)
        elif self.query is not None:
            print_any(value)
        else:
            as_table(value)

    def _asked(self, value: Any) -> Any:
        try:
            found = jmespath.search(self.query or "@", value)
            # What it gives may be a piece of the language itself, such as `&name`.
            json.dumps(found)
        except (JMESPathError, TypeError, ValueError) as error:
            raise BadInputError(f"--query: {error}", remedy="see https://jmespath.org for the language") from error
        return found


def print_any(value: Any) -> None:
    """Print what a query gave: rows as a table, a list line by line, the rest as YAML."""
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        columns = list(dict.fromkeys(str(name) for row in value for name in row))
        print_table(columns, [[row.get(name) for name in columns] for row in value])
    elif isinstance(value, list):
        for item in value:
            say(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False))
    elif isinstance(value, str):
        say(value)
    else:
        say(yaml.safe_dump(value, sort_keys=False, allow_unicode=True).removesuffix("...\n"), nl=False)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None = None) -> None:
    """Print rows under their columns; a list is printed line by line, control characters are shown and not obeyed."""
    cells = [
        ["\n".join(map(printable, cell)) if isinstance(cell, list) else printable(cell) for cell in row] for row in rows
    ]
    whole = all(len(row[0]) <= LONGEST_NAME for row in cells)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=whole and number == 0)
    for row in cells:
        table.add_row(*map(Text, row))
    to = console()
    with to.capture() as drawn:
        to.print(table)
    # Rich fills every line with blanks up to the width of the table.
    click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def say(text: str, *, nl: bool = True) -> None:
    """Print a text as it is; a terminal is only shown its control characters."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=nl)


def visible(text: str) -> str:
    """A text of several lines that a terminal shows and does not obey."""
    return "".join(char if char.isprintable() or char in "\n\t" else repr(char)[1:-1] for char in text)


def printable(value: Any) -> str:
    """A value as one line that a terminal shows and does not obey."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in str(value))


def last_option(usual: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--last``, which arrives as its argument ``last``."""
    numbers = click.IntRange(1, 100_000)
    return click.option("--last", type=numbers, default=usual, show_default=True, help="How many.")


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--output`` and ``--query``; they arrive as its one argument ``output``."""

    @functools.wraps(command)
    def with_output(*args: Any, form: str, query: str | None, **kwargs: Any) -> Any:
        return command(*args, output=Output(form, query), **kwargs)

    ask = click.option("--query", metavar="JMESPATH", help="Print only what this JMESPath expression finds.")
    choose = click.option(
        "--output", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of the output."
    )
    return choose(ask(with_output))
