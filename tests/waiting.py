"""Waiting for the event itself. A limit of time is there to end what hangs, and nothing else ever meets it."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

HANG_SECONDS = 300.0


def until(true: Callable[[], bool], every: float = 0.02) -> None:
    """Wait for something that another process or thread does; look ``every`` so many seconds."""
    end = time.monotonic() + HANG_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(every)


def ended(process: psutil.Process) -> bool:
    """Whether a process has ended, be it that nobody has taken note of it yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
