# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What commits of a cellar changed: file by file, and as people read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .gitprocess import Git
from .past import NOBODY, Commit, Owner

_HASH = re.compile(r"[0-9a-f]{7,64}")
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
    owner: Owner


def steps_of(commits: Sequence[Commit]) -> list[Step]:
    """What ``commits``, the oldest first, did to each file in sum, by path; a file that moved is one file."""
    steps: dict[str, Step] = {}
    for commit in commits:
        # All at once: files may have taken each other's places.
        olds = [steps.get(move.source, Step("", move.old, "", NOBODY)).old for move in commit.moves]
        for move in commit.moves:
            steps.pop(move.source, None)
        steps |= {
            move.path: Step(move.path, old, move.new, move.owner) for move, old in zip(commit.moves, olds, strict=True)
        }
    return [steps[path] for path in sorted(steps)]


def changes(repository: Path, commit: str) -> Changes:
    """What ``commit`` (a hash) changed beside its first parent. Raises NetcellarError (class git)."""
    if not _HASH.fullmatch(commit):
        raise NetcellarError(f"{commit!r} is not the hash of a commit", error="git")
    git = Git(repository)
    names = git.run("diff-tree", *_ARGUMENTS, "--name-only", "-z", commit).decode("utf-8", "surrogateescape")
    diff = git.run("diff-tree", *_ARGUMENTS, "--patch", "--text", "--no-ext-diff", "--no-textconv", commit)
    return Changes(tuple(sorted(filter(None, names.split("\0")))), diff.decode("utf-8", "replace"))
