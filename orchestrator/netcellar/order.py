"""What is to be run, and by which name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .project_types import Job

Origin = Literal["manual", "schedule", "retry"]


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. ``limit`` is an Ansible host pattern, or None for the job's own.

    ``accept_change`` lets the set of devices change beyond ``max_change``; ``any_time`` lets it run outside the job's
    window. ``slot`` is the moment of the schedule that it is for, ``parent`` the run that it tries again.
    """

    job: Job
    limit: str | None = None
    check: bool = False
    accept_change: bool = False
    any_time: bool = False
    origin: Origin = "manual"
    slot: datetime | None = None
    parent: str | None = None


def new_run_id(started: datetime) -> str:
    """A name for a run that sorts by time and that no other run has."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
