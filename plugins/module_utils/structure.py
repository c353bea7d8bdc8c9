# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the structure of a configuration closes: braces that balance, or one statement to a line."""

from __future__ import annotations

import re

from .platform import Structure

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_REMARK = re.compile(r"\s*##? .*$|^#.*$", re.MULTILINE)
_MEMBER = re.compile(r"^\{\w+(?::[\w-]+)*\}$", re.MULTILINE)
_WHOLE_STATEMENT = re.compile(r".*[{};]|\[edit[^\]]*\]|apply-[\w-]+ .*")
_SET_STATEMENT = re.compile(r"(?:set|deactivate|protect|delete|activate|annotate|top|edit|rename|insert|replace) \S")


def broken(structure: Structure, text: str) -> str | None:
    """What is wrong with the structure of a text, or None where it is whole."""
    return _broken_braces(text) if structure == "braces" else _broken_set(text)


def _broken_braces(text: str) -> str | None:
    bare = _REMARK.sub("", _MEMBER.sub("", _COMMENT.sub("", _STRING.sub('""', text))))
    if '"' in bare.replace('""', "") or "/*" in bare:
        return "a quoted text or a comment is not closed"
    depth = 0
    for brace in re.findall(r"[{}]", bare):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "a brace closes that was never opened"
    if depth:
        return f"{depth} braces are not closed"
    loose = next((line for line in bare.split("\n") if line.strip() and not _WHOLE_STATEMENT.fullmatch(line)), None)
    return "a statement does not end" if loose else None


def _broken_set(text: str) -> str | None:
    bare = _REMARK.sub("", _MEMBER.sub("", _STRING.sub('""', text)))
    if '"' in bare.replace('""', ""):
        return "a quoted text is not closed"
    loose = any(line.strip() and not _SET_STATEMENT.match(line) for line in bare.split("\n"))
    return "a line is no whole statement" if loose else None
