# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outline of a configuration in XML or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from .outline import DEEPEST, Item, NoOutlineError

# What tells elements and objects of a list apart, where they have it.
_NAMES = ("name", "id", "uuid", "tracker", "refid", "key", "descr")


def from_xml(text: str) -> Item:
    """The outline of an XML document; an element with nothing but text is one line. Raises NoOutlineError."""
    # The expansion of entities could fill the memory, and no configuration declares any.
    if "<!DOCTYPE" in text:
        raise NoOutlineError("its XML declares a type of document")
    reader = _Reader()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.words
    try:
        parser.Parse(text.encode("utf-8", "surrogateescape"), True)
    except ExpatError as fault:
        raise NoOutlineError("its XML is not whole") from fault
    return reader.root


def from_json(text: str) -> Item:
    """The outline of a JSON document: a list keeps its order, an object has none. Raises NoOutlineError."""
    root = Item("")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise NoOutlineError("its JSON cannot be read") from fault
    _fill(root, value, 1)
    return root


class _Reader:
    """What expat calls while it reads."""

    def __init__(self) -> None:
        self.root = Item("")
        self._open = [self.root]
        self._said = [""]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) > DEEPEST:
            raise NoOutlineError("it is nested too deep")
        given = "".join(f" {name}={json.dumps(value, ensure_ascii=False)}" for name, value in attributes.items())
        item = Item(f"<{tag}{given}>")
        self._open[-1].children.append(item)
        self._open.append(item)
        self._said.append("")

    def words(self, text: str) -> None:
        self._said[-1] += text

    def end(self, tag: str) -> None:
        item, said = self._open.pop(), self._said.pop().strip()
        if not item.children:
            item.text += f"{said}</{tag}>"
            return
        if said:
            item.children.append(Item(said))
        names = {each.text.partition(">")[0][1:]: each.text for each in item.children if not each.children}
        if "=" not in item.text:
            item.text += next((f" {names[name]}" for name in _NAMES if name in names), "")


def _fill(parent: Item, value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise NoOutlineError("it is nested too deep")
    if isinstance(value, dict):
        for name, each in value.items():
            _fill_one(parent, f"{json.dumps(name, ensure_ascii=False)}:", each, depth)
    elif isinstance(value, list):
        parent.ordered = True
        for each in value:
            name = next((each[name] for name in _NAMES if name in each), None) if isinstance(each, dict) else None
            _fill_one(parent, "-" if name is None else f"- {json.dumps(name, ensure_ascii=False)}", each, depth)
    else:
        parent.children.append(Item(json.dumps(value, ensure_ascii=False)))


def _fill_one(parent: Item, label: str, value: Any, depth: int) -> None:
    if isinstance(value, dict | list) and value:
        parent.children.append(Item(label))
        _fill(parent.children[-1], value, depth + 1)
    else:
        parent.children.append(Item(f"{label} {json.dumps(value, ensure_ascii=False)}"))
