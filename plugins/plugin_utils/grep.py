# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lines of many blobs that fit a pattern, by several ``git grep`` at once.

Git greps trees, and checks each blob that is named by itself at twice the price. So the blobs are named in trees of our
own, in a store beside the repository that is gone afterwards: nothing is written into the repository.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..module_utils.errors import NetcellarError
from .gitprocess import Git, clean_environment

MOST_PROCESSES = 4
# So many blobs are searched by one process, which says how far the search has come.
PART = 5_000
SECONDS = 300.0
NOTHING_FOUND = 1

Progress = Callable[[int, int], None]


def unwatched(done: int, total: int) -> None:
    """For answers whose progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to look for: a regular expression as Perl knows them, or with ``fixed`` the text itself."""

    text: str
    ignore_case: bool = False
    fixed: bool = False

    def words(self) -> list[str]:
        """The arguments of git that say it."""
        return [*(["-i"] if self.ignore_case else []), "-F" if self.fixed else "-P", "-e", self.text]


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a blob; ``number`` counts from 1."""

    blob: str
    number: int
    line: str


def grep(git: Git, blobs: Sequence[str], pattern: Pattern, progress: Progress = unwatched) -> Iterator[Found]:
    """The lines that fit, in the order of ``blobs``, which are different. ``progress`` gets blobs done, and all.

    Raises NetcellarError (git) for a pattern that cannot be read, or takes too long.
    """
    workers = min(MOST_PROCESSES, os.cpu_count() or 1)
    size = max(1, min(PART, -(-len(blobs) // workers)))
    parts = [blobs[start : start + size] for start in range(0, len(blobs), size)]
    if {"\0", "\n"} & set(pattern.text):
        raise NetcellarError("a pattern cannot hold a zero byte or a line end: it is for one line", error="git")
    with tempfile.TemporaryDirectory(prefix="netcellar-") as store:
        run = _Run(git, _environment(git, Path(store)))
        trees = run.trees(parts)
        with ThreadPoolExecutor(workers) as pool:
            try:
                done = 0
                for part, output in zip(parts, pool.map(lambda tree: run.grep(tree, pattern), trees), strict=True):
                    with output:
                        yield from (_found(record, part) for record in output)
                    done += len(part)
                    progress(done, len(blobs))
            finally:
                pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Run:
    git: Git
    environment: Mapping[str, str]

    def trees(self, parts: Sequence[Sequence[str]]) -> list[str]:
        """For each part a tree whose files are called by their number in it."""
        listed = ("".join(f"100644 blob {blob}\t{at:08d}\n" for at, blob in enumerate(part)) for part in parts)
        return self._ended(["mktree", "--missing", "--batch"], "\n".join(listed).encode()).read().decode().split()

    def grep(self, tree: str, pattern: Pattern) -> IO[bytes]:
        """The answer of git on one tree."""
        words = ["grep", "-n", "-z", "-a", "--no-color", "--no-column", "--no-heading", "--full-name", "--no-break"]
        return self._ended([*words, *pattern.words(), tree, "--"])

    def _ended(self, words: list[str], stdin: bytes = b"") -> IO[bytes]:
        """What git prints, in a file without a name: a pattern that fits every line prints the whole fleet."""
        output = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
        command = ["git", f"--git-dir={self.git.repository}", *words]
        environment = {**self.environment}
        try:
            ended = subprocess.run(
                command,
                input=stdin,
                stdout=output,
                stderr=subprocess.PIPE,
                env=environment,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NetcellarError(f"the search took more than {SECONDS:.0f} s", error="git") from error
        if ended.returncode and (ended.returncode != NOTHING_FOUND or ended.stderr):
            raise _fault(ended.stderr.decode("utf-8", "replace"))
        output.seek(0)
        return output


def _environment(git: Git, store: Path) -> dict[str, str]:
    # Quoted, since a colon separates several.
    objects = str(git.repository.absolute() / "objects").replace("\\", "\\\\").replace('"', '\\"')
    return clean_environment() | {
        "GIT_OBJECT_DIRECTORY": str(store),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{objects}"',
    }


def _found(record: bytes, part: Sequence[str]) -> Found:
    place, number, line = record.removesuffix(b"\n").split(b"\0", 2)
    return Found(part[int(place.partition(b":")[2])], int(number), line.decode("utf-8", "replace"))


def _fault(said: str) -> NetcellarError:
    words = " ".join(said.split()).removeprefix("fatal: ")
    if "-e option" not in words and re.search("limit|recursion", words):
        remedy = "write it with fewer repeats in one another, or use --fixed"
        return NetcellarError("the pattern takes too many tries on a line", remedy=remedy, error="git")
    if "LIBPCRE" in words:
        remedy = "install a git that was built with PCRE2, or use --fixed"
        return NetcellarError("this git knows no Perl-compatible expressions", remedy=remedy, error="git")
    return NetcellarError(
        f"cannot search: {words}", remedy="put \\ before special characters, or use --fixed", error="git"
    )
