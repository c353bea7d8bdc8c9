# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a block of lines stands twice in a row: no device writes so, a pager or a terminal that stutters does."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Longer blocks are not looked for, so that the work stays linear in the text.
LONGEST_BLOCK = 200
# Lines of fewer words ("!", "exit", " shutdown", frames of banners) stand twice for good reasons.
_WORDS = re.compile(r"\w\W+\w")


def repeated_block(text: str) -> int | None:
    """The number of lines of the first block that comes twice in a row and says something, or None."""
    lines = text.split("\n")
    seen: dict[str, int] = {}
    for at, line in enumerate(lines):
        before = seen.get(line)
        seen[line] = at
        if before is None or at - before > LONGEST_BLOCK or not _WORDS.search(line):
            continue
        if _alike(lines, at, at - before) >= at - before:
            return at - before
    return None


def _alike(lines: Sequence[str], at: int, period: int) -> int:
    """How many lines in a row, around ``at``, are those ``period`` lines before; counts no more than are needed."""
    first = at
    while at - first < period and first > period and lines[first - 1] == lines[first - 1 - period]:
        first -= 1
    last = at + 1
    while last - first < period and last < len(lines) and lines[last] == lines[last - period]:
        last += 1
    return last - first
