# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finds lines in a long text without a look at every character: those that a pattern begins, those that hold a word.

``re`` tries a pattern that begins with ``^`` at each character of the text, which is ten times as dear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from re import _constants as token  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

# They may stand at the beginning of a pattern only, and are among its ``flags`` too.
_FLAGS = re.compile(r"\A\(\?[aimsux]+\)")


def search(pattern: re.Pattern[str], text: str, at: int = 0) -> re.Match[str] | None:
    """What ``pattern.search(text, at)`` finds."""
    starts = _starts(pattern)
    if starts is None:
        return pattern.search(text, at)
    first = pattern.match(text, at)
    if first:
        return first
    # The line end before the line may stand before ``at``, but then the line was tried above.
    found = starts.search(text, at)
    return pattern.match(text, found.end()) if found else None


def finditer(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer(text)`` finds, for a pattern that never matches nothing."""
    found = search(pattern, text)
    while found:
        yield found
        found = search(pattern, text, found.end())


@lru_cache(maxsize=1024)
def _starts(pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """The line end before each match of a pattern, or None for one that may match elsewhere than at a line's start.

    The line end at its beginning is a literal, and literals are what ``re`` finds fast.
    """
    if pattern.flags & (re.MULTILINE | re.VERBOSE) != re.MULTILINE:
        return None
    tree = parser.parse(pattern.pattern, pattern.flags)
    if not tree or tree[0] != (token.AT, token.AT_BEGINNING):
        return None
    return re.compile(rf"\n(?={_FLAGS.sub('', pattern.pattern)})", pattern.flags)


def lines_with(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The lines that hold one of the words, in order, as (start, end), without the line end."""
    starts: set[int] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            starts.add(text.rfind("\n", 0, at) + 1)
            at = text.find(word, end_of_line(text, at))
    for start in sorted(starts):
        yield start, end_of_line(text, start)


def end_of_line(text: str, at: int) -> int:
    """Where the line ends in which ``at`` stands."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end
