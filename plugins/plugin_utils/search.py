# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lines that fit a pattern: in the fleet as it is or was, and in all that ever changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..module_utils.errors import NetcellarError
from .gitprocess import GitError
from .library import Library, moment_of

# So many names fit on git's command line; more are looked through in the answer.
MOST_PATHS = 500
NOTHING_FOUND = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that fits. ``device`` is a name, or empty for a file that is no device's."""

    device: str
    path: str
    number: int
    line: str


@dataclass(frozen=True, slots=True)
class Past:
    """A commit that added or removed a line that fits, and the files in which it did."""

    commit: str
    stored_at: str
    subject: str
    paths: tuple[str, ...]


def search(
    library: Library, pattern: str, devices: str = "*", at: str | None = None, *, ignore_case: bool = False
) -> Iterator[Hit]:
    """The lines that fit an extended regular expression, by path, now or ``at`` a date or commit.

    Raises NetcellarError (git) for a pattern that cannot be read.
    """
    commit = library.commit_at(at) if at else library.tip
    paths = None if devices == "*" else {entry.path for entry in library.matching(devices)}
    if paths is not None and not paths:
        return
    names = {entry.path: entry.name for entry in library.entries}
    words = ["-n", "-z", "-I", "--no-color", "--no-column", "--no-heading", "--full-name"]
    words += [*(["-i"] if ignore_case else []), "-E", "-e", pattern]
    limit = [f":(literal){path}" for path in sorted(paths)] if paths and len(paths) <= MOST_PATHS else []
    try:
        told = library.git.run("grep", *words, commit, "--", *limit)
    except GitError as error:
        if error.status == NOTHING_FOUND:
            return
        raise NetcellarError(f"cannot search for {pattern!r}: {_words(error)}", error="git") from error
    for record in told.decode("utf-8", "replace").split("\n")[:-1]:
        place, number, line = record.split("\0", 2)
        path = place.partition(":")[2]
        if paths is None or path in paths:
            yield Hit(names.get(path, ""), path, int(number), line)


def search_history(library: Library, pattern: str, devices: str = "*", since: str | None = None) -> Iterator[Past]:
    """The commits, newest first, that added or removed lines that fit. ``since`` (a date) bounds how far it looks."""
    paths = None if devices == "*" else {entry.path for entry in library.matching(devices)}
    words = ["--no-show-signature", "--no-color", "--no-follow", "--no-renames", "-G", pattern, "--name-only", "-z"]
    words += [f"--since={int(moment_of(since).timestamp())}"] if since else []
    limit = [f":(literal){path}" for path in sorted(paths)] if paths and len(paths) <= MOST_PATHS else []
    try:
        told = library.git.run("log", *words, "--format=%x01%H%x02%cI%x02%s%x02", library.tip, "--", *limit)
    except GitError as error:
        raise NetcellarError(f"cannot search for {pattern!r}: {_words(error)}", error="git") from error
    for record in told.decode("utf-8", "replace").split("\x01")[1:]:
        commit, moment, subject, names = record.split("\x02", 3)
        found = [name for name in names.strip("\0\n").split("\0") if paths is None or name in paths]
        if found:
            yield Past(commit, moment, subject, tuple(name.lstrip("\n") for name in found))


def _words(error: GitError) -> str:
    return " ".join(error.stderr.split())
