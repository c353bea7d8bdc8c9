# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes off what a device sends back of the command that was typed, however it breaks or redraws it."""

from __future__ import annotations

from .terminal import characters, render, unmark

# The echo stands within that many bytes.
HEAD = 4096


def squeeze(text: str) -> str:
    """``text`` without any blank or line end."""
    return "".join(text.split())


def without_echo(raw: bytes, command: str, prompt: str) -> str:
    """The rendered text of ``raw`` behind the echo of ``command``, or all of it where there is none.

    The echo may be broken into lines anywhere, and an old prompt may stand before it.
    """
    text = unmark(render(raw))
    wanted = squeeze(command)
    starts = _starts(text, prompt)
    for start in starts:
        end = _match(text, start, wanted)
        if end is not None:
            return _behind(text, start, end, command)
    for start in starts:
        line, found, rest = text[start:].partition("\n")
        if found and _stands_for(line, command):
            return rest
    # A terminal that breaks a long line by overwriting leaves only bits of it to be seen.
    line_end = _typed(raw, wanted, prompt)
    return text if line_end is None else unmark(render(raw[line_end:]))


def _typed(raw: bytes, wanted: str, prompt: str) -> int | None:
    """Where the line behind the echo starts, by the characters in the order in which they were sent."""
    sent = [(char, end) for char, end in characters(raw[:HEAD]) if not char.isspace()]
    shown = "".join(char for char, _end in sent)
    at = shown.find(wanted)
    # Else it is a text that names the command.
    if at < 0 or (at and not (prompt and shown[:at].endswith(squeeze(prompt)))):
        return None
    end = sent[at + len(wanted) - 1][1]
    line_end = raw.find(b"\n", end)
    return None if line_end < 0 or render(raw[end:line_end]).strip() else line_end + 1


def _stands_for(line: str, command: str) -> bool:
    """Whether a line is the command in other words: cut at the end, abbreviated, or completed by the device."""
    pairs = list(zip(line.split(), command.split(), strict=False))
    alike = all(one.startswith(other) or other.startswith(one) for one, other in pairs)
    return alike and 1 < len(pairs) == len(line.split())


def _match(text: str, start: int, wanted: str) -> int | None:
    """Where ``wanted`` ends in ``text``, blanks left out, if it begins at ``start``."""
    found, position = 0, start
    while found < len(wanted):
        if position >= len(text):
            return None
        if text[position] == wanted[found]:
            found += 1
        elif not text[position].isspace():
            return None
        position += 1
    return position


def _behind(text: str, start: int, end: int, command: str) -> str:
    """The text from the next line on, or from ``end`` where more stands on the line of the echo than another echo."""
    more, found, rest = text[end:].partition("\n")
    echo = not more.strip() or _stands_for(more, command) or _stands_for(text[start:end] + more, command)
    return rest if found and echo else text[end:]


def _starts(text: str, prompt: str) -> list[int]:
    """Where an echo may begin: at the first character that is no blank, or behind the prompts that stand there."""
    start = _skip_blanks(text, 0)
    starts = [start]
    while prompt and text.startswith(prompt, start):
        start = _skip_blanks(text, start + len(prompt))
        starts.append(start)
    return starts


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
