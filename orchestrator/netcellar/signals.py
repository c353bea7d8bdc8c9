"""A clean stop: Ctrl-C, SIGTERM and a closed terminal become a question that the run's loop asks."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Stop:
    """How often a person (or the system) asked the run to end, and why, where that is known."""

    asked: int = 0
    why: str = ""

    def ask(self, why: str = "") -> None:
        """Ask once more; the first reason counts."""
        self.asked += 1
        self.why = self.why or why


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Count the signals that ask for an end, instead of dying of them."""
    stop = Stop()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.ask()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
