# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Many texts into Git's store by several processes: one alone spends seconds on the differences between them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from .fastimport import blob_stream, whole_stream
from .gitprocess import Git

# Fewer are no longer quicker: each process also ends with a sync of its pack.
WORTH_IT = 400
MOST_PROCESSES = 4

Text = Callable[[], bytes]


def store_texts(git: Git, texts: Sequence[Text]) -> None:
    """Write the blobs; nothing refers to them yet. Raises GitError, and what ``texts`` raise."""
    count = min(MOST_PROCESSES, os.cpu_count() or 1)
    size = -(-len(texts) // count)
    parts = [texts[start : start + size] for start in range(0, len(texts), size)]
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(_store, git, part) for part in parts]:
            done.result()


def _store(git: Git, texts: Iterable[Text]) -> None:
    git.feed("fast-import", "--quiet", "--done", stdin=whole_stream(_blobs(texts)))


def _blobs(texts: Iterable[Text]) -> Iterator[Iterator[bytes]]:
    for text in texts:
        yield blob_stream(text())
