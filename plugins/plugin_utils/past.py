# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each commit of the branch did to which file, the newest first, and whose file it was, across renames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .library import Library, moment_of, utc

Owner = tuple[str, str]
NOBODY: Owner = ("", "")


@dataclass(frozen=True, slots=True)
class Move:
    """A file in a commit: its blob before and after, empty where there was none, and whose it became."""

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
    """The commits up to ``tip``, and not before ``since``. ``owners``: whose each path is today.

    Raises NetcellarError (git).
    """
    form = "--format=%x01%H%x00%ct%x00%(trailers:key=Netcellar-Run,valueonly,separator=%x20)%x00"
    words = ["--no-show-signature", "--no-color", "--no-follow", "--raw", "-z", "-M", "--no-abbrev", form]
    words += [f"--since={int(moment_of(since).timestamp())}"] if since else []
    told = library.git.run("log", *words, tip).decode("utf-8", "surrogateescape")
    then = dict(owners)
    return [_commit(record, then) for record in told.split("\x01")[1:]]


def _commit(record: str, owners: dict[str, Owner]) -> Commit:
    name, seconds, run, rest = record.split("\0", 3)
    return Commit(name, utc(int(seconds)), run.strip(), tuple(_moves(rest, owners)))


def _moves(raw: str, owners: dict[str, Owner]) -> Iterator[Move]:
    """What a commit did to each file. ``owners`` are then those before it."""
    fields = iter(raw.strip("\0\n").split("\0"))
    renamed = {}
    for field in fields:
        if not field.startswith(":"):
            continue
        __, __, old, new, status = field[1:].split(" ")
        source = path = next(fields, "")
        if status[0] in "RC":
            path = next(fields, "")
            renamed[source] = path
        yield Move(path, old.strip("0") and old, new.strip("0") and new, owners.get(path, NOBODY))
    moved = {source: owners.pop(path) for source, path in renamed.items() if path in owners}
    owners.update(moved)
