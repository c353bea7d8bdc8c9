# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading Git's objects: commits behind names, trees as mappings, blobs in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .gitprocess import Git, GitError

_REGULAR = {b"100644", b"100755"}


def commit_of(git: Git, name: str) -> str | None:
    """The commit id behind ``name`` (a ref or an id), or None where there is none."""
    try:
        return git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitError as error:
        if error.status == 1:
            return None
        raise


def read_tree(git: Git, commit: str | None) -> dict[str, str]:
    """Path to blob id of every file in the commit. A link or submodule has an empty id: it equals no text."""
    if commit is None:
        return {}
    listing = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit)
    files: dict[str, str] = {}
    for line in listing.split(b"\0")[:-1]:
        kind, __, path = line.partition(b"\t")
        mode, __, blob = kind.split(b" ")
        files[path.decode("utf-8", "surrogateescape")] = blob.decode() if mode in _REGULAR else ""
    return files


def read_blobs(git: Git, blobs: Iterable[str]) -> Iterator[bytes]:
    """The contents of blobs, in order, by one process."""
    wanted = "".join(f"{blob}\n" for blob in blobs)
    output = git.run("cat-file", "--batch", stdin=wanted.encode()) if wanted else b""
    start = 0
    while start < len(output):
        line_end = output.index(b"\n", start)
        size = int(output[start:line_end].split(b" ")[2])
        yield output[line_end + 1 : line_end + 1 + size]
        start = line_end + 1 + size + 1


def is_ancestor(git: Git, older: str, newer: str) -> bool:
    """Whether commit ``older`` is in the history of ``newer`` (or is it); one that is not here is not."""
    if older == newer:
        return True
    try:
        git.run("merge-base", "--is-ancestor", older, newer)
    except GitError as error:
        if error.status == 1 or commit_of(git, older) is None:
            return False
        raise
    return True
