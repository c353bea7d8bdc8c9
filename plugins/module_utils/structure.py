# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the structure of a configuration closes: braces that balance, one statement to a line, XML, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from .platform import Structure

# What may hold braces, semicolons and quotes of its own: quoted text, comments, remarks at the end of a line.
_OPAQUE = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|(?:(?<=[\s;{}])|\A)#[^\n]*', re.DOTALL)
# The same where a quote may stand alone, as in a pattern or a script: quoted texts end with their line.
_OPAQUE_LINES = re.compile(r'"(?:[^"\\\n]|\\.)*"|"|(?:(?<=[\s;{}])|\A)#[^\n]*')
_BRACE = re.compile(r"[{}]")
# The line over the prompt of a routing engine or a member.
_MEMBER = re.compile(r"^\{\w+(?::[\w-]+)*\}\s*\Z", re.MULTILINE)
_SET_STATEMENT = re.compile(r"(?:set|deactivate|protect|activate|delete|annotate|top|edit) \S")


def broken(structure: Structure, text: str) -> str | None:
    """What is wrong with the structure of a text, or None where it is whole."""
    return _CHECKS[structure](text)


def _bare(text: str) -> str:
    return _OPAQUE.sub("", _MEMBER.sub("", text))


def _broken_braces(text: str) -> str | None:
    bare = _bare(text)
    fault = _unbalanced(bare)
    loose = any(line[-1] not in ";{}" for line in map(str.rstrip, bare.split("\n")) if line)
    return fault or ("a statement does not end" if loose else None)


def _broken_blocks(text: str) -> str | None:
    """Braces around lines that end with nothing of their own."""
    fault = _unbalanced(_bare(text))
    return fault and _unbalanced(_OPAQUE_LINES.sub("", text)) and fault


def _unbalanced(bare: str) -> str | None:
    if '"' in bare:
        return "a quoted text is not closed"
    if "/*" in bare:
        return "a comment is not closed"
    depth = 0
    for brace in _BRACE.findall(bare):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "a brace closes that was never opened"
    return f"{depth} braces are not closed" if depth else None


def _broken_set(text: str) -> str | None:
    bare = _bare(text)
    if '"' in bare:
        return "a quoted text is not closed"
    loose = any(line.strip() and not _SET_STATEMENT.match(line) for line in bare.split("\n"))
    return "a line is no whole statement" if loose else None


def _broken_xml(text: str) -> str | None:
    parser = ParserCreate()
    # No configuration declares entities; their expansion could fill the memory.
    if "<!DOCTYPE" in text:
        return "the XML declares a type of document"
    try:
        parser.Parse(text.encode("utf-8", "surrogateescape"), True)
    except ExpatError as fault:
        return f"the XML is not whole at line {fault.lineno}"
    return None


def _broken_json(text: str) -> str | None:
    try:
        json.loads(text)
    except ValueError:
        return "the JSON is not whole"
    except RecursionError:
        return "the JSON is nested too deep"
    return None


_CHECKS: Mapping[Structure, Callable[[str], str | None]] = {
    "braces": _broken_braces,
    "blocks": _broken_blocks,
    "set": _broken_set,
    "xml": _broken_xml,
    "json": _broken_json,
}
