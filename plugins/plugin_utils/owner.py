# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who owns a run's staged captures: a process, told from a later one of the same number by its start time."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .durable import write_whole
from .requirements import missing

try:
    import psutil
except ImportError:
    psutil = None  # type: ignore[assignment]

# psutil derives the start time from the clock, which may be set in the meantime; a process number is not used again
# that soon.
CLOCK_STEP_SECONDS = 5.0
# Another machine's or container's process cannot be looked up. No run takes longer than this.
ABANDONED_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process of this or another machine; ``started`` is in seconds since 1970."""

    pid: int
    started: float
    host: str

    @classmethod
    def of(cls, pid: int) -> Owner:
        """The owner that is process ``pid`` of this machine, which must be running."""
        return cls(pid, _psutil().Process(pid).create_time(), socket.gethostname())

    def alive(self, last_seen: float) -> bool:
        """Whether the process still runs. ``last_seen``: when it last wrote, for an owner that is out of reach."""
        if self.host != socket.gethostname():
            return time.time() - last_seen < ABANDONED_SECONDS
        process_tools = _psutil()
        try:
            process = process_tools.Process(self.pid)
            zombie = process.status() == process_tools.STATUS_ZOMBIE
            return not zombie and abs(process.create_time() - self.started) < CLOCK_STEP_SECONDS
        except process_tools.NoSuchProcess:
            return False

    def write(self, path: Path) -> None:
        """Keep the owner at ``path``, durably. Raises OSError."""
        write_whole(path, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, path: Path) -> Owner | None:
        """The owner kept at ``path``, or None where there is none that can be read."""
        try:
            raw = json.loads(path.read_bytes())
            return cls(int(raw["pid"]), float(raw["started"]), str(raw["host"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None


def _psutil() -> Any:
    if psutil is None:
        raise missing("psutil")
    return psutil
