# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The index: which device and artifact owns which path, kept in ``refs/netcellar/index`` and pushed with the branch.

Its tree holds ``<branch>/<first two hex digits of the key's digest>.json``: a run that changes few devices rewrites few
of the 256 files. An entry changes only when what is stored changes, so a run that changes nothing writes nothing.
Beside them is what ``moves`` keeps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Capture
from .fastimport import Changes
from .gitprocess import Git
from .objects import read_blobs, read_tree
from .rooms import key_digest

INDEX_REF = "refs/netcellar/index"

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored for one artifact of one device. ``captured_at`` is the time of the capture that is stored.

    ``size`` is that of the certified text before masking, in bytes; 0 where it is not known. ``platform`` is the name
    of its platform file, or empty; ``inventory`` that of the inventory which brought the device in, or empty.
    """

    device_id: str
    artifact: str
    name: str
    path: str
    blob: str
    same_as: str
    captured_at: str
    run: str
    identity: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    platform: str = ""
    inventory: str = ""

    @property
    def key(self) -> Key:
        """What the entry is about: the device's id and the artifact."""
        return (self.device_id, self.artifact)

    def raw(self) -> dict[str, Any]:
        """The JSON form. Not by ``asdict``, which copies what is in it, at ten times the price."""
        return dict(zip(self.__slots__, _VALUES(self), strict=True))

    def says_as_much_as(self, other: Entry) -> bool:
        """Whether nothing but the time and the run of the capture is different."""
        return _CONTENT(self) == _CONTENT(other)

    @classmethod
    def of(cls, capture: Capture, blob: str, inventory: str = "") -> Entry:
        """The entry for a capture whose text has the Git id ``blob``."""
        return cls(
            device_id=capture.device_id,
            artifact=capture.artifact,
            name=capture.name,
            path=capture.path,
            blob=blob,
            same_as=capture.same_as,
            captured_at=capture.captured_at,
            run=capture.run,
            identity=dict(capture.identity),
            size=capture.certified_size,
            platform=capture.platform,
            inventory=inventory,
        )


_VALUES = attrgetter(*Entry.__slots__)
_CONTENT = attrgetter(*(name for name in Entry.__slots__ if name not in {"captured_at", "run"}))

Index = Mapping[Key, Entry]


def load_index(git: Git, commit: str | None, branch: str) -> dict[Key, Entry]:
    """The index of ``branch`` at the index commit ``commit``. Raises NetcellarError where it cannot be read."""
    if commit is None:
        return {}
    folder, moves = _folder(branch) + "/", moves_path(branch)
    shards = [blob for path, blob in read_tree(git, commit).items() if path.startswith(folder) and path != moves]
    entries: dict[Key, Entry] = {}
    for text in read_blobs(git, shards):
        try:
            found = [Entry(**raw) for raw in json.loads(text).values()]
        except (ValueError, TypeError, AttributeError) as error:
            raise unreadable(git, error) from error
        entries.update({entry.key: entry for entry in found})
    return entries


def unreadable(git: Git, why: Exception) -> NetcellarError:
    """That the index cannot be read, with what to do."""
    return NetcellarError(
        f"{INDEX_REF} of {git.repository} cannot be read: {why}",
        remedy=f"git -C {git.repository} update-ref -d {INDEX_REF}"
        " takes it away; the next run gets that of the remote, or begins a new one",
        error="git",
    )


def index_changes(branch: str, index: Index, keys: Iterable[Key]) -> Changes:
    """The files to write so that the stored index agrees with ``index`` in ``keys``; what it lacks goes."""
    touched = {key_digest(*key)[:2] for key in keys}
    shards: dict[str, dict[str, Entry]] = {shard: {} for shard in touched}
    for key, entry in index.items():
        digest = key_digest(*key)
        if digest[:2] in touched:
            shards[digest[:2]][digest] = entry
    folder = _folder(branch)
    texts = {f"{folder}/{shard}.json": _shard_text(entries) for shard, entries in shards.items()}
    return Changes(write={path: (lambda text=text: text) for path, text in texts.items()})  # type: ignore[misc]


def moves_path(branch: str) -> str:
    """Where the index of a branch holds its last moves."""
    return f"{_folder(branch)}/moves.json"


def _shard_text(entries: Mapping[str, Entry]) -> bytes:
    # One line per entry, so that Git's deltas and people's eyes find the one that changed.
    lines = [f'"{digest}":{json.dumps(entry.raw(), sort_keys=True)}' for digest, entry in sorted(entries.items())]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _folder(branch: str) -> str:
    return quote(branch, safe="")
