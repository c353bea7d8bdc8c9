# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each commit of the branch did to which file, the newest first, and whose file it was, wherever it was.

Where our index knows of moves, it tells them; elsewhere Git does, by texts that are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .library import Library, seconds_of, utc
from .moves import Moved

Owner = tuple[str, str]
NOBODY: Owner = ("", "")

_REGULAR = {"100644", "100755"}


@dataclass(frozen=True, slots=True)
class Move:
    """A file in a commit: where it was (empty where another file was there) and is, its blob before and after (empty
    where there was none), and whose it is: the device's name and the artifact.
    """

    source: str
    path: str
    old: str
    new: str
    owner: Owner


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and what it did. ``stored_at`` is ISO 8601 in UTC; ``run`` is empty for a person's."""

    id: str
    stored_at: str
    run: str
    moves: tuple[Move, ...]

    def with_moves(self, moves: Sequence[Move]) -> Commit:
        """The same commit with some of its moves."""
        return replace(self, moves=tuple(moves))


def commits(library: Library, tip: str, since: str | None, owners: Mapping[str, Owner]) -> list[Commit]:
    """The commits up to ``tip``, and not before ``since``. ``owners``: whose each path was at ``tip``.

    Raises NetcellarError (git).
    """
    seconds = seconds_of(since) if since else 0
    limits = [f"--since={seconds}"] if seconds else []
    return _read(library, [*limits, tip], dict(owners))


def chosen(library: Library, names: Sequence[str], owners: Mapping[str, Owner]) -> list[Commit]:
    """Some commits of the branch, in the order of ``names``, the newest first. ``owners`` as for ``commits``."""
    return _read(library, ["--no-walk=unsorted", *names], dict(owners)) if names else []


def _read(library: Library, which: Sequence[str], owners: dict[str, Owner]) -> list[Commit]:
    form = "--format=%x01%H%x00%P%x00%ct%x00%(trailers:key=Netcellar-Run,valueonly,separator=%x20)%x00"
    words = ("--no-show-signature", "--no-color", "--no-follow", "--root", "--raw", "-z", "-M", "--no-abbrev", form)
    told = library.git.run("log", *words, *which).decode("utf-8", "surrogateescape")
    return [_commit(record, library, owners) for record in told.split("\x01")[1:]]


def _commit(record: str, library: Library, owners: dict[str, Owner]) -> Commit:
    """A commit; ``owners`` are then those before it."""
    name, parents, seconds, run, rest = record.split("\0", 4)
    before, after, renamed = _sides(rest)
    moved = library.moves.get(parents.partition(" ")[0], ())
    sources = {each.path: each.source for each in moved} if moved else renamed
    now = {path: owners.get(path, NOBODY) for path in after}
    _step_back(owners, moved, renamed)
    owned = {path: owners.get(path, NOBODY) for path in before} | now
    pairs = _paired(before, after, {path: source for path, source in sources.items() if path in after})
    found = (Move(source, path, before.get(source, ""), after.get(path, ""), owned[path]) for source, path in pairs)
    return Commit(name, utc(int(seconds)), run.strip(), tuple(found))


def _sides(raw: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The blobs of the files that a commit changed, before and after; and which file became which, as Git guesses."""
    before, after, renamed = {}, {}, {}
    fields = iter(raw.strip("\0\n").split("\0"))
    for field in fields:
        if not field.startswith(":"):
            continue
        mode, new_mode, old, new, status = field[1:].split(" ")
        source = path = next(fields, "")
        if status[0] == "R":
            path = next(fields, "")
            renamed[path] = source
        if mode in _REGULAR:
            before[source] = old
        if new_mode in _REGULAR:
            after[path] = new
    return before, after, renamed


def _step_back(owners: dict[str, Owner], moved: Sequence[Moved], renamed: Mapping[str, str]) -> None:
    if moved:
        found = {each.source: owners.get(each.path, (each.name, each.artifact)) for each in moved}
        for each in moved:
            owners.pop(each.path, None)
    else:
        found = {source: owners.pop(path) for path, source in renamed.items() if path in owners}
    owners.update(found)


def _paired(before: Iterable[str], after: Iterable[str], sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Of each file its place before and after; of one that came or went, the same twice or one that held nothing."""
    left = set(sources.values())
    came = set(after)
    for path in sorted(came | (set(before) - left)):
        yield sources.get(path, "" if path in left else path), path
