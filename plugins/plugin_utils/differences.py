# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What changed on one device between two versions, and in a whole run: by its meaning, and as text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice

from ..module_utils.clean import decode
from ..module_utils.errors import NetcellarError
from ..module_utils.platform import Platform
from ..module_utils.semantic import Change, Comparison, compare
from .changes import Step, steps_of
from .gitprocess import Git
from .grep import Progress, unwatched
from .history import blob_at, history, run_commits
from .index import Entry
from .library import Library
from .objects import read_blobs
from .past import chosen
from .platform_files import platform_for

# So many texts are held at a time; fewer devices are not worth the start of further processes.
AT_ONCE = 200
WORTH_PROCESSES = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """A commit, and when it was made, in ISO 8601 in UTC."""

    commit: str
    stored_at: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed on one device, from one commit to another; without ``start`` there is one version only.

    ``text`` is the unified diff of the two, with every line that is different.
    """

    entry: Entry
    start: Moment | None
    end: Moment | None
    text: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Shared:
    """A change, and the names of all devices that it was made on. ``plain``: why it was compared line by line."""

    change: Change
    devices: tuple[str, ...]
    plain: str = ""


@dataclass(frozen=True, slots=True)
class RunDifference:
    """What a run changed. ``new`` and ``gone`` are devices without a version before, or after.

    ``silent`` are those whose text changed and means the same. A startup configuration has the device's name and the
    artifact's.
    """

    run: str
    commits: tuple[str, ...]
    paths: tuple[str, ...]
    shared: tuple[Shared, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    silent: tuple[str, ...]


def difference(library: Library, entry: Entry, start: str | None = None, end: str | None = None) -> Difference:
    """The difference of two versions; without ``start``, from the version before the newest; without ``end``, to now.

    Each is a date or a commit. Raises NetcellarError (git).
    """
    first, last = _versions(library, entry, start, end)
    if first is None or last is None:
        return Difference(entry, None, None, "", Comparison())
    old, new = blob_at(library, entry, first.commit), blob_at(library, entry, last.commit)
    if old is None or new is None:
        asked = (end or last.stored_at) if old else (start or first.stored_at)
        raise NetcellarError(
            f"no {entry.artifact} of {entry.name} was stored at {asked}",
            remedy=f"See: netcellar history {entry.name}",
            error="git",
        )
    body = _body(library.git, old, new)
    text = f"--- {entry.path} {first.stored_at}\n+++ {entry.path} {last.stored_at}\n{body}" if body else ""
    before, after = (decode(each) for each in read_blobs(library.git, [old, new]))
    return Difference(entry, first, last, text, compare(before, after, _platform(entry.platform)))


def _versions(
    library: Library, entry: Entry, start: str | None, end: str | None
) -> tuple[Moment, Moment] | tuple[None, None]:
    if start is None:
        match [Moment(each.commit, each.stored_at) for each in islice(history(library, entry), 2)]:
            case [new, old]:
                return old, new
            case _:
                return None, None
    commits = (library.commit_at(start), library.commit_at(end) if end else library.tip)
    old, new = (Moment(commit, library.stored_at(commit)) for commit in commits)
    return old, new


def run_difference(library: Library, run: str, progress: Progress = unwatched) -> RunDifference:
    """What a run changed, the same change on many devices once. ``run`` is as for ``run_commits``.

    ``progress`` gets how many devices are done, and of how many. Raises NetcellarError (git).
    """
    name, commits = run_commits(library, run)
    then = {entry.path: entry for entry in library.entries_at(commits[-1])}
    owners = {path: (entry.name, entry.artifact) for path, entry in then.items()}
    steps = steps_of(chosen(library, commits[::-1], owners)[::-1])
    both = [step for step in steps if step.old and step.new and step.old != step.new]
    found: dict[tuple[Change, str], list[str]] = {}
    silent = []
    for step, comparison in zip(both, _compared(library, both, then, progress), strict=True):
        device = _name(step)
        plain = comparison.plain
        changes = [Change("other", (), tuple(_hunk_lines(library.git, step)))] if plain else comparison.changes
        silent += [] if changes else [device]
        for change in changes:
            found.setdefault((change, plain), []).append(device)
    shared = [Shared(change, tuple(sorted(names)), plain) for (change, plain), names in found.items()]
    new, gone = ([_name(step) for step in steps if not getattr(step, side)] for side in ("old", "new"))
    paths = tuple(sorted({step.path for step in steps}))
    return RunDifference(name, tuple(commits), paths, tuple(shared), tuple(new), tuple(gone), tuple(silent))


def _compared(
    library: Library, steps: Sequence[Step], owners: Mapping[str, Entry], progress: Progress
) -> Iterator[Comparison]:
    """The comparison of each step, in order."""
    done = 0
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        for start in range(0, len(steps), AT_ONCE):
            part = steps[start : start + AT_ONCE]
            blobs = list(read_blobs(library.git, [blob for step in part for blob in (step.old, step.new)]))
            names = [owners[step.path].platform if step.path in owners else "" for step in part]
            many = len(part) >= WORTH_PROCESSES
            work = (pool.map if many else map)(_compare_one, blobs[::2], blobs[1::2], names)
            for comparison in work:
                done += 1
                progress(done, len(steps))
                yield comparison


def _compare_one(old: bytes, new: bytes, network_os: str) -> Comparison:
    return compare(decode(old), decode(new), _platform(network_os))


@cache
def _platform(network_os: str) -> Platform | None:
    """What is known of a platform, if anything is: a file that is gone must not keep the answer away."""
    try:
        return platform_for(network_os, experimental=[network_os])
    except NetcellarError:
        return None


def _name(step: Step) -> str:
    name, artifact = step.owner
    if not name:
        return step.path
    return name if artifact == "running" else f"{name} ({artifact})"


def _hunk_lines(git: Git, step: Step) -> Iterator[str]:
    for line in _body(git, step.old, step.new).splitlines():
        yield f"{line[:1]} {line[1:]}" if line[:1] in {"+", "-", " "} else line


def _body(git: Git, old: str, new: str) -> str:
    """The hunks of a unified diff of two blobs."""
    told = git.run("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-prefix", "--text", old, new)
    body = told.decode("utf-8", "replace").partition("\n@@")[2]
    return f"@@{body}" if body else ""
