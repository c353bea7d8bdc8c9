# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the structure of a configuration closes: braces that balance, or one statement to a line."""

from __future__ import annotations

import re

from .platform import Structure

# What may hold braces, semicolons and quotes of its own: quoted text, comments, remarks at the end of a line.
_OPAQUE = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', re.DOTALL)
_REMARK = re.compile(r"#[^\n]*")
_BRACE = re.compile(r"[{}]")
# The line over the prompt of a routing engine or a member.
_MEMBER = re.compile(r"^\{\w+(?::[\w-]+)*\}\s*\Z", re.MULTILINE)
_SET_STATEMENT = re.compile(r"(?:set|deactivate|protect|activate|delete|annotate|top|edit) \S")


def broken(structure: Structure, text: str) -> str | None:
    """What is wrong with the structure of a text, or None where it is whole."""
    bare = _REMARK.sub("", _OPAQUE.sub("", _MEMBER.sub("", text)))
    if '"' in bare:
        return "a quoted text is not closed"
    return _broken_braces(bare) if structure == "braces" else _broken_set(bare)


def _broken_braces(bare: str) -> str | None:
    if "/*" in bare:
        return "a comment is not closed"
    depth = 0
    for brace in _BRACE.findall(bare):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "a brace closes that was never opened"
    if depth:
        return f"{depth} braces are not closed"
    loose = any(line[-1] not in ";{}" for line in map(str.rstrip, bare.split("\n")) if line)
    return "a statement does not end" if loose else None


def _broken_set(bare: str) -> str | None:
    loose = any(line.strip() and not _SET_STATEMENT.match(line) for line in bare.split("\n"))
    return "a line is no whole statement" if loose else None
