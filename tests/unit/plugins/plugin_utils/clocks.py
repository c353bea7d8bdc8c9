"""Event loops whose clocks a test holds, so that a busy machine changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

LOOK_SECONDS = 0.01
HOUR = 3600.0


class Skipping(asyncio.SelectorEventLoop):
    """Time passes only when nothing else is to be done, and then at once. Not for what waits for others."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        selector: Any = self._selector  # type: ignore[attr-defined]  # asyncio keeps it private
        select = selector.select

        def skip(timeout: float | None = None) -> Any:
            ready = select(0 if timeout is not None else None)
            self._now += 0.0 if ready or timeout is None else timeout
            return ready

        selector.select = skip

    def time(self) -> float:
        return self._now


class Leaping(asyncio.SelectorEventLoop):
    """Its clock leaps an hour when ``ripe`` says so: then limits are met that nothing else ever meets."""

    def __init__(self, ripe: Callable[[], bool]) -> None:
        super().__init__()
        self._leap = 0.0
        selector: Any = self._selector  # type: ignore[attr-defined]  # asyncio keeps it private
        select = selector.select

        def look(timeout: float | None = None) -> Any:
            ready = select(LOOK_SECONDS if timeout is None else min(timeout, LOOK_SECONDS))
            if not self._leap and ripe():
                self._leap = HOUR
            return ready

        selector.select = look

    def time(self) -> float:
        return super().time() + self._leap
