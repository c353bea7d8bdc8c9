"""Runs and records as the tests of the store make them."""

from __future__ import annotations

from typing import Any

from netcellar.core import Kept, Record
from netcellar.models import Run
from netcellar.store import Store, now


def run(name: str, **values: Any) -> Run:
    """A run that is under way, unless ``values`` say otherwise."""
    facts = {"job": "nightly", "inventory": "i", "repository": "r", "check": False, "status": "running", "message": ""}
    return Run(id=name, **(facts | {"started": now(), "pid": 1, "pid_started": 1.5} | values))


def add(store: Store, one: Run) -> None:
    """Enter a run, whatever else goes on."""
    with store.session() as session:
        session.add(one)


def stored(run_id: str, device: str, **values: Any) -> Record:
    """A device whose running configuration is stored."""
    kept = Kept("running", f"p/{device}", 10, "00", True, certificate={"end": "end"})
    facts = {"outcome": "stored", "artifacts": (kept,), "commit": "c0ffee", "captured_at": "2026-11-21T02:00:00Z"}
    return Record(run_id, device, f"host-{device}", **(facts | values))
