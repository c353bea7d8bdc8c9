# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exchange with the remote: take over what moved there, push, read back what is there, and prove it by receipts."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass
from itertools import islice

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Receipt
from .gitprocess import Git, GitError
from .ledger import Ledger, Line
from .objects import is_ancestor, read_tree
from .remote import Remote
from .replay import SUPERSEDED, Replay
from .writer import MovedError, Tips, move

TRIES = 12
# Of many machines that push without a pause each loses often, some a dozen times; a night has few such minutes.
RACE_SECONDS = 300.0
# A lock that a killed process left at the remote is not ours to remove, and does not go away.
LOCKED_SECONDS = 20.0
# No commit: the two histories went different ways.
DIVERGED = ""

_RACE = re.compile(
    r"fetch first|non-fast-forward|stale info|incorrect old value|couldn't find remote ref|is at [0-9a-f]+ but",
    re.IGNORECASE,
)
_LOCKED = re.compile(
    r"cannot lock ref|failed to (update ref|lock)|reference already exists|unable to create .*\.lock", re.IGNORECASE
)
_RULES = re.compile(r"hook declined|protected branch|prohibited", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proof:
    """``commit``: our branch's tip. ``receipts``: what was proven now. ``fault``: why the remote does not have it.

    ``warning``: what else is to be told of a push that went well.
    """

    commit: str | None = None
    receipts: tuple[Receipt, ...] = ()
    fault: NetcellarError | None = None
    pushed: bool = False
    warning: str = ""


class Exchange:
    """The local branch and its remote. To be used under the repository's lock."""

    def __init__(self, git: Git, branch: str, url: str, ledger: Ledger) -> None:
        self._git = git
        self._branch = branch
        self._ledger = ledger
        self._remote = Remote(git, url, branch)
        self._known: Tips | None = None
        self._fault: NetcellarError | None = None

    def sync(self) -> NetcellarError | None:
        """Take over what moved at the remote; ours is replayed on it. Gives the fault where it is out of reach."""
        if not self._remote.url:
            return None
        try:
            self._sync()
        except GitError as error:
            self._fault = self._remote.fault(error)
        return self._fault

    def push(self) -> Proof:
        """Push what the remote lacks, whichever run committed it, and prove every line of the ledger that can be."""
        if not self._remote.url:
            tip = Tips.here(self._git, self._branch).branch
            return Proof(tip, self._prove(tip))
        if self._fault:
            # The same question a moment later has the same answer, after the same wait.
            return Proof(Tips.here(self._git, self._branch).branch, fault=self._fault)
        patience = Patience()
        while True:
            try:
                return self._push()
            except GitError as error:
                self._known = None
                if not patience.holds(error.stderr):
                    return Proof(Tips.here(self._git, self._branch).branch, fault=self._remote.fault(error))
                time.sleep(random.uniform(0.01, 0.3))  # noqa: S311 (jitter, no secret)

    def _push(self) -> Proof:
        there = self._known or self._sync()
        here = Tips.here(self._git, self._branch)
        pushed = here != there
        warning = ""
        if pushed:
            warning = self._remote.push(here)
            there = self._remote.tips()
        if here.branch != there.branch:
            there = self._remote.fetch()
        if here.branch and not (there.branch and is_ancestor(self._git, here.branch, there.branch)):
            fault = NetcellarError(
                f"remote {self._remote.url}: {self._branch} was rewritten right after our push",
                remedy="See who forces pushes there; everything is kept and goes with the next run",
                error="push",
            )
            return Proof(here.branch, fault=fault)
        return Proof(here.branch, self._prove(there.branch), pushed=pushed, warning=warning)

    def _sync(self) -> Tips:
        there = self._remote.fetch()
        for __ in range(TRIES):
            try:
                self._reconcile(Tips.here(self._git, self._branch), there)
            except MovedError:
                continue
            self._known = there
            return there
        raise NetcellarError(f"{self._branch} of {self._git.repository} is being moved by somebody else", error="git")

    def _reconcile(self, here: Tips, there: Tips) -> None:
        branch = self._ahead(here.branch, there.branch)
        index = self._ahead(here.index, there.index)
        if branch is not DIVERGED and index is not DIVERGED:
            move(self._git, self._branch, here, Tips(branch, index))
        elif branch is not DIVERGED:
            replay = Replay.onto(self._git, self._branch, Tips(branch, there.index))
            replay.own_index(here)
            move(self._git, self._branch, here, replay.tips)
        else:
            self._replay(here, there)

    def _replay(self, here: Tips, there: Tips) -> None:
        replay = Replay.onto(self._git, self._branch, there)
        replay.own_commits(here)
        lines = self._ledger.lines()
        ours = [line for line in lines.values() if self._is_open(line)]
        kept = replay.unproven(ours)
        also = [f"update {SUPERSEDED}{here.branch} {here.branch}"] if replay.lost else []
        move(self._git, self._branch, here, replay.tips, also)
        others = {key: line for key, line in lines.items() if not self._is_open(line)}
        self._ledger.replace(others | {line.key: line for line in kept})

    def _is_open(self, line: Line) -> bool:
        return line.receipt is None and line.branch == self._branch

    def _ahead(self, ours: str | None, theirs: str | None) -> str | None:
        if ours is None or theirs is None:
            return ours or theirs
        if is_ancestor(self._git, theirs, ours):
            return ours
        return theirs if is_ancestor(self._git, ours, theirs) else DIVERGED

    def _prove(self, tip: str | None) -> tuple[Receipt, ...]:
        """Receipts for what ``tip``, as it stands in the proving place, holds or had."""
        lines = [line for line in self._ledger.unproven() if line.branch == self._branch]
        if tip is None or not lines:
            return ()
        trees = {tip: read_tree(self._git, tip)}
        for commit in {line.commit for line in lines} - {tip}:
            if is_ancestor(self._git, commit, tip):
                trees[commit] = read_tree(self._git, commit)
        receipts = []
        for line in lines:
            entry = line.entry
            holders = (each for each in (tip, line.commit) if trees.get(each, {}).get(entry.path) == entry.blob)
            receipts += [self._receipt(line, commit) for commit in islice(holders, 1)]
        self._ledger.prove(receipts, dropped=[line.key for line in lines])
        return tuple(receipts)

    def _receipt(self, line: Line, commit: str) -> Receipt:
        return Receipt(
            device_id=line.entry.device_id,
            artifact=line.entry.artifact,
            path=line.entry.path,
            blob=line.entry.blob,
            commit=commit,
            ref=f"refs/heads/{self._branch}",
            captured_at=line.captured_at,
            run=line.run,
            remote=self._remote.url,
        )


class Patience:
    """For how long a push that fails is tried again."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._locked: float | None = None

    def holds(self, stderr: str) -> bool:
        """Whether to try again after a failure with these words."""
        at = time.monotonic()
        if _RULES.search(stderr):
            return False
        if _RACE.search(stderr):
            self._locked = None
            return at - self._began < RACE_SECONDS
        if not _LOCKED.search(stderr):
            return False
        # Races lost before are no reason to take the first lock for one that stays.
        self._locked = at if self._locked is None else self._locked
        return at - self._locked < LOCKED_SECONDS and at - self._began < RACE_SECONDS
