"""How far an answer has come that takes its time: on a terminal only, on stderr, and gone when the answer is there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A question that is answered at once shows nothing.
PATIENCE_SECONDS = 0.5
EVERY_SECONDS = 0.1
CLEARED = "\r\x1b[K"


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """A function to call with what is done and the total."""
    terminal = sys.stderr.isatty()
    said = time.monotonic() + PATIENCE_SECONDS - EVERY_SECONDS
    shown = False

    def count(done: int, total: int) -> None:
        nonlocal said, shown
        if terminal and time.monotonic() - said >= EVERY_SECONDS:
            said, shown = time.monotonic(), True
            print(f"{CLEARED}{done:,} of {total:,} {what}", end="", file=sys.stderr, flush=True)

    try:
        yield count
    finally:
        if shown:
            print(CLEARED, end="", file=sys.stderr, flush=True)
