# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whole or not at all: decides whether what a device sent is its whole configuration, and its own.

Each check is a function that returns a Fault or None; the first fault stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .certificate import Certificate
from .clean import clean, unix_lines
from .errors import ErrorClass
from .hostname import named, prompt_names, serial_in
from .identity import Expected, Known, mistaken
from .line_search import search
from .log_lines import log_line
from .platform import Artifact, Platform
from .structure import broken
from .transcript import Answer, Transcript
from .verbatim import without_verbatim

# A rejected command is answered by the error itself, after an echo or a caret line at most.
_ERROR_WITHIN = 3
LONGEST_LINE = 4096
# Nor is that few lines with such words a configuration, whatever the platform's own words for an error are.
_REFUSES = re.compile(
    r"(?i)\b(?:invalid|illegal|incorrect|unknown|unrecogni[sz]ed|incomplete|ambiguous|syntax error|not found|denied"
    r"|not (?:authori[sz]ed|permitted|allowed|supported))\b"
)
_BEGIN_WITHIN = 25
# Anything but a blank line or a remark.
_STATEMENT = re.compile(r"^[ \t]*[^\s#!]", re.MULTILINE)
# Escape sequences, backspaces and the like are what is left of a pager or a redrawn line.
_RESIDUE = "\x00\x07\x08\x1b\x7f\r"


_ANYBODY = Expected()


