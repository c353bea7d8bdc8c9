# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a repository is what it says: Git's own check, the index against the branch, signatures, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .gitprocess import Git, GitError
from .ledger import Ledger
from .library import Library
from .objects import read_tree

MOST_NAMED = 20
_GOOD = "G"
_WORDS = {
    "B": "its signature is bad",
    "N": "it is not signed",
    "U": "it is signed by nobody of the allowed signers",
    "E": "its signature cannot be checked",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and ``faults``, one sentence each. ``signed`` counts good signatures.

    ``unsigned``: commits before the first signed one, or all where no signers were given. ``unpushed``: captures that
    are committed here and of which it is not proven that the remote has them.
    """

    commits: int
    files: int
    entries: int
    signed: int
    unsigned: int
    unpushed: int
    faults: tuple[str, ...]


def verify(library: Library, signers: Path | None = None) -> Verified:
    """Look at everything of the branch. ``signers``: a file as ssh-keygen takes it (ALLOWED SIGNERS).

    With it, the first commit that is signed begins a chain in which each has a good signature. Raises NetcellarError
    (git) where there is nothing to look at.
    """
    files = read_tree(library.git, library.tip)
    states = _signatures(library, signers)
    first = next((number for number, (__, state) in enumerate(states) if state != "N"), len(states))
    faults = [*_unsound(library.git), *_unbacked(library, files)]
    if signers:
        faults += _unsigned(states[first:], some=first < len(states))
    return Verified(
        commits=len(states),
        files=len(files),
        entries=len(library.entries),
        signed=sum(state == _GOOD for __, state in states),
        unsigned=first,
        unpushed=len(Ledger(library.repository).unproven()),
        faults=tuple(faults),
    )


def _unsound(git: Git) -> Iterator[str]:
    """What Git itself finds wrong."""
    try:
        git.run("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
    except GitError as error:
        yield from (f"git fsck: {line}" for line in error.stderr.splitlines()[:MOST_NAMED] if line.strip())
        if not error.stderr.strip():
            yield f"git fsck ended with {error.status}"


def _unbacked(library: Library, files: dict[str, str]) -> Iterator[str]:
    """Entries of the index whose text is nowhere in the branch."""
    doubtful = [entry for entry in library.entries if files.get(entry.path) != entry.blob]
    if not doubtful:
        return
    listing = library.git.text("rev-list", "--objects", "--no-object-names", library.tip)
    there = set(listing.split())
    for entry in doubtful:
        if entry.blob not in there:
            yield f"{entry.name}: the {entry.artifact} that the index names is nowhere in {library.branch}"


def _signatures(library: Library, signers: Path | None) -> list[tuple[str, str]]:
    """Commit and state of its signature, as ``%G?`` says it, the oldest first; all N where nobody asks."""
    if signers is None:
        return [(commit, "N") for commit in library.git.text("rev-list", "--reverse", library.tip).split()]
    listing = library.git.signatures(library.tip, str(signers.absolute()))
    return [(commit, state) for commit, __, state in (line.partition(" ") for line in listing.splitlines())]


def _unsigned(states: list[tuple[str, str]], *, some: bool) -> Iterator[str]:
    if not some:
        yield "no commit is signed"
    bad = [(commit, state) for commit, state in states if state != _GOOD]
    for commit, state in bad[:MOST_NAMED]:
        yield f"commit {commit[:12]}: {_WORDS.get(state, 'its signature has expired or was revoked')}"
    if len(bad) > MOST_NAMED:
        yield f"and {len(bad) - MOST_NAMED} more commits"
