"""What a person sees while a run goes on: the latest devices and a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from .core import Record
from .show import console, printable
from .tail import Count, captured

Watch = Callable[[Count, list[Record]], None]
LINE_SECONDS = 10.0
LATEST = 8


def ignore(_count: Count, _news: list[Record]) -> None:
    """For runs that nobody watches."""


@contextmanager
def watching() -> Iterator[Watch]:
    """A watcher on stderr, so that the result on stdout stays clean."""
    if console(stderr=True).is_terminal:
        screen = Screen(console(stderr=True))
        with screen.live:
            yield screen
    else:
        yield _Lines()


class Screen:
    """A table of the devices that came back last, above a bar; devices that failed are named for good."""

    def __init__(self, on: Console) -> None:
        self.console = on
        columns = (
            SpinnerColumn(),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=on)
        self.task = self.bar.add_task("asking for the devices", total=None)
        self.latest: deque[Record] = deque(maxlen=LATEST)
        self.began = time.monotonic()
        self.live = Live(self.bar, console=on, transient=True, refresh_per_second=8)

    def __call__(self, count: Count, news: list[Record]) -> None:
        for record in news:
            if record.outcome != "silent":
                self.latest.append(record)
            if record.error and not captured(record):
                self.console.print(f"{printable(record.host)}: {record.error}: {printable(record.message)}")
        rate = 60 * count.done / max(time.monotonic() - self.began, 0.1)
        if count.total:
            told = f"{count.done}/{count.total} devices, {count.good} ok, {count.bad} not, {rate:.0f}/min"
            self.bar.update(self.task, total=count.total, completed=count.done, description=told)
        self.live.update(Group(_table(self.latest), self.bar) if self.latest else self.bar)


def _table(records: Iterable[Record]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("device", "platform", "state", "s"):
        table.add_column(column, no_wrap=True)
    for record in records:
        state = "captured" if captured(record) and not record.good else record.error or record.outcome
        row = (printable(record.host), printable(record.platform), state, f"{record.seconds:.1f}")
        table.add_row(*(Text(cell) for cell in row))
    return table


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
