# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Paths that are one to a file system, or to a person's eye: as they are the same after folding."""

from __future__ import annotations

import unicodedata

from .requirements import missing

try:
    from confusable_homoglyphs import confusables  # type: ignore[import-untyped]
except ImportError:
    confusables = None


def folded(path: str) -> str:
    """What ``path`` is where case, Unicode form and alphabet do not count: a Cyrillic ``a`` is ``a``."""
    if path.isascii():
        return path.lower()
    plain = unicodedata.normalize("NFKC", path).casefold()
    return "".join(character if character.isascii() else _as_latin(character) for character in plain)


def _as_latin(character: str) -> str:
    """The ASCII letter or digit that looks the same, or the character itself."""
    if confusables is None:
        raise missing("confusable-homoglyphs", "git")
    alike = (each["c"].lower() for each in confusables.confusables_data.get(character, ()))
    return min((each for each in alike if len(each) == 1 and each.isascii() and each.isalnum()), default=character)
