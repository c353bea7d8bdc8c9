"""What a person sees while a run goes on: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .core import Record
from .show import console, printable
from .tail import Count, captured

Watch = Callable[[Count, list[Record]], None]
LINE_SECONDS = 10.0


def ignore(_count: Count, _news: list[Record]) -> None:
    """For runs that nobody watches."""


@contextmanager
def watching() -> Iterator[Watch]:
    """A watcher on stderr, so that the result on stdout stays clean."""
    if console(stderr=True).is_terminal:
        with _bar() as watch:
            yield watch
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[Watch]:
    columns = (
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} devices"),
        TextColumn("{task.fields[good]} ok, {task.fields[bad]} not, {task.fields[rate]:.0f}/min"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("run", total=None, good=0, bad=0, rate=0.0)
        began = time.monotonic()

        def watch(count: Count, news: list[Record]) -> None:
            for record in news:
                if record.error and not captured(record):
                    progress.console.print(f"{printable(record.host)}: {record.error}: {printable(record.message)}")
            rate = 60 * count.done / max(time.monotonic() - began, 0.1)
            progress.update(
                task, total=count.total or None, completed=count.done, good=count.good, bad=count.bad, rate=rate
            )

        yield watch


class _Lines:
    """One line when something moved, at most every ``LINE_SECONDS``."""

    def __init__(self) -> None:
        self.said: Count | None = None
        self.at = time.monotonic()

    def __call__(self, count: Count, _news: list[Record]) -> None:
        finished = count.total > 0 and count.done == count.total
        due = time.monotonic() - self.at >= LINE_SECONDS or finished
        if count == self.said or count.total == 0 or not due:
            return
        self.said, self.at = count, time.monotonic()
        line = f"{count.done}/{count.total} devices, {count.good} ok, {count.bad} not"
        console(stderr=True).print(line, soft_wrap=True)
