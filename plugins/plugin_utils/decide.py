# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What captures change in the branch: decided from the tip's tree and the index, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from ..module_utils.values import moment_of
from .index import Entry, Index, Key
from .lookalikes import folded
from .paths_in_git import path_fault

Verdict = Literal["changed", "unchanged", "rejected"]
Files = Mapping[str, str]

OUTRUN = "a newer capture is already in Git"
AHEAD = timedelta(days=1)
"""What is dated later than this from now on got its date from a clock that was wrong: it holds back nothing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of ``capture``. ``entry`` is what is stored in the end; where it is rejected, the capture again."""

    verdict: Verdict
    capture: Entry
    entry: Entry
    message: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """``write``: path to blob id. ``index``: the entries that change. One decision per device and artifact."""

    write: Mapping[str, str] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    index: Index = field(default_factory=dict)
    decisions: Mapping[Key, Decision] = field(default_factory=dict)


def decide(captures: Iterable[Entry], files: Files, index: Index, now: datetime) -> Plan:
    """The plan for ``captures`` on a tip with ``files`` (path to blob id), of which ``index`` tells the owners.

    Of two captures of one device and artifact the newer wins, as far as ``now`` lets its date be true. A path that
    another device owns, or that would replace a folder or a file above it, or looks like another (case, Unicode form,
    alphabet), is rejected for the newcomer.
    """
    newest = _newest(captures)
    stale = {key: index[key] for key, entry in newest.items() if _is_stale(entry, files, index, now)}
    wanted = {key: entry for key, entry in newest.items() if key not in stale}
    faults = _faults(wanted, files, index)
    accepted = {key: _stored(wanted[key], files, index, now) for key in wanted if key not in faults}
    decisions = {key: Decision("rejected", wanted[key], wanted[key], fault) for key, fault in faults.items()}
    decisions |= {key: Decision("unchanged", newest[key], old, OUTRUN) for key, old in stale.items()}
    kept_paths = {entry.path for entry in accepted.values()}
    kept_paths |= {entry.path for key, entry in index.items() if key not in accepted}
    remove = {index[key].path for key in accepted if key in index} & set(files) - kept_paths
    for key, entry in accepted.items():
        moved = key in index and index[key].path in remove
        changed = moved or files.get(entry.path) != entry.blob
        decisions[key] = Decision("changed" if changed else "unchanged", wanted[key], entry)
    return Plan(
        write={entry.path: entry.blob for entry in accepted.values() if files.get(entry.path) != entry.blob},
        remove=frozenset(remove),
        index={key: entry for key, entry in accepted.items() if index.get(key) != entry},
        decisions=decisions,
    )


def moment(captured_at: str) -> datetime:
    """The time of a capture; one that cannot be read counts as the oldest."""
    return moment_of(captured_at) or datetime.min.replace(tzinfo=UTC)


def _newest(captures: Iterable[Entry]) -> dict[Key, Entry]:
    newest: dict[Key, Entry] = {}
    for entry in captures:
        rival = newest.get(entry.key)
        if rival is None or moment(entry.captured_at) >= moment(rival.captured_at):
            newest[entry.key] = entry
    return newest


def _is_stale(entry: Entry, files: Files, index: Index, now: datetime) -> bool:
    old = index.get(entry.key)
    if old is None or not _holds(files, old) or _ahead(old, now):
        return False
    return moment(old.captured_at) > moment(entry.captured_at)


def _ahead(entry: Entry, now: datetime) -> bool:
    return moment(entry.captured_at) - now > AHEAD


def _holds(files: Files, entry: Entry) -> bool:
    return files.get(entry.path) == entry.blob


def _stored(entry: Entry, files: Files, index: Index, now: datetime) -> Entry:
    """The entry to keep for a capture: where it holds the same configuration, the stored text stays."""
    old = index.get(entry.key)
    if old is None:
        return entry
    if old.inventory and old.inventory != entry.inventory and old.path == entry.path:
        # Of several inventories with this device the first one stays the one whose runs say whether it has left.
        entry = replace(entry, inventory=old.inventory)
    if old.same_as == entry.same_as and entry.same_as and _holds(files, old):
        kept = (old.blob, old.size or entry.size)
        if kept != (entry.blob, entry.size):
            entry = replace(entry, blob=kept[0], size=kept[1])
    return old if entry.says_as_much_as(old) and not _ahead(old, now) else entry


def _faults(wanted: Mapping[Key, Entry], files: Files, index: Index) -> dict[Key, str]:
    faults = {key: fault for key, entry in wanted.items() if (fault := path_fault(entry.path))}
    # An entry whose file is gone may be older than the one of the device that has the path now: the later one counts.
    by_age = sorted(index.items(), key=lambda item: moment(item[1].captured_at))
    owners = {entry.path: key for key, entry in by_age if entry.path in files}
    # A rejected move gives its old path back to its owner, which may refuse that path to another: until none is new.
    while found := _conflicts({key: wanted[key] for key in wanted if key not in faults}, files, index, owners):
        faults |= found
    return faults


def _conflicts(claims: Mapping[Key, Entry], files: Files, index: Index, owners: Mapping[str, Key]) -> dict[Key, str]:
    claimants: dict[str, list[Key]] = defaultdict(list)
    for key, entry in claims.items():
        claimants[entry.path].append(key)
    staying = set(files) - {path for path, key in owners.items() if key in claims and claims[key].path != path}
    fresh = set(claimants) - staying
    folders = {folded(folder) for path in {*claimants, *staying} for folder in above(path)} if fresh else set()
    alike = _alike(fresh | staying) if fresh else {}
    twins = {path: min(alike[folded(path)] - {path}) for path in fresh if len(alike[folded(path)]) > 1}
    below = {path for path in fresh if any(alike.get(folded(folder), set()) & staying for folder in above(path))}
    found: dict[Key, str] = {}
    for path, keys in claimants.items():
        owner = owners.get(path)
        stays = owner is not None and (owner not in claims or claims[owner].path == path)
        for key in keys:
            if owner is not None and stays and owner != key:
                found[key] = f"{path} belongs to {_who(index[owner])}, which is in Git there"
            elif len(keys) > 1 and not stays:
                found[key] = f"{path} is also the path of {_who(claims[next(k for k in keys if k != key)])}"
        if path in below or (path in fresh and folded(path) in folders):
            found |= dict.fromkeys(keys, f"{path} is a folder in Git, or lies below a file")
        elif path in twins:
            found |= dict.fromkeys(keys, f"{path} and {twins[path]} differ in case or look alike only")
    return found


def _alike(paths: Iterable[str]) -> dict[str, set[str]]:
    """Paths that would be one file on some systems or to the eye, by what they are then."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        found[folded(path)].add(path)
    return found


def above(path: str) -> list[str]:
    """The folders that ``path`` is in, from the top."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _who(entry: Entry) -> str:
    return f"device {entry.name} (id {entry.device_id}, {entry.artifact})"
