# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hint at the end of an error: what the person most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MAX_LISTED = 25


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """A sentence that names the nearest known words, or lists them all where none is near and they are few.

    The sentence has no full stop at its end; it is empty when there is nothing useful to say.
    """
    words = sorted(set(known))
    folded = {word.lower(): word for word in words}
    start = str(given).lower()
    near = get_close_matches(start, folded, n=3, cutoff=0.6)
    if not near and start:
        near = [word for word in folded if word.startswith(start)][:3]
    if near:
        return "did you mean " + " or ".join(f'"{folded[word]}"' for word in near) + "?"
    if words and len(words) <= MAX_LISTED:
        return "known here: " + ", ".join(words)
    return ""
