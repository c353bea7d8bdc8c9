# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lines that fit a pattern: in the fleet as it is or was, and in all that ever came or went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .grep import Pattern, Progress, grep, unwatched
from .library import Library
from .objects import read_tree
from .past import NOBODY, Commit, Move, commits

# The blobs whose lines are held at a time.
HELD = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that fits. ``device`` is a name and ``artifact`` which of its texts; empty for a file of no device."""

    device: str
    artifact: str
    path: str
    number: int
    line: str


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the history: from a date, up to a date or commit."""

    since: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """Lines that fit and came to a file or went from it in a commit. ``device`` is a name of today, or empty.

    ``artifact`` tells which text of the device it is.
    """

    commit: str
    stored_at: str
    run: str
    device: str
    artifact: str
    path: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def search(
    library: Library, pattern: Pattern, devices: str = "*", at: str | None = None, progress: Progress = unwatched
) -> Iterator[Hit]:
    """The lines that fit, by path, now or ``at`` a date or commit, in devices whose name fits a glob.

    Raises NetcellarError (git) for a pattern that cannot be read.
    """
    commit = library.commit_at(at) if at else library.tip
    owners = {entry.path: (entry.name, entry.artifact) for entry in library.entries_at(commit)}
    paths: dict[str, list[str]] = {}
    for path, blob in sorted(read_tree(library.git, commit).items()):
        if blob and (devices == "*" or fnmatchcase(owners.get(path, NOBODY)[0], devices)):
            paths.setdefault(blob, []).append(path)
    for found in grep(library.git, list(paths), pattern, progress):
        for path in paths[found.blob]:
            yield Hit(*owners.get(path, NOBODY), path, found.number, found.line)


def search_history(
    library: Library,
    pattern: Pattern,
    devices: str = "*",
    span: Span | None = None,
    progress: Progress = unwatched,
) -> Iterator[Past]:
    """The lines that fit and came or went, the newest first.

    ``progress`` gets the commits that are done, and all. Raises NetcellarError (git).
    """
    owners = {entry.path: (entry.name, entry.artifact) for entry in library.entries}
    at, since = (span.at, span.since) if span else (None, None)
    told = commits(library, library.commit_at(at) if at else library.tip, since, owners)
    done = 0
    for batch in _batches([_of(commit, devices) for commit in told]):
        blobs = dict.fromkeys(
            blob for commit in batch for move in commit.moves for blob in (move.new, move.old) if blob
        )
        lines: dict[str, Counter[str]] = {}
        for found in grep(library.git, list(blobs), pattern):
            lines.setdefault(found.blob, Counter())[found.line] += 1
        for commit in batch:
            yield from _changed(commit, lines)
        done += len(batch)
        progress(done, len(told))


def _of(commit: Commit, devices: str) -> Commit:
    """A commit with what it did to some devices alone."""
    if devices == "*":
        return commit
    return commit.with_moves([move for move in commit.moves if move.owner[0] and fnmatchcase(move.owner[0], devices)])


def _batches(told: Sequence[Commit]) -> Iterator[list[Commit]]:
    batch: list[Commit] = []
    held = 0
    for commit in told:
        batch.append(commit)
        held += 2 * len(commit.moves)
        if held >= HELD:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _changed(commit: Commit, lines: dict[str, Counter[str]]) -> Iterator[Past]:
    none: Counter[str] = Counter()
    for move in commit.moves:
        old, new = lines.get(move.old, none), lines.get(move.new, none)
        if old != new:
            yield _past(commit, move, tuple((old - new).elements()), tuple((new - old).elements()))


def _past(commit: Commit, move: Move, removed: tuple[str, ...], added: tuple[str, ...]) -> Past:
    return Past(commit.id, commit.stored_at, commit.run, *move.owner, move.path, removed, added)
