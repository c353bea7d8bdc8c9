# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which paths may stand in the branch, decided once more where they are written."""

from __future__ import annotations

import re
import unicodedata

LONGEST_PART = 255
LONGEST_PATH = 1024

# Most paths: parts of harmless letters, none of which begins or ends with a dot or a blank.
_PART = r"[A-Za-z0-9_-](?:[A-Za-z0-9_. -]*[A-Za-z0-9_-])?"
_PLAIN = re.compile(f"{_PART}(?:/{_PART})*")


def path_fault(path: str) -> str:
    """Why ``path`` may not be written to the branch, or nothing. It is relative, with ``/`` between its parts."""
    if len(path) <= LONGEST_PART and _PLAIN.fullmatch(path):
        return ""
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "the path is not valid Unicode"
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in path):
        return "the path holds a control character"
    if not path or len(encoded) > LONGEST_PATH:
        return "the path is empty or too long"
    return next(filter(None, map(_part_fault, path.split("/"))), "")


def _part_fault(part: str) -> str:
    if part in {"", ".", ".."}:
        return f"the path has an empty part, or . or .., or begins or ends with / ({part!r})"
    if len(part.encode()) > LONGEST_PART:
        return "a part of the path is too long"
    # Some file systems ignore case, invisible characters, and trailing dots and blanks: Git's own files must not be
    # reached there by another spelling.
    plain = "".join(character for character in part if unicodedata.category(character) != "Cf").casefold()
    if plain.startswith((".git", "git~")):
        return f"{part!r} is a name of Git's own"
    return ""
