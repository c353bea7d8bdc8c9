# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which device's file went from which path to which in which commit: kept in the index, where Git can only guess.

Of two devices that swap their names Git sees two files that changed, and of many that move at once it pairs those whose
texts are alike. ``<branch>/moves.json`` of the index holds the moves of the last step that had any; its own history is
that of all moves, and nothing else has to be read for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from .fastimport import Changes
from .gitprocess import Git
from .index import Entry, Index, Key, index_changes, moves_path, unreadable
from .objects import read_blobs


@dataclass(frozen=True, slots=True)
class Moved:
    """The file of a device's artifact went from ``source`` to ``path``, or away where that is empty.

    ``name`` is the device's name before.
    """

    device_id: str
    artifact: str
    name: str
    source: str
    path: str

    @property
    def key(self) -> Key:
        """Whose file it is."""
        return (self.device_id, self.artifact)


Moves = Mapping[str, tuple[Moved, ...]]
"""The moves of each commit that had any, the newest first. A commit is told by its first parent."""


def index_step(
    branch: str, index: Index, changed: Mapping[Key, Entry | None], parent: str | None, files: Changes
) -> Changes:
    """What a step writes into the index: the ``changed`` entries (None: it goes), and which of ``files`` moved.

    ``parent``: the commit of the branch that the step goes on from.
    """
    if not changed:
        return Changes()
    left = {key: each for key in {**index, **changed} if (each := changed.get(key, index.get(key))) is not None}
    shards = index_changes(branch, left, changed)
    moved = [
        Moved(*key, old.name, old.path, entry.path if entry else "")
        for key, entry in changed.items()
        if (old := index.get(key)) and (entry is None or entry.path != old.path)
    ]
    # Where no file changes there is no commit that they could be told by.
    if not moved or not files or not parent:
        return shards
    text = json.dumps({"parent": parent, "moves": [astuple(each) for each in moved]}, separators=(",\n", ":"))
    return Changes({**shards.write, moves_path(branch): lambda: text.encode() + b"\n"}, shards.remove)


def read_moves(git: Git, index: str | None, branch: str) -> Moves:
    """All moves up to the index commit ``index``. Raises NetcellarError (git) where they cannot be read."""
    # Where nothing ever moved, the long way through the index's history is spared.
    if index is None or not git.text("ls-tree", index, "--", f":(literal){moves_path(branch)}"):
        return {}
    words = ("--no-show-signature", "--no-color", "--no-follow", "--no-renames", "--raw", "--no-abbrev", "--format=")
    told = git.text("log", *words, "--diff-filter=d", index, "--", f":(literal){moves_path(branch)}")
    blobs = [line.split(" ")[3] for line in told.splitlines()]
    found: dict[str, tuple[Moved, ...]] = {}
    for text in read_blobs(git, blobs):
        try:
            raw = json.loads(text)
            found.setdefault(raw["parent"], tuple(Moved(*each) for each in raw["moves"]))
        except (ValueError, TypeError, KeyError) as error:
            raise unreadable(git, error) from error
    return found
