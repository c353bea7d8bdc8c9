# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The leak gate: looks over a masked text for secrets that masking left, by rules that know nothing of platforms.

What is found is told by its rule and its line, never by its value.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from .line_search import lines_with
from .mask import MARKER

Rule = Literal["crypt-hash", "type-7", "private-key", "snmp-community", "entropy", "credential"]

_HASH = re.compile(r"\$(?:1|2[abxy]|5|6|7|8|9|14|y|gy|apr1|sha\d+)\$[./0-9A-Za-z$+=-]{8,}")
# Vigenère as Cisco does it: an offset of 0 to 53, then pairs of hexadecimal digits.
_TYPE_7 = re.compile(r" 7 \"?(?:[0-4]\d|5[0-3])(?:[0-9A-Fa-f]{2}){3,}(?![\w])")
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?:(?!-----)[\s\S]){0,400}?[0-9A-Za-z+/=]{32,}")
_COMMUNITY = re.compile(r"\bcommunity(?P<value>[ =\"'][^\n]{1,200})")
# Words of the grammar that stand where a community could.
_NO_COMMUNITY = re.compile(
    r"(?:ro|rw|view|group|public|private|read(?:-only|-write)?|write|trap|map|access\w*|add|remove|delete|create|set"
    r"|(?:[\w-]+-)?(?:name|index|string|list)|version|mode|status|enable|disable|ipaddr|[\d.:/]+|encrypted|clear|cipher|simple|context|v1|v2c"
    r"|v?\dc?|all|any|\*+|[\w-]+:)\Z",
    re.IGNORECASE,
)
_SPOTS = ("pass", "secret", "psk", "key", "Pass", "Secret", "PASS", "SECRET", "Key")
_POSITION = re.compile(
    r"(?i:passw(?:or)?d|passphrase|secret|psk|pass|(?:shared|auth\w*|api|priv|md5|wep)-key|key-string)"
    r"(?:[ =:]+|\" ?)(?P<value>[^\n]{6,200})"
)
_SPOT = re.compile(r"(?i:pass|secret|key|string|community|md5)")
_WORDS = re.compile(r"[^\s\"';,<>={}\[\]()]+")
# Words in a secret position that are looked at: a value, or a keyword or two and then the value.
_LOOK = 4
_SHORTEST = 12
_BITS = 3.2
# Addresses, paths, names with dots, times, and words of a grammar are no secrets however they mix.
_PLAIN = re.compile(
    r"[\d./:-]+|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:./]*|\w+:/.*|[a-z]+(?:[-_./:][a-z0-9]+)*|[A-Z]+(?:[-_][A-Z0-9]+)*|[\w-]+(?:\.[\w-]+)+|/.*|[^/]*://.*"
    r"|(?:ssh|ecdsa|sk)-[\w@.-]+|AAAA[0-9A-Za-z+/=]+|[A-Za-z]+[\d/.:]*|(?:[\w]+[-_.])+[\w]+"
)
_FEW = 64
_LONG = 8


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret that is left: which rule found it, on which line (the first is 1)."""

    rule: Rule
    line: int


class Credentials:
    """The passwords of a run. What is no more than a word counts only where a secret can stand.

    Nothing of it is ever shown.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = {value for value in values if value}
        self._strong = frozenset(value for value in known if len(value) >= _LONG and not value.isalpha())
        self._weak = known - self._strong

    def __repr__(self) -> str:
        return "Credentials()"

    def found(self, text: str) -> int | None:
        """Where one of them stands, as an index into the text."""
        suspects: Iterable[str] = self._strong
        if len(self._strong) > _FEW:
            words = set(_WORDS.findall(text))
            suspects = [value for value in self._strong if value in words or not _WORDS.fullmatch(value)]
        return next((at for value in suspects if (at := text.find(value)) >= 0), None)

    def removed_from(self, text: str, *, weak: bool = False) -> str:
        """``text`` with a mark in the place of each; of those that are no more than a word only with ``weak``."""
        for value in sorted(self._strong, key=len, reverse=True):
            text = text.replace(value, MARKER)
        for value in self._weak if weak else ():
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MARKER, text)
        return text

    def weak(self, word: str) -> bool:
        """Whether a word in a secret position is one of them."""
        return word in self._weak


def leak(text: str, credentials: Credentials) -> Leak | None:
    """The first secret that a masked text still holds, or None. Takes time linear in the text."""
    for rule, find in _RULES.items():
        at = find(text)
        if at is not None:
            return Leak(rule, text.count("\n", 0, at) + 1)
    at = credentials.found(text)
    if at is not None:
        return Leak("credential", text.count("\n", 0, at) + 1)
    return _in_position(text, credentials)


def _hash(text: str) -> int | None:
    match = _HASH.search(text) if "$" in text else None
    return match.start() if match else None


def _type_7(text: str) -> int | None:
    return next(
        (start for start, line in _lines_with(text, (" 7 ",)) if _SPOT.search(line) and _TYPE_7.search(line)), None
    )


def _key_block(text: str) -> int | None:
    match = _KEY_BLOCK.search(text) if "PRIVATE KEY" in text else None
    return match.start() if match else None


def _community(text: str) -> int | None:
    for start, line in _lines_with(text, ("community",)):
        value = _COMMUNITY.search(line)
        if value and "snmp" in line.lower() and _names_community(value["value"]):
            return start
    return None


def _names_community(words: str) -> bool:
    """Whether the first word that is none of the grammar is a community that was not masked."""
    found = (word.group() for word in _WORDS.finditer(words))
    first = next((word for word in found if not _NO_COMMUNITY.match(word)), None)
    return first is not None and not first.startswith("masked")


_RULES: Mapping[Rule, Callable[[str], int | None]] = {
    "crypt-hash": _hash,
    "type-7": _type_7,
    "private-key": _key_block,
    "snmp-community": _community,
}


def _in_position(text: str, credentials: Credentials) -> Leak | None:
    """A word where secrets stand that is a credential, or looks like chance made it."""
    for start, line in _lines_with(text, _SPOTS):
        for word in _words_in_position(line):
            rule: Rule | None = "credential" if credentials.weak(word) else "entropy" if random_looking(word) else None
            if rule:
                return Leak(rule, text.count("\n", 0, start) + 1)
    return None


def _words_in_position(line: str) -> Iterator[str]:
    for match in _POSITION.finditer(line):
        words = _WORDS.finditer(match["value"])
        yield from (word.group() for word in islice(words, _LOOK))


def _lines_with(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The lines that hold one of the words, in order, with where they start."""
    return ((start, text[start:end]) for start, end in lines_with(text, words))


def random_looking(word: str) -> bool:
    """Whether a word is long, of mixed characters and of high entropy, and no address, path or name."""
    if len(word) < _SHORTEST or word.startswith("masked") or _PLAIN.fullmatch(word):
        return False
    if not (any(map(str.isdigit, word)) and any(map(str.isalpha, word))):
        return False
    counts = Counter(word).values()
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts) >= _BITS
