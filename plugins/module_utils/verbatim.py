# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sets aside the parts of a configuration that hold free text, so that no other check reads them."""

from __future__ import annotations

import re

from .line_search import search
from .platform import Platform, Verbatim


def without_verbatim(platform: Platform, text: str) -> str | None:
    """The text with its parts of free text emptied, or None where such a part does not end."""
    for part in platform.verbatim:
        pieces, at = [], 0
        while begin := search(part.begin, text, at):
            end = end_of(part, begin, text)
            if end is None:
                return None
            pieces.append(text[at : begin.end()])
            at = end
        text = "".join([*pieces, text[at:]])
    return text


def end_of(part: Verbatim, begin: re.Match[str], text: str) -> int | None:
    """Where a part of free text ends: at its end pattern, or at the mark that opened it; None where it does not end."""
    if part.end is not None:
        found = search(part.end, text, begin.end())
        return found.end() if found else None
    mark = begin.group("mark")
    at = text.find(mark, begin.end())
    return None if at < 0 else at + len(mark)
