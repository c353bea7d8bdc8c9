"""Ways to spoil a good session. Each gives what the judge hears, or None where it does not apply to the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from ansible_collections.netcellar.backup.plugins.module_utils.clean import decode
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Transcript

from .bases import Base, foreign_to

Spoil = Callable[[Base, Random], Transcript | None]
PAGERS = (
    "--More--",
    "<--- More --->",
    "---(more)---",
    "---(more 45%)---",
    "lines 1-23",
    "-- MORE --, next page: Space, next line: Enter, quit: Control-C",
    "Press any key to continue (Q to quit)",
    "--- more ---",
    "--More or (q)uit--",
    "---- More ----",
    "Press <SPACE> to continue or <Q> to quit:",
    "More: <space>,  Quit: q or CTRL+Z, One line: <return>",
)


def cut(base: Base, chance: Random) -> Transcript:
    """The line drops after any byte."""
    data = base.text.encode("utf-8", "surrogateescape")
    return base.heard(decode(data[: chance.randrange(len(data) + 1)]), complete=False)


def disconnect(base: Base, chance: Random) -> Transcript:
    """The line drops before the first command, or when all is sent but the prompt."""
    whole = base.heard(base.text, complete=False)
    return whole if chance.random() < 0.5 else Transcript(base.transcript.prompt, base.transcript.hostname, ())


def error(base: Base, chance: Random) -> Transcript | None:
    """The device says an error between two lines, or instead of them all."""
    if chance.random() < 0.1:
        return base.heard(_crlf(base.error.split("\n")))
    return _between(base, chance, base.error)


def pager(base: Base, chance: Random) -> Transcript | None:
    """The pager's words are left between two lines."""
    shown = [text for text in PAGERS if base.platform.pager and base.platform.pager.search(text)]
    return _between(base, chance, chance.choice(shown)) if shown else None


def _between(base: Base, chance: Random, words: str) -> Transcript | None:
    """Words between two lines; None where those are a banner's, which may hold anything."""
    lines = base.lines
    at = chance.randrange(1, len(lines)) if len(lines) > 1 else 0
    spoiled = [*lines[:at], *words.split("\n"), *lines[at:]]
    return base.heard(_crlf(spoiled)) if base.free_at(at) else None


def no_end(base: Base, chance: Random) -> Transcript | None:
    """The prompt comes back, and the end of the text is missing."""
    lines = base.lines
    if not base.end_is_unique or len(lines) < 2:
        return None
    return base.heard(_crlf(lines[: chance.randrange(1, len(lines))]))


def foreign(base: Base, chance: Random) -> Transcript | None:
    """Another device's configuration behind this one's prompt."""
    others = foreign_to(base)
    return base.heard(chance.choice(others).text) if others else None


def control(base: Base, chance: Random) -> Transcript | None:
    """A NUL or the rest of an escape sequence in a line."""
    lines, mark = base.lines, chance.choice("\x00\x07\x08\x1b")
    at = chance.randrange(len(lines))
    place = chance.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:place] + mark + lines[at][place:]
    return base.heard(_crlf(lines)) if base.free_at(at, place) else None


def garbage(base: Base, chance: Random) -> Transcript:
    """Bytes of no encoding anywhere: whatever comes of it, it is a verdict."""
    data = bytearray(base.text.encode("utf-8", "surrogateescape"))
    for _ in range(chance.randrange(1, 20)):
        data.insert(chance.randrange(len(data) + 1), chance.randrange(256))
    return base.heard(decode(bytes(data)))


def lost(base: Base, chance: Random) -> Transcript:
    """A block of lines is lost inside an otherwise whole text."""
    lines = base.text.split("\r\n")
    start, length = _block(lines, chance)
    return base.heard("\r\n".join(lines[:start] + lines[start + length :]))


def repeated(base: Base, chance: Random) -> Transcript:
    """A block of lines comes twice."""
    lines = base.text.split("\r\n")
    start, length = _block(lines, chance)
    return base.heard("\r\n".join(lines[: start + length] + lines[start:]))


def _block(lines: list[str], chance: Random) -> tuple[int, int]:
    start = chance.randrange(len(lines))
    return start, min(chance.choice((1, 2, 5, 20, 100)), len(lines) - start)


def _crlf(lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)


# What must never be certified, and what must only be judged.
NEVER: Mapping[str, Spoil] = {
    "cut": cut,
    "disconnect": disconnect,
    "error": error,
    "pager": pager,
    "no end": no_end,
    "foreign": foreign,
    "control": control,
}
BLOCKS: Mapping[str, Spoil] = {"lost": lost, "repeated": repeated}
EITHER: Mapping[str, Spoil] = {"garbage": garbage}
