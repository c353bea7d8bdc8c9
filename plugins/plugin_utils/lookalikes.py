# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Paths that are one to a file system, or to a person's eye: as they are the same after folding."""

from __future__ import annotations

import re
import unicodedata

from .requirements import missing

try:
    from confusable_homoglyphs import confusables  # type: ignore[import-untyped]
except ImportError:
    confusables = None


# What has no width of its own: joiners, marks of direction, selectors of variants, fillers.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


def folded(path: str) -> str:
    """What ``path`` is where case, Unicode form and alphabet do not count: a Cyrillic ``a`` is ``a``."""
    if path.isascii():
        return path.lower()
    plain = unicodedata.normalize("NFKC", path).casefold()
    return "".join(each if each.isascii() else _as_latin(each) for each in plain if not _UNSEEN.match(each))


def _as_latin(character: str) -> str:
    """The ASCII letter or digit that looks the same, or the character itself."""
    if confusables is None:
        raise missing("confusable-homoglyphs", "git")
    alike = (each["c"].lower() for each in confusables.confusables_data.get(character, ()))
    return min((each for each in alike if len(each) == 1 and each.isascii() and each.isalnum()), default=character)
