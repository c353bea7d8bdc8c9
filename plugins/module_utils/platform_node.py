# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A strict reader of one mapping in a platform file: every key is asked for once, and no other may be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from .errors import NetcellarError

T = TypeVar("T", bound=str)
_MISSING: Any = object()
# Words that say how the secret behind them is written.
_HOW = "(?:(?:irreversible-)?cipher|ciphertext|simple|plain|plaintext|clear|clear-?text|hash|hashed|encrypt|encrypted)"
_VALUES = {
    "{secret}": rf'(?:{_HOW} (?=\S))?(?:"((?:[^"\\]|\\.)+)"|(\S+))',
    "{leaf}": r'(?:"((?:[^"\\]|\\.)+)"|([^\s";{}\[\]]+))',
    "{rest}": r"(\S|\S.*\S)\s*$",
    "{type}": r"(?:(?:\d{1,2}a?|md5|sha-?\d{1,3}|hash|encrypted|clear(?:text)?|hex|ascii|text) (?=\S))?",
    "(?P<secret>": "(",
}


@dataclass
class Node:
    """A mapping with the place it stands at (``cisco_ios.yml: artifacts.running``). Faults are NetcellarErrors."""

    values: dict[str, Any]
    where: str
    path: str = ""
    asked: set[str] = field(default_factory=set)

    @classmethod
    def root(cls, raw: object, where: str) -> Node:
        """The whole file, which must be a mapping with text keys."""
        return cls(_mapping(raw, where, ""), where)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def error(self, key: str, message: str) -> NetcellarError:
        """A fault of one key."""
        return NetcellarError(f"{self.where}: {self._at(key)}: {message}", error="unsupported")

    def done(self) -> None:
        """Raise when the mapping holds a key that nobody asked for."""
        unknown = sorted(set(self.values) - self.asked)
        if unknown:
            raise self.error(unknown[0], f"unknown key (known are: {', '.join(sorted(self.asked))})")

    def child(self, key: str) -> Node:
        """The mapping under a key, which must be there."""
        at = self._at(key)
        return Node(_mapping(self._value(key, _MISSING), self.where, at), self.where, at)

    def children(self, key: str) -> Iterator[Node]:
        """The mappings in the list under a key; none where the key is missing."""
        raw = self._value(key, [])
        if not isinstance(raw, list):
            raise self.error(key, f"must be a list, not {_kind(raw)}")
        for index, item in enumerate(raw):
            at = f"{self._at(key)}[{index}]"
            yield Node(_mapping(item, self.where, at), self.where, at)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        return self._text(key, self._value(key, _MISSING))

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        raw = self._value(key, _MISSING if required else [])
        if not isinstance(raw, list):
            raise self.error(key, f"must be a list, not {_kind(raw)}")
        if required and not raw:
            raise self.error(key, "must not be empty")
        return tuple(self._text(key, item) for item in raw)

    def texts_or_nodes(self, key: str) -> tuple[str | Node, ...]:
        """A list that must not be empty, of texts and mappings."""
        raw = self._value(key, _MISSING)
        if not isinstance(raw, list) or not raw:
            raise self.error(key, f"must be a list that is not empty, not {_kind(raw)}")
        at = self._at(key)
        return tuple(
            Node(_mapping(item, self.where, f"{at}[{index}]"), self.where, f"{at}[{index}]")
            if isinstance(item, dict)
            else self._text(key, item)
            for index, item in enumerate(raw)
        )

    def flag(self, key: str) -> bool:
        """True or false; false where the key is missing."""
        raw = self._value(key, False)
        if not isinstance(raw, bool):
            raise self.error(key, f"must be true or false, not {_kind(raw)}")
        return raw

    def choice(self, key: str, allowed: Sequence[T], *, default: T) -> T:
        """One of a closed list of words."""
        return self._one_of(key, self._value(key, default), allowed)

    def choices(self, key: str, allowed: Sequence[T]) -> tuple[T, ...]:
        """A list of words of a closed list."""
        return tuple(self._one_of(key, item, allowed) for item in self.texts(key))

    @overload
    def pattern(self, key: str) -> re.Pattern[str]: ...

    @overload
    def pattern(self, key: str, *, default: None) -> re.Pattern[str] | None: ...

    def pattern(self, key: str, *, default: Any = _MISSING) -> re.Pattern[str] | None:
        """One regular expression."""
        raw = self._value(key, default)
        return None if raw is None else self._compile(key, self._text(key, raw))

    def patterns(self, key: str, *, group: str) -> tuple[re.Pattern[str], ...]:
        """A list of regular expressions, each with the named group."""
        found = tuple(self._compile(key, item) for item in self.texts(key))
        for pattern in found:
            if group not in pattern.groupindex:
                raise self.error(key, f"{pattern.pattern!r} has no group (?P<{group}>…)")
        return found

    @overload
    def lines(self, key: str) -> re.Pattern[str] | None: ...

    @overload
    def lines(self, key: str, *, required: bool) -> re.Pattern[str]: ...

    def lines(self, key: str, *, required: bool = False) -> re.Pattern[str] | None:
        """A list of expressions for the start of a line, as one alternation; None where the key is missing."""
        items = self.texts(key, required=required)
        for item in items:
            self._compile(key, item)
        return re.compile(f"^(?:{'|'.join(f'(?:{item})' for item in items)})", re.MULTILINE) if items else None

    def rules(self, key: str, *, required: bool = False) -> list[str]:
        """A list of expressions whose only groups are secrets, ready to be joined into one alternation.

        ``{secret}`` in an expression stands for one word or a quoted text (a word such as ``cipher`` may stand
        before it), ``{leaf}`` for the same where ``;`` and
        brackets end a word, ``{rest}`` for the rest of the line, and ``{type}`` for the word that may say how the
        secret after it is encrypted.
        """
        found = []
        for item in self.texts(key, required=required):
            plain = item
            for name, expression in _VALUES.items():
                plain = plain.replace(name, expression)
            if not self._compile(key, plain).groups:
                raise self.error(key, f"{item!r} must say what is secret: {{secret}}, {{rest}} or (?P<secret>…)")
            found.append(plain)
        return found

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _value(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        value = self.values.get(key, default)
        if value is _MISSING:
            raise self.error(key, "is missing")
        return value

    def _text(self, key: str, raw: object) -> str:
        if not isinstance(raw, str) or not raw:
            raise self.error(key, f"must be a text that is not empty, not {_kind(raw)}")
        return raw

    def _one_of(self, key: str, raw: object, allowed: Sequence[T]) -> T:
        for word in allowed:
            if raw == word:
                return word
        raise self.error(key, f"must be one of {', '.join(allowed)}, not {raw!r}")

    def _compile(self, key: str, raw: str) -> re.Pattern[str]:
        try:
            return re.compile(raw, re.MULTILINE)
        except re.error as fault:
            raise self.error(key, f"{raw!r} is no regular expression ({fault})") from fault


def _mapping(raw: object, where: str, at: str) -> dict[str, Any]:
    place = f"{where}: {at}" if at else where
    if not isinstance(raw, dict):
        raise NetcellarError(f"{place}: must be a mapping, not {_kind(raw)}", error="unsupported")
    for key in raw:
        if not isinstance(key, str):
            raise NetcellarError(f"{place}: the key {key!r} must be a text", error="unsupported")
    return raw


def _kind(raw: object) -> str:
    return "nothing" if raw is None else type(raw).__name__
