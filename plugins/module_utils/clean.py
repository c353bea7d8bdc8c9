# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what a device sent to the text that is kept: faithful for the reader, and comparable for the machine."""

from __future__ import annotations

import hashlib
import re

from .layout import laid_out
from .mask import settled
from .platform import Platform

_LINE_END = re.compile(r"\r+\n|\n\r+")


def decode(data: bytes) -> str:
    """The text of a whole answer: UTF-8, or else Latin-1 (devices that know no UTF-8 send single bytes).

    Decode whole answers, not pieces: a piece may end inside a character. What is stored is UTF-8 again.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def unix_lines(text: str) -> str:
    """The text with ``\\n`` as the only line end. A carriage return inside a line stays, for the judge to see."""
    text = text.replace("\r\n", "\n")
    return _LINE_END.sub("\n", text).strip("\r") if "\r" in text else text


def clean(platform: Platform, text: str) -> str:
    """The configuration alone, its lines in order, with one line end after the last.

    Dropped: the platform's ``dropped`` lines; its noise lines and blank lines before the first line of the
    configuration (a banner further down may hold the same words), blanks at line ends, blank lines at the end.
    Terminal wraps are joined, and what has a ``layout`` is laid out.
    """
    text = unix_lines(text)
    if platform.wrap:
        text = platform.wrap.sub("", text)
    if platform.layout == "json":
        text = laid_out(text, platform.dropped_keys)
    lines = text[_head(platform, text) :].split("\n")
    if platform.dropped:
        lines = [line for line in lines if not platform.dropped.match(line)]
    return "\n".join(map(str.rstrip, lines)).rstrip() + "\n"


def _head(platform: Platform, text: str) -> int:
    """Where the first line of the configuration starts."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        line = text[start:] if end < 0 else text[start:end]
        if line.strip() and not (platform.noise and platform.noise.match(line)):
            break
        start = len(text) if end < 0 else end + 1
    return start


def same_as(platform: Platform, text: str) -> str:
    """A SHA-256 in hex that two texts share when they differ in volatile and blank lines only.

    Nor does it matter what a device encrypts anew on each reading.
    """
    text = settled(platform, text)
    kept = (
        line for line in text.split("\n") if line.strip() and not (platform.volatile and platform.volatile.match(line))
    )
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()
