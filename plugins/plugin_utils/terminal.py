# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a terminal would show of the bytes that a device sends: line ends, overwriting, backspaces, escape codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A line as long as this is no line of a terminal: its codes are dropped, not obeyed, so that memory stays bounded.
LONGEST_LINE = 1_000_000

_ACTIVE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TOKEN = re.compile(
    r"\x1b\[([0-9;?]*)[ -/]*([@-~])"  # a control sequence: parameters, function
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # an operating system command
    r"|\x1b[()*+#%][0-9A-Za-z]|\x1b[0-~]?"
    r"|([\x08\r])|[\x00-\x07\x0b-\x1f\x7f]"
    r"|([^\x00-\x08\x0b-\x1f\x7f]+)"
)
_CONTROLS = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_MARK = 0xF0000
_MARKED = re.compile("[\U000f0000-\U000fffff]+")


def render(raw: bytes) -> str:
    """The text that stands on the screen, with ``\\n`` line ends. Bytes that are not UTF-8 are read as Latin-1."""
    raw = raw.replace(b"\r\n", b"\n")
    text = _decode(raw)
    if len(raw.translate(None, _CONTROLS)) == len(raw):
        return text
    return "\n".join(_typeset(line) if _ACTIVE.search(line) else line for line in text.split("\n"))


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _NOT_UTF8.sub(lambda byte: chr(ord(byte[0]) - 0xDC00), raw.decode("utf-8", "surrogateescape"))


def mark(text: str) -> bytes:
    """``text`` as bytes that take the same room on the screen and that ``unmark`` tells from all other text."""
    return "".join(chr(_MARK + (ord(each) & 0xFFFF)) for each in text).encode()


def unmark(text: str) -> str:
    """A rendered text without what was marked and not overwritten since, and without lines that held nothing else."""
    if text.isascii() or not _MARKED.search(text):
        return text
    lines = ((line, _MARKED.sub("", line)) for line in text.split("\n"))
    return "\n".join(left for line, left in lines if left.strip() or left == line)


def without_codes(raw: bytes) -> str:
    """The characters that were sent, in that order, without anything that moves or erases."""
    return _TOKEN.sub(lambda token: token[4] or "", _decode(raw))


def characters(raw: bytes) -> Iterator[tuple[str, int]]:
    """The same, each with the index behind it in ``raw``; bytes beyond ASCII are read one by one."""
    for token in _TOKEN.finditer(raw.decode("latin-1")):
        yield from ((char, token.start() + place) for place, char in enumerate(token[4] or "", 1))


def _typeset(line: str) -> str:
    if len(line) > LONGEST_LINE:
        return _TOKEN.sub(lambda token: token[4] or "", line)
    paper = _Paper()
    for token in _TOKEN.finditer(line):
        parameters, function, control, text = token.groups()
        if text:
            paper.write(text)
        elif control:
            paper.move(0 if control == "\r" else paper.column - 1)
        elif function:
            paper.obey(function, parameters)
    return paper.text()


class _Paper:
    """One line of a terminal."""

    def __init__(self) -> None:
        self.column = 0
        self._cells: list[str] = []
        self._written = 0

    def write(self, text: str) -> None:
        missing = self.column - len(self._cells)
        if missing > 0:
            self._cells.extend(" " * missing)
        self._cells[self.column : self.column + len(text)] = text
        self.column += len(text)
        self._written = max(self._written, self.column)

    def move(self, column: int) -> None:
        self.column = max(column, 0)
        self._written = self.column

    def obey(self, function: str, parameters: str) -> None:
        numbers = [int(each) if each.isdigit() else 0 for each in parameters.lstrip("?").split(";")]
        if function in "CD":
            step = min(numbers[0] or 1, LONGEST_LINE)
            self.move(self.column + (step if function == "C" else -step))
        elif function in "GHf":
            self.move(min(numbers[-1], LONGEST_LINE) - 1 if function == "G" or len(numbers) > 1 else 0)
        elif function == "K" or (function == "J" and numbers[0] == 0):
            del self._cells[0 if numbers[0] == 2 else self.column :]  # noqa: PLR2004 - EL 2: the whole line
        elif function == "J":
            self._cells.clear()
            self.move(0)

    def text(self) -> str:
        """The line; blanks that only wiped out what stood there before do not belong to it."""
        rest = self._cells[self._written :]
        wiped = all(cell == " " for cell in rest)
        return "".join(self._cells[: self._written] if wiped else self._cells)
