# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeping a repository quick: when it is due, for a bounded time, after all that matters is done.

Under the repository's lock, since a run that begins takes away what looks left over in the store.
"""

from __future__ import annotations

import time
from pathlib import Path

from .gitprocess import Git, GitError
from .rooms import Rooms

SECONDS = 60.0
MOST_PACKS = 50
# Git spreads loose objects over 256 folders, all alike: one tells of the rest.
SAMPLE = "17"
MOST_LOOSE_IN_SAMPLE = 20
# Whatever keeps it from its end would do so again in the next run.
PAUSE_SECONDS = 20 * 3600.0


def care(git: Git) -> str:
    """After a commit: note its changed paths for ``history``; bring packs together when they are many.

    Gives what went wrong, for a warning: nothing of it is lost, only slower.
    """
    try:
        words = ("--reachable", "--changed-paths", "--split", "--no-progress")
        git.tend("commit-graph", "write", *words, seconds=SECONDS)
        if _due(git.repository):
            git.tend("repack", "--geometric=2", "-d", "-q", "--write-midx", seconds=SECONDS)
    except GitError as error:
        return f"the repository was not tidied up, which makes it slower and nothing worse: {error.message}"
    return ""


def _due(repository: Path) -> bool:
    """Whether there is much to bring together, and the last try is some time ago; notes this one."""
    objects = repository / "objects"
    packs = len(list((objects / "pack").glob("*.pack")))
    loose = len(list((objects / SAMPLE).glob("*")))
    if packs <= MOST_PACKS and loose <= MOST_LOOSE_IN_SAMPLE:
        return False
    tried = Rooms(repository).own / "tidied"
    if tried.exists() and 0 <= time.time() - tried.stat().st_mtime < PAUSE_SECONDS:
        return False
    tried.touch(mode=0o600)
    return True
