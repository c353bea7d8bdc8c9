# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes secrets out of a configuration, by the rules of its platform, and leaves every line in its place.

In their place stand tokens that depend on the secret and on a key of the user's: the same secret gives the same token,
so a secret that was changed shows, and nobody without the key can try out what was behind it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .line_search import end_of_line, lines_with
from .platform import Platform, Section

MARKER = "<masked>"
# Hexadecimal digits of a token: enough to tell the secrets of a network apart.
_DIGITS = 8
_TOKEN = re.compile(rf"<masked(?::[0-9a-f]{{{_DIGITS}}})?>")

Token = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without secrets, and how many were taken out."""

    text: str
    count: int


def marker(_secret: str) -> str:
    """The token that is the same for every secret."""
    return MARKER


def keyed(key: str) -> Token:
    """Tokens as ``<masked:9f3a12bc>``: the first digits of HMAC-SHA-256 of the secret with the user's key."""
    start = hmac.new(key.encode(), digestmod="sha256")

    def token(secret: str) -> str:
        digest = start.copy()
        digest.update(secret.encode("utf-8", "surrogateescape"))
        return f"<masked:{digest.hexdigest()[:_DIGITS]}>"

    return token


def settled(platform: Platform, text: str) -> str:
    """The text with one and the same marker for every secret that the device encrypts anew on each reading."""
    return _without_renewed(platform, text, _Swap(marker))


def mask(platform: Platform, text: str, token: Token = marker) -> Masked:
    """Replace each secret by ``token(secret)``. Takes time linear in the text: the rules see few of its lines."""
    renewed, swap = _Swap(marker), _Swap(token)
    text = _without_renewed(platform, text, renewed)
    for block in platform.secrets.blocks:
        text = block.sub(swap, text)
    for section in platform.secrets.sections:
        text = _edit(text, _section_lines(text, section), section.rules, swap)
    if platform.secrets.rules:
        text = _edit(text, lines_with(text, platform.secrets.words), platform.secrets.rules, swap)
    return Masked(text, renewed.count + swap.count)


def _without_renewed(platform: Platform, text: str, swap: _Swap) -> str:
    for pattern in platform.secrets.renewed:
        text = pattern.sub(swap, text)
    return text


class _Swap:
    """A replacement for ``re.sub`` that changes the groups of a match, each of them a secret, and counts them."""

    def __init__(self, token: Token) -> None:
        self.token = token
        self.count = 0
        self.issued: set[str] = set()

    def __call__(self, match: re.Match[str]) -> str:
        whole, base, parts, at = match.group(), match.start(), [], 0
        for start, end in sorted(match.regs[1:]):
            secret = whole[start - base : end - base] if end > start else ""
            # What a device shows as asterisks is no secret any more.
            if secret.strip("* ") and secret not in self.issued and not _TOKEN.fullmatch(secret):
                token = self.token(secret)
                self.issued.add(token)
                self.count += 1
                parts += [whole[at : start - base], token]
                at = end - base
        return "".join([*parts, whole[at:]])


def _edit(text: str, spans: Iterator[tuple[int, int]], rules: re.Pattern[str], swap: _Swap) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], rules.sub(swap, text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _section_lines(text: str, section: Section) -> Iterator[tuple[int, int]]:
    """The lines under each heading, up to the line that ends the section."""
    for heading in section.heading.finditer(text):
        start = end_of_line(text, heading.start()) + 1
        while start < len(text):
            end = end_of_line(text, start)
            if section.end.match(text, start, end):
                break
            yield start, end
            start = end + 1
