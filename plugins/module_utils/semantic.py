# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What two versions of a configuration say differently: changes with the lines around them, not lines that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from .change_class import CHANGE_CLASSES, ChangeClass, class_of
from .order import settle_order
from .outline import Item, NoOutlineError, braced, indented, is_braced, lines_of, walk
from .outline_data import from_json, from_xml
from .platform import Platform

# So many comparisons of two lines take about a second.
MOST_WORK = 5_000_000

Pair: TypeAlias = "tuple[Item | None, Item | None]"


@dataclass(frozen=True, slots=True)
class Change:
    """Lines that went and came below the same lines around them.

    ``parents`` are those lines, the outermost first. ``lines`` begin with ``-`` (went), ``+`` (came) or
    a blank (it stayed, and tells the place where the order matters), then a blank, then two for each level below.
    """

    about: ChangeClass
    parents: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes, the gravest class first; or why the texts can only be compared line by line: ``plain``."""

    changes: tuple[Change, ...] = ()
    plain: str = ""


def compare(old: str, new: str, platform: Platform | None = None) -> Comparison:
    """What changed from ``old`` to ``new``. ``platform`` tells volatile lines and parts of free text."""
    try:
        found = _changes(outline(old, platform), outline(new, platform), ())
        changes = tuple(sorted(found, key=lambda change: CHANGE_CLASSES.index(change.about)))
        if not changes and _words(old, platform) != _words(new, platform):
            return Comparison(plain="its lines differ where its outline does not")
    except NoOutlineError as why:
        return Comparison(plain=str(why))
    return Comparison(changes)


def outline(text: str, platform: Platform | None = None) -> Item:
    """The outline of a configuration of any shape. Raises NoOutlineError."""
    lines = lines_of(text, platform)
    first = lines[0].text if lines else ""
    if first.startswith("<"):
        root = from_xml("\n".join(each for line in lines for each in (line.text, *line.body)))
    elif first[:1] in {"{", "["} and lines[-1].text[-1:] in {"}", "]"}:
        root = from_json("\n".join(line.text for line in lines))
    else:
        root = braced(lines) if is_braced(lines) else indented(lines)
    settle_order(root)
    walk(root, _seal)
    return root


def _seal(item: Item, path: tuple[str, ...]) -> None:  # noqa: ARG001 (``walk`` gives it)
    keys = [child.key for child in item.children]
    item.key = hash((item.text, tuple(keys if item.ordered else sorted(keys))))


def _words(text: str, platform: Platform | None) -> Counter[str]:
    """How often each line stands there that is more than a mark; nothing for XML and JSON, which need no lines."""
    lines = lines_of(text, platform)
    if lines and lines[0].text[0] in "<{[":
        return Counter()
    found = Counter(each.strip() for line in lines for each in (line.text, *line.body))
    return Counter({line: count for line, count in found.items() if any(map(str.isalnum, line))})


def _changes(old: Item, new: Item, parents: tuple[str, ...]) -> Iterator[Change]:
    """The changes below two items that stand for each other."""
    if old.key == new.key:
        return
    ordered = old.ordered or new.ordered
    pairs = list(_aligned(old.children, new.children) if ordered else _matched(old.children, new.children))
    yield from _told(parents, list(_hunks(pairs) if ordered else filter(_differ, pairs)), ordered=ordered)
    for before, after in pairs:
        if before and after:
            yield from _changes(before, after, parents if after.grouped else (*parents, after.text))


def _told(parents: tuple[str, ...], pairs: list[Pair], *, ordered: bool) -> Iterator[Change]:
    """One change for each class; what stands in an order stays together."""
    edits = [(class_of((*parents, text)), line) for pair in pairs for text, line in _edits(pair)]
    if ordered and edits:
        about = min((about for about, line in edits if line[0] != " "), key=CHANGE_CLASSES.index)
        edits = [(about, line) for __, line in edits]
    for about in dict.fromkeys(about for about, __ in edits):
        yield Change(about, parents, tuple(line for each, line in edits if each == about))


def _edits(pair: Pair) -> Iterator[tuple[str, str]]:
    """The lines of a pair as they are shown, each with the line that says what it is about."""
    before, after = pair
    item, mark = (before, "-" if after is None else " ") if before else (after, "+")
    if item is None:
        return
    for top in item.children if item.grouped else [item]:
        name = item.text[1:] if item.grouped else top.text
        yield name, f"{mark} {top.text}"
        if mark != " ":
            yield from ((name, f"{mark} {line}") for line in _below(top, 1))


def _below(item: Item, depth: int) -> Iterator[str]:
    for child in item.children:
        if not child.grouped:
            yield "  " * depth + child.text
        yield from _below(child, depth + (not child.grouped))


def _differ(pair: Pair) -> bool:
    return pair[0] is None or pair[1] is None


def _hunks(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The pairs that differ, and what stands before and after each: it tells the place."""
    for number, pair in enumerate(pairs):
        if any(_differ(near) for near in pairs[max(0, number - 1) : number + 2]):
            yield pair


def _aligned(old: list[Item], new: list[Item]) -> Iterator[Pair]:
    """Pairs in order: what does not stand in the same order in both went here and came there."""
    left, right = [item.text for item in old], [item.text for item in new]
    often = Counter(right)
    if sum(often[text] for text in left) > MOST_WORK:
        raise NoOutlineError("too many of its lines are the same")
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for __, start, end, first, last in matcher.get_opcodes():
        if left[start:end] == right[first:last]:
            yield from zip(old[start:end], new[first:last], strict=True)
        else:
            yield from ((item, None) for item in old[start:end])
            yield from ((None, item) for item in new[first:last])


def _matched(old: list[Item], new: list[Item]) -> list[Pair]:
    """Pairs wherever they stand; what has no partner comes where it stood among those that have one."""
    partner = _partners(old, new)
    taken = {id(item) for item in partner.values()}
    places: list[tuple[int, int, Pair]] = []
    passed = 0
    for item in old:
        passed += id(item) in taken
        if id(item) not in taken:
            places.append((passed, 0, (item, None)))
    passed = 0
    for item in new:
        passed += id(item) in partner
        places.append((passed, -1 if id(item) in partner else 1, (partner.get(id(item)), item)))
    return [pair for *__, pair in sorted(places, key=lambda place: place[:2])]


def _partners(old: list[Item], new: list[Item]) -> dict[int, Item]:
    """For the ``id`` of an item of ``new`` one of ``old`` with the same text: best one that says the same."""
    waiting: dict[str, list[Item]] = {}
    for item in old:
        waiting.setdefault(item.text, []).append(item)
    found: dict[int, Item] = {}
    for alike in (True, False):
        for item in new:
            rest = waiting.get(item.text, [])
            match = next((each for each in rest if not alike or each.key == item.key), None)
            if match is not None and id(item) not in found:
                rest.remove(match)
                found[id(item)] = match
    return found
