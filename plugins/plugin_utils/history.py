# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The versions of one device's file, across its names; its text at a moment; and the commits of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..module_utils.errors import NetcellarError, sentence
from ..module_utils.hints import did_you_mean
from .gitprocess import Git
from .index import Entry
from .library import Library, utc
from .moves import Moved
from .objects import is_ancestor

# A file that took turns with another under two names would have no beginning.
MOST_NAMES = 50
LAST = "last"


@dataclass(frozen=True, slots=True)
class Version:
    """One commit that changed the file. ``stored_at`` is ISO 8601 in UTC; ``added`` and ``removed`` are lines.

    ``run`` is the id of the run that committed it; empty for a person's commit, whose words are in ``subject``.
    """

    commit: str
    stored_at: str
    run: str
    subject: str
    path: str
    added: int
    removed: int


def history(library: Library, entry: Entry) -> Iterator[Version]:
    """All versions of what ``entry`` is about, newest first, wherever its file was.

    Our index tells the moves of devices; moves that are older than it are found as Git finds them, by like texts.
    """
    path, start = entry.path, library.tip
    told = iter(library.moves.items())
    for __ in range(MOST_NAMES):
        turn = _turn(library.git, entry, path, start, told)
        versions = _versions(library.git, path, f"{turn.parent}..{start}" if turn else start)
        if turn and not turn.source:
            yield from _without_departure(library, versions)
            return
        yield from versions[:-1]
        before = turn.source if turn else _name_before(library.git, versions[-1]) if versions else None
        if before is None:
            yield from versions[-1:]
            return
        if versions:
            yield _renamed(library, versions[-1], before)
        path, start = before, turn.parent if turn else f"{versions[-1].commit}^"


@dataclass(frozen=True, slots=True)
class _Turn:
    """After the commit ``parent`` the file came from ``source``; where that is empty, another's had been there."""

    parent: str
    source: str


def _turn(git: Git, entry: Entry, path: str, start: str, told: Iterator[tuple[str, Sequence[Moved]]]) -> _Turn | None:
    """The next of the moves ``told``, up to the commit ``start``, after which ``path`` was the device's."""
    for parent, moves in told:
        came = [move.source for move in moves if move.key == entry.key and move.path == path]
        left = any(move.source == path and move.key != entry.key for move in moves)
        if (came or left) and is_ancestor(git, parent, start):
            return _Turn(parent, came[0] if came else "")
    return None


def _without_departure(library: Library, versions: list[Version]) -> list[Version]:
    """``versions`` without the commit that took another device's file away."""
    if versions and library.text_at(versions[-1].commit, [versions[-1].path]) is None:
        return versions[:-1]
    return versions


def text(library: Library, entry: Entry, at: str | None = None) -> bytes:
    """The stored text, now or as it was ``at`` a date or commit. Raises NetcellarError (git) where it was not there."""
    blob = entry.blob if at is None else blob_at(library, entry, library.commit_at(at))
    if blob is None:
        raise NetcellarError(f"no {entry.artifact} of {entry.name} was stored at {at}", error="git")
    return library.git.run("cat-file", "blob", blob)


def blob_at(library: Library, entry: Entry, commit: str) -> str | None:
    """The blob at a commit, also under an earlier name of the file; None where it was not there."""
    then = {each.path: each.key for each in library.entries_at(commit)}
    paths = [*(path for path, key in then.items() if key == entry.key), entry.path]
    found = library.text_at(commit, [path for path in paths if then.get(path, entry.key) == entry.key])
    if found is not None or entry.key in then.values():
        return found
    # The index of that moment says nothing of the device: a person may have moved its file.
    names = dict.fromkeys(version.path for version in history(library, entry))
    return library.text_at(commit, [name for name in names if name not in then])


def run_commits(library: Library, run: str) -> tuple[str, list[str]]:
    """The whole id of a run that changed something, and its commits on the branch, the oldest first.

    ``run`` is its id, an unambiguous beginning of it, or ``last``. Raises NetcellarError (git).
    """
    form = "--format=%H%x00%(trailers:key=Netcellar-Run,valueonly,separator=%x20)%x01"
    told = library.git.text("log", "--no-show-signature", "--no-color", form, library.tip)
    pairs = [record.strip().partition("\0")[::2] for record in told.split("\x01")]
    runs = dict.fromkeys(each.strip() for __, each in pairs if each.strip())
    fits = list(runs)[:1] if run == LAST else [each for each in runs if each.startswith(run) and run]
    found = run if run in runs else fits[0] if len(fits) == 1 else None
    if found is None:
        what = f"there are {len(fits)} runs that begin with {run!r}" if fits else f"no run {run!r} changed anything"
        near = sentence(did_you_mean(run, runs))
        remedy = f"{near}{'' if near.endswith('?') or not near else '.'} See: netcellar runs list".strip()
        raise NetcellarError(what, remedy=remedy, error="git")
    return found, [commit for commit, each in reversed(pairs) if each.strip() == found]


def _versions(git: Git, path: str, start: str) -> list[Version]:
    form = "--format=%x01%H%x00%ct%x00%(trailers:key=Netcellar-Run,valueonly,separator=%x20)%x00%s%x00"
    words = (
        "--no-show-signature",
        "--no-color",
        "--no-follow",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--numstat",
        "--text",
    )
    told = git.run("log", *words, form, start, "--", f":(literal){path}")
    versions = []
    for record in told.decode("utf-8", "replace").split("\x01")[1:]:
        commit, seconds, run, subject, numbers = record.split("\0", 4)
        added, removed = [*numbers.split(), "0", "0"][:2]
        lines = [int(number) if number.isdigit() else 0 for number in (added, removed)]
        versions.append(Version(commit, utc(int(seconds)), run.strip(), subject, path, *lines))
    return versions


def _name_before(git: Git, version: Version) -> str | None:
    """The file that became ``version.path`` in its first commit, where it was renamed there."""
    words = ("-r", "-M", "-z", "--no-commit-id", "--diff-filter=R", "--name-status")
    fields = git.run("diff-tree", *words, version.commit).decode("utf-8", "surrogateescape").split("\0")
    renamed = dict(zip(fields[2::3], fields[1::3], strict=False))
    return renamed.get(version.path)


def _renamed(library: Library, version: Version, before: str) -> Version:
    """A version with the lines that are different from those of the file at its earlier place, if it was there."""
    old = library.text_at(f"{version.commit}^", [before])
    if old is None:
        return version
    blobs = (old, f"{version.commit}:{version.path}")
    numbers = library.git.text("diff", "--numstat", "--text", "--no-ext-diff", "--no-textconv", *blobs).split()
    added, removed = map(int, numbers[:2] or ("0", "0"))
    return replace(version, added=added, removed=removed)
