"""Strict reading of one mapping of a file: every unknown key, wrong type and missing value becomes a ``Fault``."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .errors import Fault
from .located import Located

NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
LONGEST_NAME = 64
TEMPLATE_MARKS = ("{{", "{%", "{#")


def near_miss(word: str, known: Iterable[str]) -> str:
    """The words that ``word`` may have been meant for, as the end of a remedy."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=2, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(f"`{name}`" for name in close) + "?"
    return ("known here: " + ", ".join(names)) if names else "there is none yet"


def usable(name: str) -> bool:
    """Whether a name can be part of a path and a word of a command."""
    return 0 < len(name) <= LONGEST_NAME and set(name) <= NAME and name[0] not in ".-"


class Section:
    """A mapping of the file while it is read. Faults are collected in ``faults``; a faulty value reads as None."""

    def __init__(self, file: Path, key: str, node: Located, faults: list[Fault]) -> None:
        self.file = file
        self.key = key
        self.node = node
        self.faults = faults
        self.values: dict[str, Located] = {}
        self.sound = isinstance(node.value, dict) or (node.value is None and bool(key))
        if isinstance(node.value, dict):
            self.values = node.value
        elif not self.sound:
            self.fault("", f"must be a mapping, and is {node.kind}", "write `key: value` lines below it")

    def fault(self, name: str, message: str, remedy: str = "", *, line: int | None = None) -> None:
        """Note a mistake at ``name`` (or at the section itself when empty)."""
        here = self.values.get(name, self.node).line if line is None else line
        key = ".".join(part for part in (self.key, name) if part)
        self.faults.append(Fault(self.file, here, key, message, remedy))

    def only(self, known: Iterable[str]) -> None:
        """Refuse every key that is not known."""
        names = list(known)
        for name in self.values:
            if name not in names:
                self.fault(name, "unknown key", near_miss(name, names))

    def has(self, name: str) -> bool:
        """Whether the key is there with a value."""
        return name in self.values and self.values[name].value is not None

    def section(self, name: str) -> Section:
        """The mapping below ``name``; empty where there is none."""
        node = self.values.get(name, Located(None, self.node.line))
        return Section(self.file, ".".join(part for part in (self.key, name) if part), node, self.faults)

    def sections(self) -> Iterator[tuple[str, Section]]:
        """Every named mapping below this one, for tables such as ``jobs``."""
        for name in self.names():
            if self.values[name].value is None:
                self.fault(name, "is empty", "write its keys below it, or remove it")
            else:
                yield name, self.section(name)

    def names(self) -> list[str]:
        """The keys that can name something; a fault for each of the others."""
        for name in self.values:
            if not usable(name):
                remedy = (
                    f"at most {LONGEST_NAME} letters, digits, dots, dashes and underscores; a letter or digit first"
                )
                self.fault(name, "not a usable name", remedy)
        return [name for name in self.values if usable(name)]

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A text that is not empty and no template."""
        if not self.has(name):
            if required:
                self.missing(name)
            return None
        return self.as_text(name, self.values[name])

    def missing(self, name: str) -> None:
        """Note that a key is not there that must be."""
        self.fault(name, "is missing", f"add `{name}: …` to `{self.key}`" if self.key else f"add `{name}: …`")

    def as_text(self, name: str, node: Located) -> str | None:
        """A node that must be a text; extra variables are templates to Ansible, so template marks are refused."""
        if not isinstance(node.value, str) or not node.value.strip():
            found = "empty" if isinstance(node.value, str) else node.kind
            self.fault(name, f"must be a text, and is {found}", "put the value in quotes", line=node.line)
            return None
        if any(mark in node.value for mark in TEMPLATE_MARKS):
            remedy = "write the value itself: Netcellar evaluates no templates in the project file"
            self.fault(name, "holds a template mark ({{, {% or {#)", remedy, line=node.line)
            return None
        if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in node.value):
            self.fault(name, "holds a control character", "write it without", line=node.line)
            return None
        return node.value

    def place(self, name: str, text: str) -> Path:
        """A path as the file says it: from the file's folder on, ``~`` being a home."""
        try:
            return self.file.parent / Path(text).expanduser()
        except RuntimeError:
            self.fault(name, f"`{text}` begins with a user who has no home here", "write the whole path")
            return self.file.parent

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """A text out of a closed list. YAML reads a bare ``off`` as false; it is meant as the word."""
        if name in self.values and self.values[name].value is False and "off" in choices:
            return "off"
        value = self.text(name)
        if value is not None and value not in choices:
            self.fault(name, f"`{value}` is not one of {', '.join(choices)}", near_miss(value, choices))
            return None
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        if not self.has(name):
            return default
        value = self.values[name].value
        if not isinstance(value, bool):
            self.fault(name, f"must be true or false, and is {self.values[name].kind}", "write true or false")
            return default
        return value

    def number(self, name: str, low: int, high: int) -> int | None:
        """A whole number within limits."""
        if not self.has(name):
            return None
        value = self.values[name].value
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, f"must be a whole number, and is {self.values[name].kind}", f"between {low} and {high}")
            return None
        if not low <= value <= high:
            self.fault(name, f"{value} is out of range", f"choose between {low} and {high}")
            return None
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts."""
        if not self.has(name):
            return None
        node = self.values[name]
        if not isinstance(node.value, list):
            self.fault(name, f"must be a list, and is {node.kind}", f"write `{name}: [first, second]`")
            return None
        values = [self.as_text(name, item) for item in node.value]
        return tuple(value for value in values if value is not None)

    def known(self, name: str, value: str | None, table: Iterable[str], what: str) -> bool:
        """Whether a reference names something that exists; a fault otherwise."""
        names = list(table)
        if value is None or value in names:
            return value is not None
        self.fault(name, f"there is no {what} `{value}`", near_miss(value, names))
        return False

    def url(self, name: str, *, required: bool = False) -> str | None:
        """An http or https address without a password in it."""
        value = self.text(name, required=required)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            bad = parts.scheme not in {"http", "https"} or not parts.hostname or (parts.port or 1) < 1
        except ValueError:
            self.fault(name, "is not a URL", "write it like https://nautobot.example.com")
            return None
        if bad:
            self.fault(name, f"`{parts.scheme or value}` does not begin an http or https URL", "write https://host")
            return None
        if parts.username or parts.password:
            self.fault(name, "holds a user or password", "take it out: secrets are given by reference only")
            return None
        return value
