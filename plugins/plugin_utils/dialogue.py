# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How artifacts are asked for, whichever kind of channel carries the dialogue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from ..module_utils.completeness import rejected
from ..module_utils.errors import ErrorClass, NetcellarError
from ..module_utils.platform import Artifact, Platform
from ..module_utils.transcript import Answer, Transcript
from .channel import Feed
from .terminal import render


class SessionError(NetcellarError):
    """The session with a device ended without a result; ``error`` is its class. It never holds what a device sent."""

    def __init__(self, error: ErrorClass, message: str) -> None:
        super().__init__(message, error=error)


class Dialogue(Protocol):
    """A way to ask a device for its artifacts."""

    async def open(self, password: str | None) -> None:
        """Get ready to ask; ``password`` is for more rights. Raises SessionError."""

    async def fetch(self, artifact: Artifact) -> Transcript:
        """Ask for one artifact. Raises SessionError when the device stops answering."""


class Execution:
    """A dialogue of single commands, each on a channel of its own that ``start`` opens: no prompt, echo or pager."""

    def __init__(self, start: Callable[[str], Awaitable[Feed]], platform: Platform, silence: float, where: str) -> None:
        self._start = start
        self._platform = platform
        self._silence = silence
        self._where = where

    async def open(self, password: str | None) -> None:
        """Nothing: a single command has no state to prepare and no rights to gain."""

    async def fetch(self, artifact: Artifact) -> Transcript:
        """Try the artifact's commands until one is not rejected."""
        answers: list[Answer] = []
        for command in artifact.commands:
            answers = [await self._ask(command)]
            if not answers[0].complete or rejected(self._platform, answers[0]) is None:
                break
        return Transcript("", None, tuple(answers))

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
