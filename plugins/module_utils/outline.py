# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A configuration as an outline: each line with the lines that belong to it, whatever shape the device gives its text.

A line belongs to the one above it that is less indented, to the brace that is open, or to the XML or JSON around it.
What has none of these shapes, or one that does not close, has no outline: guessing would hide changes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from .platform import Platform, Verbatim
from .verbatim import end_of

DEEPEST = 60

# Free text of any platform: certificates and keys, and a quoted text that goes on in further lines.
_FREE = (
    Verbatim(re.compile(r"^.*-----BEGIN [A-Z0-9 ]+-----$", re.MULTILINE), re.compile(r"^.*-----END .*$", re.MULTILINE)),
    Verbatim(
        re.compile(r'^ *set [\w-]+ "(?:[^"\\\n]|\\.)*$', re.MULTILINE),
        re.compile(r'^(?:[^"\\\n]|\\.)*".*$', re.MULTILINE),
    ),
)
# They only separate or close: what they close is known by its indentation.
_CLOSER = re.compile(
    r"(?:exit(?: all)?|end|next|quit|return|root|exit-[\w-]+|end-(?:policy|set|policy-map|class-map)|[!#])"
)
_HEADING = re.compile(r"/[a-z]|\[[^\[\]]+\]$")
# Lines that stand on their own, wherever they stand.
_WHOLE_LINES = re.compile(r"(?:set|add|bind|config|configure|create|delete|disable|enable|link|unset|no) \S")


class NoOutlineError(ValueError):
    """Why a text has no outline that could be relied on, as the end of a sentence."""


@dataclass(slots=True, eq=False)
class Item:
    """A line without its indentation, and the lines that belong to it.

    ``ordered``: the order of ``children`` means something. ``grouped``: no line of the text, but what gathers lines
    whose order among each other means something. ``key`` is the same for two items that say the same.
    """

    text: str
    children: list[Item] = field(default_factory=list)
    ordered: bool = False
    grouped: bool = False
    key: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something, how far it is indented, and the free text that goes with it."""

    text: str
    indent: int
    body: tuple[str, ...] = ()

    def item(self) -> Item:
        """The line as an item whose children are its free text."""
        return Item(self.text, [Item(each) for each in self.body], ordered=bool(self.body))


def lines_of(text: str, platform: Platform | None) -> list[Line]:
    """The lines that say something: no blank ones, none that are volatile, free text with the line that begins it.

    Raises NoOutlineError where free text does not end.
    """
    texts = text.split("\n")
    spans = _spans(text, (*(platform.verbatim if platform else ()), *_FREE))
    found, number = [], 0
    while number < len(texts):
        last = spans.get(number, number)
        words = texts[number].strip()
        if words and not (platform and platform.volatile and platform.volatile.match(texts[number])):
            wide = texts[number].expandtabs()
            found.append(Line(words, len(wide) - len(wide.lstrip()), tuple(texts[number + 1 : last + 1])))
        number = last + 1
    return found


def indented(lines: list[Line]) -> Item:
    """The outline of lines that are indented, or stand below headings, or each for itself. Raises NoOutlineError."""
    root = Item("")
    path: list[tuple[float, Item]] = [(-1, root)]
    before = 0
    for line in lines:
        if line.text in {"exit", "quit"} and line.indent == before == 0:
            raise NoOutlineError("its blocks are not indented")
        before = line.indent
        heading = line.indent == 0 and not line.body and _HEADING.match(line.text)
        while path[-1][0] >= (-0.5 if heading else line.indent):
            path.pop()
        if _CLOSER.fullmatch(line.text):
            continue
        _add(path[-1][1], line.item(), len(path))
        # What follows a heading without being indented belongs to it.
        path.append((-0.5 if heading else line.indent, path[-1][1].children[-1]))
    # Nothing shows whether a line changes what those after it mean.
    flat = not any(item.children for item in root.children)
    root.ordered = flat and not all(_WHOLE_LINES.match(item.text) for item in root.children)
    return root


def braced(lines: list[Line]) -> Item:
    """The outline of lines that braces enclose. Raises NoOutlineError where they do not balance."""
    path = [Item("")]
    for line in lines:
        if line.text.startswith("}"):
            if len(path) == 1:
                raise NoOutlineError("a brace closes that was never opened")
            path.pop()
            rest = line.text.lstrip("};, ")
            if not rest:
                continue
        _add(path[-1], line.item(), len(path))
        if line.text.endswith("{"):
            path.append(path[-1].children[-1])
    if len(path) > 1:
        raise NoOutlineError("a brace is not closed")
    return path[0]


def is_braced(lines: list[Line]) -> bool:
    """Whether braces give the text its shape; a few of them may stand in any text."""
    opened = sum(line.text.endswith("{") for line in lines)
    return opened > 0 and opened * 20 >= len(lines)


def walk(root: Item, see: Callable[[Item, tuple[str, ...]], None], path: tuple[str, ...] = ()) -> None:
    """Call ``see`` with each item, the innermost first, and with the texts of the items around it."""
    here = path if root.grouped or not root.text else (*path, root.text)
    for child in root.children:
        walk(child, see, here)
    see(root, path)


def _add(parent: Item, item: Item, depth: int) -> None:
    if depth > DEEPEST:
        raise NoOutlineError("it is nested too deep")
    parent.children.append(item)


def _spans(text: str, parts: tuple[Verbatim, ...]) -> dict[int, int]:
    """The number of the first line of each free text → that of its last line."""
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
    spans: dict[int, int] = {}
    covered = -1
    for first, last in sorted(_found(text, parts)):
        begin, end = bisect_right(starts, first) - 1, bisect_right(starts, max(first, last - 1)) - 1
        if begin > covered:
            spans[begin] = covered = end
    return spans


def _found(text: str, parts: tuple[Verbatim, ...]) -> Iterator[tuple[int, int]]:
    for part in parts:
        at = 0
        while begin := part.begin.search(text, at):
            end = end_of(part, begin, text)
            if end is None:
                raise NoOutlineError("a free text in it does not end")
            yield begin.start(), end
            at = max(end, begin.end(), at + 1)
