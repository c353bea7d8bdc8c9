# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How artifacts are asked for, whichever kind of channel carries the dialogue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from ..module_utils.completeness import absent, rejected
from ..module_utils.errors import ErrorClass, NetcellarError
from ..module_utils.platform import Artifact, Part, Platform, Way
from ..module_utils.transcript import Answer, Transcript
from .channel import Feed
from .terminal import render

if TYPE_CHECKING:
    from .connect import Credential


class SessionError(NetcellarError):
    """The session with a device ended without a result; ``error`` is its class. It never holds what a device sent."""

    def __init__(self, error: ErrorClass, message: str) -> None:
        super().__init__(message, error=error)


class Dialogue(Protocol):
    """A way to ask a device for its artifacts."""

    async def open(self, credential: Credential) -> None:
        """Get ready to ask, with the credential of the login. Raises SessionError."""

    async def fetch(self, artifact: Artifact) -> Transcript:
        """Ask for one artifact. Raises SessionError when the device stops answering."""


async def first_accepted(
    ask: Callable[[str], Awaitable[Answer]], platform: Platform, artifact: Artifact
) -> tuple[Answer, ...]:
    """The answer to the first of an artifact's commands that is not rejected, or else to the last of them."""
    answer: Answer | None = None
    for command in artifact.commands:
        way = artifact.ways.get(command, Way())
        broken = await _enter(ask, way.enter)
        answer = broken or await (_in_parts(ask, platform, artifact, way.parts) if way.parts else ask(command))
        if not answer.complete or rejected(platform, answer) is None:
            break
    return (answer,) if answer else ()


async def _enter(ask: Callable[[str], Awaitable[Answer]], commands: Sequence[str]) -> Answer | None:
    """Go where the next command is understood. Gives an answer only when it broke off."""
    for command in commands:
        answer = await ask(command)
        if not answer.complete:
            return answer
    return None


async def _in_parts(
    ask: Callable[[str], Awaitable[Answer]], platform: Platform, artifact: Artifact, parts: Sequence[Part]
) -> Answer:
    """One answer made of several, each below its title. A part that the device has not is left out."""
    first, pieces = parts[0].command, []
    for part in parts:
        answer = await ask(part.command)
        if absent(platform, artifact.name, answer):
            continue
        if not answer.complete or rejected(platform, answer, part=True) is not None:
            return replace(answer, command=first)
        body = answer.text.replace("\r\n", "\n").strip("\n")
        pieces.append(f"{part.title}\n{body}\n")
    return Answer(first, "\n".join(pieces), True)


class Execution:
    """A dialogue of single commands, each on a channel of its own that ``start`` opens: no prompt, echo or pager."""

    def __init__(self, start: Callable[[str], Awaitable[Feed]], platform: Platform, silence: float, where: str) -> None:
        self._start = start
        self._platform = platform
        self._silence = silence
        self._where = where

    async def open(self, credential: Credential) -> None:
        """Nothing: a single command has no state to prepare and no rights to gain."""

    async def fetch(self, artifact: Artifact) -> Transcript:
        """Try the artifact's commands until one is not rejected."""
        return Transcript("", None, await first_accepted(self._ask, self._platform, artifact))

    async def _ask(self, command: str) -> Answer:
        feed = await self._start(command)
        try:
            await feed.wait(_nothing, self._silence)
        except TimeoutError:
            message = f"{self._where} was silent for {self._silence:g} s after {command!r}"
            raise SessionError("command_timeout", message) from None
        whole = feed.exit_status is not None and not feed.overflow
        return Answer(command, render(feed.take()), whole)


def _nothing(line: str) -> None:
    del line
