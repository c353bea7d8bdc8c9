# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writing one step of the branch and of the index, and moving both refs from the tips that were read, or not at all."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .fastimport import Changes, commit_stream, whole_stream
from .gitprocess import Git, GitError, is_damaged
from .index import INDEX_REF
from .objects import commit_of
from .recover import BUILDING
from .signing import signed

BUILT_BRANCH = f"{BUILDING}branch"
BUILT_INDEX = f"{BUILDING}index"


class MovedError(Exception):
    """The branch or the index was moved by somebody else meanwhile."""


@dataclass(frozen=True, slots=True)
class Tips:
    """The commits of the branch and of the index; None where there is none yet."""

    branch: str | None = None
    index: str | None = None

    @classmethod
    def here(cls, git: Git, branch: str) -> Tips:
        """The tips of the local repository. Raises NetcellarError (git) where one is there and cannot be read."""
        refs = (f"refs/heads/{branch}", INDEX_REF)
        found = _listed(git, *refs)
        for ref in refs:
            # git passes over one that it cannot read. Somebody may have made it just now.
            if ref not in found and (git.repository / ref).is_file() and not (found := _listed(git, *refs)).get(ref):
                raise is_damaged(git.repository, f"{ref} names no commit")
        return cls(*map(found.get, refs))


def _listed(git: Git, *refs: str) -> dict[str, str]:
    listing = git.text("for-each-ref", "--format=%(refname) %(objecttype) %(objectname)", *refs)
    return {name: commit for name, kind, commit in map(str.split, listing.splitlines()) if kind == "commit"}


@dataclass(frozen=True, slots=True)
class Message:
    """A commit's words and time (seconds since 1970)."""

    text: str
    seconds: int

    @classmethod
    def now(cls, subject: str, trailers: Mapping[str, str]) -> Message:
        """A message of this moment. Values are put on one line each: none can pass for another trailer."""
        lines = [f"{name}: {one_line(value)}" for name, value in trailers.items() if one_line(value)]
        return cls(one_line(subject) + "\n\n" + "".join(f"{line}\n" for line in lines), int(time.time()))


def one_line(value: str) -> str:
    """``value`` without line ends and other control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def write_step(git: Git, tips: Tips, changes: Changes, index: Changes, message: Message) -> Tips:
    """Write the objects of one step on ``tips`` and give the new tips; no ref that anybody reads has moved yet."""
    streams = []
    if changes:
        streams.append(commit_stream(BUILT_BRANCH, tips.branch, changes, _signature(message), message.text))
    if index:
        streams.append(commit_stream(BUILT_INDEX, tips.index, index, _signature(message), message.text))
    if streams:
        # Forced, since the refs of an earlier step may still be there; nothing but these refs is written.
        # No deltas: those that it finds, to the text of another device, would keep `care` from finding good ones.
        words = ("--quiet", "--force", "--done", "--date-format=raw", "--depth=0")
        git.feed("fast-import", *words, stdin=whole_stream(streams))
    built = commit_of(git, BUILT_BRANCH) if changes else None
    branch = signed(git, built) if built else tips.branch
    return Tips(branch, commit_of(git, BUILT_INDEX) if index else tips.index)


def move(git: Git, branch: str, old: Tips, new: Tips, also: Iterable[str] = ()) -> None:
    """Move both refs from ``old`` to ``new``, with further ``update-ref`` commands, or raise MovedError."""
    lines = [*_update(f"refs/heads/{branch}", old.branch, new.branch), *_update(INDEX_REF, old.index, new.index), *also]
    if not lines:
        return
    lines += [f"delete {ref}" for ref in git.text("for-each-ref", "--format=%(refname)", BUILDING).split()]
    try:
        git.run("update-ref", "--stdin", stdin="".join(f"{line}\n" for line in lines).encode())
    except GitError as error:
        if Tips.here(git, branch) != old:
            raise MovedError from error
        raise


def _update(ref: str, old: str | None, new: str | None) -> list[str]:
    if old == new or new is None:
        return []
    return [f"update {ref} {new} {old}" if old else f"create {ref} {new}"]


def _signature(message: Message) -> str:
    host = re.sub(r"[^A-Za-z0-9.-]", "", socket.gethostname()) or "localhost"
    name = re.sub(r"[<>\x00-\x1f]", "", os.environ.get("GIT_AUTHOR_NAME") or "Netcellar")
    mail = re.sub(r"[<>\x00-\x1f\s]", "", os.environ.get("GIT_AUTHOR_EMAIL") or f"netcellar@{host}")
    return f"{name} <{mail}> {message.seconds} +0000"
