# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What commits of a cellar changed: file by file, and as people read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .gitprocess import Git

_HASH = re.compile(r"[0-9a-f]{7,64}")
_REGULAR = {"100644", "100755"}
_ARGUMENTS = ("--root", "-r", "--no-commit-id", "--no-renames")


@dataclass(frozen=True, slots=True)
class Changes:
    """The paths that a commit changed, sorted, and the unified diff of them all."""

    paths: tuple[str, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Step:
    """What became of the file that is now at ``path``: its blob before and after, empty where there was none."""

    path: str
    old: str
    new: str


def steps_of(git: Git, commits: Sequence[str]) -> list[Step]:
    """What ``commits``, the oldest first, did to each file in sum, by path; a renamed file is one file."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for commit in commits:
        for source, path, old, new in _raw(git, commit):
            before[path] = before.pop(source, old)
            after.pop(source, None)
            after[path] = new
    return [Step(path, before[path], after[path]) for path in sorted(before)]


def _raw(git: Git, commit: str) -> Iterator[tuple[str, str, str, str]]:
    """Of each file that a commit changed its path before and after, and its blob before and after."""
    words = ("--root", "-r", "-M", "-z", "--raw", "--no-abbrev", "--no-commit-id")
    fields = iter(git.run("diff-tree", *words, commit).decode("utf-8", "surrogateescape").split("\0")[:-1])
    for field in fields:
        mode, new_mode, old, new, status = field[1:].split(" ")
        source = next(fields, "")
        path = next(fields, "") if status[0] in "RC" else source
        yield source, path, old if mode in _REGULAR else "", new if new_mode in _REGULAR else ""


def changes(repository: Path, commit: str) -> Changes:
    """What ``commit`` (a hash) changed beside its first parent. Raises NetcellarError (class git)."""
    if not _HASH.fullmatch(commit):
        raise NetcellarError(f"{commit!r} is not the hash of a commit", error="git")
    git = Git(repository)
    names = git.run("diff-tree", *_ARGUMENTS, "--name-only", "-z", commit).decode("utf-8", "surrogateescape")
    diff = git.run("diff-tree", *_ARGUMENTS, "--patch", "--no-ext-diff", "--no-textconv", commit)
    return Changes(tuple(sorted(filter(None, names.split("\0")))), diff.decode("utf-8", "replace"))
