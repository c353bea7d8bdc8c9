# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Regular expressions of people, held to a bounded amount of work.

Python's matcher tries every way of dividing a text among the repeats of a pattern. The number of ways is counted here
before the pattern is used: at most some power of the text's length, never an exponential.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# The parser of the standard library itself: a second reading of the syntax would differ from what is then run.
from re import _constants as token  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MAX_PATTERN = 500
MAX_DEGREE = 3
_MAX_FACTOR = 10_000
_ENDLESS = 100
_STEPS = 10**8
_ANCHORS = (token.AT_BEGINNING, token.AT_BEGINNING_STRING)
_BLIND = {
    token.ASSERT: "looks ahead or behind",
    token.ASSERT_NOT: "looks ahead or behind",
    token.GROUPREF: "refers back to a group",
    token.GROUPREF_EXISTS: "refers back to a group",
}


class PatternError(ValueError):
    """Why a pattern is not taken, and what to write instead."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked pattern; texts longer than ``longest`` could take too much time."""

    expression: re.Pattern[str]
    longest: int


@dataclass(frozen=True, slots=True)
class _Ways:
    """At most ``factor`` times the length of the text to the power of ``degree`` ways to match."""

    factor: int = 1
    degree: int = 0


@lru_cache(maxsize=256)
def pattern(text: str) -> Pattern:
    """The pattern, to be searched for anywhere in a text. Raises PatternError where it is wrong or may take long."""
    if len(text) > MAX_PATTERN:
        raise PatternError(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        expression = re.compile(text)
        tree = list(parser.parse(text))
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(
            f"it is not a regular expression: {error}", 'a plain text is looked for with "contains"'
        ) from None
    ways = _sequence(tree)
    anchored = bool(tree) and tree[0][0] is token.AT and tree[0][1] in _ANCHORS
    degree = max(1, ways.degree + (not anchored))
    if degree > MAX_DEGREE:
        raise PatternError(
            "the pattern could take very long: too many repeats without an end",
            "begin it with ^, and leave out .* at either end (it is looked for anywhere in the text)",
        )
    return Pattern(expression, int((_STEPS / ways.factor) ** (1 / degree)))


def _sequence(nodes: Sequence[Any]) -> _Ways:
    factor, degree = 1, 0
    for node in nodes:
        ways = _node(*node)
        factor, degree = factor * ways.factor, degree + ways.degree
        if factor > _MAX_FACTOR:
            raise PatternError("the pattern could take very long: too many ways to match", "write it more plainly")
    return _Ways(factor, degree)


def _node(kind: Any, argument: Any) -> _Ways:
    if kind in _BLIND:
        raise PatternError(f"the pattern {_BLIND[kind]}, which may take very long", "write it without, or use `not`")
    if kind is token.SUBPATTERN:
        return _sequence(list(argument[-1]))
    if kind is token.ATOMIC_GROUP:
        return _sequence(list(argument))
    if kind is token.BRANCH:
        return _branches([list(branch) for branch in argument[1]])
    if kind in {token.MAX_REPEAT, token.MIN_REPEAT, token.POSSESSIVE_REPEAT}:
        low, high, body = argument
        return _repeat(int(low), int(high), _sequence(list(body)))
    return _Ways()


def _branches(branches: list[list[Any]]) -> _Ways:
    found = [_sequence(branch) for branch in branches]
    degree = max(ways.degree for ways in found)
    firsts = [branch[0] if branch and branch[0][0] is token.LITERAL else None for branch in branches]
    if None not in firsts and len(set(firsts)) == len(firsts):
        return _Ways(max(ways.factor for ways in found), degree)
    return _Ways(sum(ways.factor for ways in found), degree)


def _repeat(low: int, high: int, body: _Ways) -> _Ways:
    if high < _ENDLESS:
        factor = min(sum(body.factor**count for count in range(low, high + 1)), _MAX_FACTOR + 1)
        return _Ways(factor, body.degree * high)
    if body.degree or body.factor > 1:
        raise PatternError("the pattern could take endless time: a repeat inside a repeat", "write it with one repeat")
    return _Ways(1, 1)
