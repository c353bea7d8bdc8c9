"""What may end a run before it is done: a signal, a person's `runs cancel`, the end of the job's window."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from .signals import Stop
from .store import Store, StoreError, now
from .window import Window

LOOK_SECONDS = 1.0
SIGN_SECONDS = 30.0


class Vigil:
    """Looks now and then; asks ``stop`` for an end, with the reason. Tells the store that the run's process lives."""

    def __init__(
        self, store: Store, run_id: str, stop: Stop, window: Window | None, warn: Callable[[str], None]
    ) -> None:
        self.store = store
        self.run_id = run_id
        self.stop = stop
        self.window = window
        self.warn = warn
        self._looked = self._signed = float("-inf")
        self._warned = False

    def look(self) -> None:
        """Cheap; to be called often."""
        clock = time.monotonic()
        if self.stop.asked or clock - self._looked < LOOK_SECONDS:
            return
        self._looked = clock
        at = now()
        if self.window and not self.window.is_open(at):
            self.stop.ask(f"the job's window {self.window} has closed")
        sign = clock - self._signed >= SIGN_SECONDS
        try:
            if who := self._ask(at if sign else None):
                self.stop.ask(f"{who} cancelled it")
        except StoreError as error:
            self._complain(error)
        if sign:
            self._signed = clock

    def _ask(self, at: datetime | None) -> str | None:
        return self.store.sign(self.run_id, at) if at else self.store.cancelled_by(self.run_id)

    def _complain(self, error: StoreError) -> None:
        if not self._warned:
            self.warn(f"the run goes on, but `runs cancel` cannot reach it: {error.message}")
        self._warned = True
