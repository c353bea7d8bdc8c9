# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What PyYAML says of a file that is no YAML, in the words of a person who has the file before him."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which line (from 1 on, 0 where unknown), and what to do."""

    line: int
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _Words:
    """Our words for a problem of PyYAML; ``began``: the fault is in the line where it began to read what it reads."""

    problem: re.Pattern[str]
    message: str
    remedy: str
    began: bool = False


_KNOWN = (
    _Words(
        re.compile(r"expected <block end>, but found '[]}]'"),
        "a bracket is closed here that was not opened",
        "remove it, or put the text in quotes",
    ),
    _Words(
        re.compile("expected <block end>"),
        "the line does not fit to the block that begins in line {began}",
        "indent it as the lines that it belongs to, and begin each item of a list with `- `",
    ),
    _Words(
        re.compile("expected '<document start>'"),
        "the line is not indented as the first line is",
        "begin all keys of the file in the same column",
    ),
    _Words(
        re.compile("mapping values are not allowed"),
        "`key: value` cannot stand here",
        "look at the indentation of this line, and for a `: ` or `- ` that is missing in it or in the line above",
    ),
    _Words(
        re.compile("could not find expected ':'"),
        "a key without `: ` after it",
        "write `key: value`, with a blank after the colon",
        began=True,
    ),
    _Words(re.compile(r"'\\t' that cannot start"), "a tab stands in the indentation", "indent with blanks"),
    _Words(
        re.compile(r"expected ',' or"),
        "what {opened} opens here is not closed, or goes on without `,`",
        "separate with `, ` and close with {closed}",
        began=True,
    ),
    _Words(re.compile("unexpected end of stream"), "a quote opens here and is not closed", "close it", began=True),
    _Words(re.compile("is given twice"), "{problem}", "keep one of the two"),
    _Words(re.compile("looks like a date"), "{problem}", "correct it, or put it in quotes"),
    _Words(re.compile("aliases are not used"), "{problem}", "write out what it stands for"),
    _Words(re.compile("found another document"), "a second document begins here", "remove the line `---`"),
)


def fault_of(error: Any) -> Fault:
    """The fault that a ``yaml.YAMLError`` tells of."""
    problem = str(getattr(error, "problem", None) or "it cannot be read")
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 0
    began = context.line + 1 if context else line
    brackets = ("`[`", "`]`") if "']'" in problem else ("`{`", "`}`")
    for words in _KNOWN:
        if words.problem.search(problem):
            message = words.message.format(began=began, problem=problem, opened=brackets[0], closed=brackets[1])
            remedy = words.remedy.format(closed=brackets[1])
            return Fault(began if words.began else line, message, remedy)
    return Fault(line, f"this is not usable YAML: {problem}", "correct the file")
