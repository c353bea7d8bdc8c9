# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one commit of a cellar changed, as people read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .gitprocess import Git

_HASH = re.compile(r"[0-9a-f]{7,64}")
_ARGUMENTS = ("--root", "-r", "--no-commit-id", "--no-renames")


@dataclass(frozen=True, slots=True)
class Changes:
    """The paths that a commit changed, sorted, and the unified diff of them all."""

    paths: tuple[str, ...]
    diff: str


def changes(repository: Path, commit: str) -> Changes:
    """What ``commit`` (a hash) changed beside its first parent. Raises NetcellarError (class git)."""
    if not _HASH.fullmatch(commit):
        raise NetcellarError(f"{commit!r} is not the hash of a commit", error="git")
    git = Git(repository)
    names = git.run("diff-tree", *_ARGUMENTS, "--name-only", "-z", commit).decode("utf-8", "surrogateescape")
    diff = git.run("diff-tree", *_ARGUMENTS, "--patch", "--no-ext-diff", "--no-textconv", commit)
    return Changes(tuple(sorted(filter(None, names.split("\0")))), diff.decode("utf-8", "replace"))
