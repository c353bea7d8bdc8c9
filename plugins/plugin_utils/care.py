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
MOST_PACKS = 20
# Git spreads loose objects over 256 folders, all alike: one tells of the rest.
SAMPLE = "17"
MOST_LOOSE_IN_SAMPLE = 20
# Whatever keeps it from its end would do so again in the next run.
PAUSE_SECONDS = 20 * 3600.0
LONG_PAUSE_SECONDS = 30 * 24 * 3600.0


def care(git: Git) -> str:
    """After a commit: note its changed paths for ``history``; bring packs together when they are many.

    Gives what went wrong, for a warning: nothing of it is lost, only slower.
    """
    try:
        words = ("--reachable", "--changed-paths", "--split", "--no-progress")
        git.tend("commit-graph", "write", *words, seconds=SECONDS)
        own = Rooms(git.repository).own
        if _many(git.repository) and _first_in(own / "tidied", PAUSE_SECONDS):
            _together(git, own / "tidied-whole")
    except GitError as error:
        return f"the repository was not tidied up, which makes it slower and nothing worse: {error.message}"
    return ""


def _together(git: Git, whole: Path) -> None:
    """All packs into one, so that a text is kept as its difference from the version before; only the small ones into
    one where the whole could lately not be done in time.
    """
    if _first_in(whole, LONG_PAUSE_SECONDS):
        git.tend("repack", "-a", "-d", "-q", "--keep-unreachable", "--write-midx", seconds=SECONDS)
        whole.unlink()
    else:
        git.tend("repack", "--geometric=2", "-d", "-q", "--write-midx", seconds=SECONDS)


def _many(repository: Path) -> bool:
    packs = len(list((repository / "objects" / "pack").glob("*.pack")))
    loose = len(list((repository / "objects" / SAMPLE).glob("*")))
    return packs > MOST_PACKS or loose > MOST_LOOSE_IN_SAMPLE


def _first_in(mark: Path, seconds: float) -> bool:
    """Whether the last try that ``mark`` tells of is some time ago; notes this one."""
    if mark.exists() and 0 <= time.time() - mark.stat().st_mtime < seconds:
        return False
    mark.touch(mode=0o600)
    return True
