"""Which processes that the store names still live: those of this machine by pid, those of others by their last sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .journal import machine
from .models import Run, Slot
from .processes import Identity, alive
from .store import Store

SILENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Presence:
    """``here`` and ``me`` name this process. With ``alone``, all processes of the store are of this machine.

    That is so for a store in a file, whose machine may well change its name.
    """

    alone: bool
    here: str = field(default_factory=machine)
    me: Identity = field(default_factory=Identity.me)
    alive: Callable[[Identity], bool] = alive

    @classmethod
    def of(cls, store: Store) -> Presence:
        """For a store, as this process sees it."""
        return cls(alone=store.engine.dialect.name == "sqlite")

    def is_local(self, name: str) -> bool:
        """Whether a process of the machine ``name`` is of this machine."""
        return self.alone or name in {"", self.here}

    def lost(self, run: Run, at: datetime) -> bool:
        """Whether a run that has not ended has lost its orchestrator."""
        if run.finished is not None:
            return False
        if self.is_local(run.machine):
            return not self.alive(Identity(run.pid, run.pid_started))
        return at - (run.seen or run.started) > SILENCE

    def left(self, slot: Slot, at: datetime) -> bool:
        """Whether the scheduler that took a slot is gone."""
        if self.is_local(slot.machine):
            return not self.alive(Identity(slot.pid, slot.pid_started))
        return at - slot.noted > SILENCE
