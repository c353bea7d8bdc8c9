# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a session heard: the seam between whoever talks to a device and whoever judges what it said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What the device sent after one command, without the echo and without the prompt that followed.

    ``complete`` is the proof that nothing is missing at the end: on a shell the device's own prompt came back on a
    line of its own; on an exec channel the device closed the stream and sent an exit status. A line that dropped, a
    time limit or a size limit leave it False, whatever text has come by then.
    """

    command: str
    text: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """The answers of one session, in the order they were asked.

    ``prompt`` is the prompt as learned from the device ("" on an exec channel); ``hostname`` is the name in it, as the
    platform's prompt pattern reads it, or None.
    """

    prompt: str
    hostname: str | None
    answers: tuple[Answer, ...]
