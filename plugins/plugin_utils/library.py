# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cellar for reading: which files are whose, and what the branch was at a moment. No lock, nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path

from ..module_utils.errors import NetcellarError, sentence
from ..module_utils.hints import did_you_mean
from .gitprocess import Git, GitError
from .index import Entry, load_index
from .moves import Moves, read_moves
from .rooms import Rooms
from .writer import Tips

_HASH = re.compile(r"[0-9a-f]{4,64}")
MOST_NAMES = 5

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENTS = "Write 2026-11-21, 2026-11-21T02:00 (UTC), or the hash of a commit"
# Git takes smaller numbers for dates of another kind, or for the present. It was written in 2005.
_FIRST = 1_000_000_000


class ReadingGit(Git):
    """git for questions about the history."""

    # Each commit that may have changed a file is compared with the one before. Git keeps all trees of that in new pages
    # of memory otherwise, which takes longer than to unpack them again.
    settings = ("core.deltaBaseCacheLimit=4m",)


class Library:
    """The branch of a repository, as it stands when it is first asked."""

    def __init__(self, repository: Path, branch: str = "main") -> None:
        self.repository = repository
        self.branch = branch
        self.git = ReadingGit(repository)

    @property
    def tips(self) -> Tips:
        """The branch and its index. Raises NetcellarError (git) where nothing was ever stored."""
        tips = self._tips
        if tips.branch is None:
            raise NetcellarError(
                f"{self.repository} holds nothing on {self.branch} yet", remedy="Run a job first", error="git"
            )
        return tips

    @property
    def tip(self) -> str:
        """The commit of the branch."""
        return str(self.tips.branch)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What is stored, by name and artifact."""
        found = load_index(self.git, self.tips.index, self.branch).values()
        return tuple(sorted(found, key=lambda entry: (entry.name, entry.device_id, entry.artifact)))

    @property
    def held(self) -> tuple[Entry, ...]:
        """The same, and nothing where nothing was ever stored."""
        return self.entries if self._tips.branch else ()

    def entries_at(self, commit: str) -> tuple[Entry, ...]:
        """What was stored at a commit of the branch, as its index said then. (Both were written in the same second.)"""
        if commit == self.tip or self.tips.index is None:
            return self.entries
        seconds = self.git.text("show", "--no-patch", "--no-show-signature", "--format=%ct", commit)
        then = self.git.text("rev-list", "-1", f"--before={seconds}", self.tips.index)
        return tuple(load_index(self.git, then or None, self.branch).values())

    @cached_property
    def moves(self) -> Moves:
        """Which files moved in which commit."""
        return read_moves(self.git, self.tips.index, self.branch)

    def device(self, name: str, artifact: str = "running") -> Entry:
        """The artifact of the device with this name or id. Raises NetcellarError (git), with names that are near."""
        ids = {entry.device_id for entry in self.entries if name in (entry.name, entry.device_id)}
        if len(ids) > 1:
            remedy = "Use one of its ids: " + ", ".join(sorted(ids))
            raise NetcellarError(f"there are {len(ids)} devices with the name {name!r}", remedy=remedy, error="git")
        held = {entry.artifact: entry for entry in self.entries if entry.device_id in ids}
        if not held:
            raise NetcellarError(f"nothing is stored of a device {name!r}", remedy=self._near(name), error="git")
        if artifact not in held:
            remedy = "There is: " + ", ".join(held)
            raise NetcellarError(f"no {artifact} is stored of {name}", remedy=remedy, error="git")
        return held[artifact]

    def commit_at(self, when: str) -> str:
        """The branch's commit at ``when``: a date (its end, in UTC), a moment, or the hash of a commit.

        Raises NetcellarError (git) where there was none.
        """
        if _DAY.match(when):
            seconds = seconds_of(when)
            found = self.git.text("rev-list", "-1", f"--before={seconds}", self.tip) if seconds else ""
        elif _HASH.fullmatch(when.lower()):
            found = self._verified(when)
        else:
            raise NetcellarError(f"{when!r} is neither a date nor a commit", remedy=_MOMENTS, error="git")
        if not found:
            raise NetcellarError(f"nothing was stored yet at {when}", error="git")
        return found

    def stored_at(self, commit: str) -> str:
        """When a commit was made, in ISO 8601 in UTC."""
        seconds = self.git.text("show", "--no-patch", "--no-show-signature", "--format=%ct", commit)
        return utc(int(seconds))

    def text_at(self, commit: str, paths: Iterable[str]) -> str | None:
        """The blob at the first of ``paths`` that is there in ``commit``."""
        for path in paths:
            if found := self.git.text("ls-tree", "--full-tree", commit, "--", f":(literal){path}"):
                return found.split()[2]
        return None

    @cached_property
    def _tips(self) -> Tips:
        return Tips() if Rooms(self.repository).free else Tips.here(self.git, self.branch)

    def _near(self, name: str) -> str:
        names = sorted({entry.name for entry in self.entries})
        holding = [each for each in names if name.lower() in each.lower()][:MOST_NAMES]
        if holding:
            return f"Names that hold it: {', '.join(holding)}"
        return sentence(did_you_mean(name, names)) or "Use its name in the inventory, or its id"

    def _verified(self, name: str) -> str:
        try:
            return self.git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except GitError as error:
            raise NetcellarError(f"there is no commit {name}", remedy=_MOMENTS, error="git") from error


def moment_of(when: str) -> datetime:
    """A date or moment of a person, in UTC without an offset; a date alone means its end. Raises NetcellarError."""
    try:
        found = datetime.fromisoformat(when)
    except ValueError as error:
        raise NetcellarError(
            f"{when!r} is no date", remedy="Write 2026-11-21 or 2026-11-21T02:00", error="git"
        ) from error
    if _DAY.fullmatch(when):
        found = datetime.combine(found, time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def seconds_of(when: str) -> int:
    """The same in seconds since 1970; 0 for what lies before all commits."""
    seconds = int(moment_of(when).timestamp())
    return seconds if seconds >= _FIRST else 0


def utc(seconds: int) -> str:
    """Seconds since 1970 in ISO 8601, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