@dataclass(frozen=True, slots=True)
class Certified:
    """A configuration that is proven whole, cleaned.

    ``hostname`` is what the device calls itself, ``serial`` its number, and ``told_size`` how many bytes it says that
    its text has, as far as each is told.
    """

    text: str
    hostname: str | None = None
    serial: str | None = None
    certificate: Certificate = field(default_factory=Certificate)
    told_size: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is not certified.

    ``said`` is a line of the device that belongs behind the message. It may hold a secret: ``Masking.told`` shows it.
    """

    error: ErrorClass
    message: str
    said: str = ""


def judge(
    platform: Platform,
    artifact: str,
    transcript: Transcript,
    expected: Expected = _ANYBODY,
) -> Certified | Fault:
    """Certify the text of one artifact, or say why not.

    Prompt and configuration must name the same device, which must be the ``expected`` one; unless its policy is off.
    """
    wanted = platform.artifacts[artifact]
    answer = _answer(platform, wanted, transcript)
    if isinstance(answer, Fault):
        return answer
    text = unix_lines(answer.text)
    free = without_verbatim(platform, text)
    if free is None:
        return Fault("incomplete", "a banner or another block of free text is not closed")
    kept = clean(platform, text)
    names = named(platform, free)
    fault = (
        _marks(wanted, text, kept)
        or _foreign(platform, transcript, free)
        or _shape(wanted, kept)
        or (None if expected.policy == "off" or wanted.nameless else _same_device(platform, transcript, names))
    )
    if fault:
        return fault
    seen = Known(names[0] if names else transcript.hostname, serial_in(platform, free))
    wrong = mistaken(seen, expected)
    if wrong:
        return Fault("identity", wrong)
    certificate = _certificate(platform, wanted, transcript, kept)
    if expected.policy != "off":
        certificate = certificate.also("identity", _names_seen(transcript, names, seen))
    return Certified(kept, seen.name, seen.serial, certificate, _told_size(platform, text))


def rejected(platform: Platform, answer: Answer, *, part: bool = False) -> str | None:
    """The error with which a device rejects a command, or None. Only the first lines count: texts may quote errors.

    A ``part`` of a text may be as short as an error.
    """
    lines = _first_lines(unix_lines(answer.text), _ERROR_WITHIN + 1)
    for line in lines[:_ERROR_WITHIN]:
        if platform.errors.match(line) and line.strip() != "^":
            return line.strip()
    if part or len(lines) > _ERROR_WITHIN:
        return None
    return next((line.strip() for line in lines if _REFUSES.search(line)), None)


def absent(platform: Platform, artifact: str, answer: Answer) -> bool:
    """Whether the device says that it has no such text, as one without a startup configuration does."""
    says = platform.artifacts[artifact].absent
    return bool(says and any(says.match(line) for line in _first_lines(unix_lines(answer.text), _ERROR_WITHIN)))


def _answer(platform: Platform, wanted: Artifact, transcript: Transcript) -> Answer | Fault:
    """The answer that holds the text: the last one to a command of the artifact."""
    for answer in transcript.answers:
        if not answer.complete:
            return Fault("incomplete", f"the answer to {answer.command!r} broke off")
    answers = [answer for answer in transcript.answers if answer.command in wanted.commands]
    if not answers:
        return Fault("incomplete", f"the device was never asked for its {wanted.name} configuration")
    error = rejected(platform, answers[-1])
    if error is not None:
        return Fault("command_rejected", f"the device answered {answers[-1].command!r} with", error)
    return answers[-1]


def _marks(wanted: Artifact, text: str, kept: str) -> Fault | None:
    if not _STATEMENT.search(kept):
        return Fault("incomplete", "the answer holds no configuration")
    if wanted.begin and not any(wanted.begin.match(line) for line in _first_lines(text, _BEGIN_WITHIN)):
        return Fault("incomplete", "the configuration does not begin as it must on this platform")
    if wanted.end and not wanted.end.fullmatch(kept.rstrip().rpartition("\n")[2]):
        return Fault("incomplete", "the end mark of the configuration is not its last line")
    return None


def _foreign(platform: Platform, transcript: Transcript, free: str) -> Fault | None:
    """What is not configuration: errors, pagers, log messages, prompts and control characters among its lines."""
    error = search(platform.errors, free)
    if error:
        return Fault("command_rejected", "an error stands in the configuration:", _line_at(free, error.start()))
    residue = next((each for each in _RESIDUE if each in free), None)
    if residue:
        return Fault("incomplete", f"the control character {residue!r} is left in the text")
    if platform.pager and search(platform.pager, free):
        return Fault("incomplete", "the text of a pager is left in the text")
    if log_line(free):
        return Fault("incomplete", "a log message of the device stands in the text")
    prompt = transcript.prompt.strip()
    if prompt and (free.startswith(prompt) or f"\n{prompt}" in free):
        return Fault("incomplete", "the prompt stands in the middle of the configuration")
    return None


def _certificate(platform: Platform, wanted: Artifact, transcript: Transcript, kept: str) -> Certificate:
    """What the checks saw of a text that passed them all."""
    lines = kept.count("\n")
    command = next(answer.command for answer in reversed(transcript.answers) if answer.command in wanted.commands)
    shell = platform.channel == "shell"
    seen = Certificate().also("answered", command).also("prompt", "on its own line" if shell else "exit status")
    if wanted.begin:
        seen = seen.also("begin", "as it must")
    if wanted.end:
        seen = seen.also("end", f"line {lines}")
    seen = seen.also("errors", f"none in {lines} lines").also("residue", "none")
    holds = next((structure for structure in wanted.structure if not broken(structure, kept)), None)
    return seen.also("structure", holds) if holds else seen


def _names_seen(transcript: Transcript, names: list[str], seen: Known) -> str:
    told = {"prompt": transcript.hostname, "configuration": names[0] if names else None, "serial": seen.serial}
    return ", ".join(f"{where} {name}" for where, name in told.items() if name) or "no name"


def _told_size(platform: Platform, text: str) -> int | None:
    told = platform.told_size.search(text) if platform.told_size else None
    return int(told["size"]) if told else None


def _shape(wanted: Artifact, kept: str) -> Fault | None:
    faults = [broken(structure, kept) for structure in wanted.structure]
    return Fault("incomplete", " and ".join(filter(None, faults))) if faults and all(faults) else None


def _same_device(platform: Platform, transcript: Transcript, names: list[str]) -> Fault | None:
    """Whether prompt and configuration name one device."""
    prompt = transcript.hostname
    rules = platform.hostname
    if not names and not rules.optional and prompt not in (None, *rules.default):
        return Fault("identity", f"the configuration names no device, and the prompt names {prompt!r}")
    if names and prompt is not None and not any(prompt_names(platform, prompt, name) for name in names):
        return Fault("identity", f"the prompt names {prompt!r}, the configuration {names[0]!r}")
    return None


def _first_lines(text: str, count: int) -> list[str]:
    """The first lines that are not blank, of the head of a text that may be megabytes."""
    return [line for line in text[: 200 * count].split("\n") if line.strip()][:count]


def _line_at(text: str, at: int) -> str:
    return text[at : at + LONGEST_LINE].split("\n", 1)[0].strip()
