# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What waits in a repository for the next run. Looked at without its lock, so it may be a moment old."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import segment
from .ledger import Ledger
from .rooms import Rooms


@dataclass(frozen=True, slots=True)
class Waiting:
    """Numbers of captures: ``staged`` and not committed, ``unproven`` at the remote, ``unstamped`` in Nautobot."""

    staged: int
    unproven: int
    unstamped: int


def waiting(repository: Path) -> Waiting:
    """What waits in ``repository``; nothing where there is none yet. Raises NetcellarError."""
    ledger = Ledger(repository).lines().values()
    proven = sum(line.receipt is not None for line in ledger)
    return Waiting(_staged(Rooms(repository).staged), len(ledger) - proven, proven)


def staged_runs(repository: Path) -> frozenset[str]:
    """The ids of runs of which captures wait for a commit."""
    return frozenset(path.parent.name for path in Rooms(repository).staged.glob(f"*/*{segment.SUFFIX}"))


def _staged(folder: Path) -> int:
    count = 0
    for path in folder.glob(f"*/*{segment.SUFFIX}"):
        try:
            count += len(segment.scan(path).records)
        except FileNotFoundError:
            # Committed and removed at this moment.
            continue
    return count
