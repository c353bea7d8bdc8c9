# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Judges what a session brings while it lasts, so that a text in doubt is read again in the same session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ..module_utils.certificate import shrunk
from ..module_utils.clean import same_as
from ..module_utils.completeness import Certified, Fault, absent, judge
from ..module_utils.identity import Expected, Identity, Known
from ..module_utils.repeats import repeated_block
from ..module_utils.transcript import Transcript
from .index import Entry
from .session import Reading
from .targets import Target

# A longer text is judged beside the event loop, so that the other sessions go on.
LARGE_TEXT = 256 * 1024
MAX_SHRINK = 0.3
# Bytes by which a whole text may differ from what the device says that it has: blanks and line ends at either end.
TOLD_WITHIN = 64

TwoReads = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """When a text is read a second time, which must agree with the first but for volatile lines.

    ``two_reads``: always, never, or where the platform says so. ``max_shrink``: the share of the last good text, 0 to
    1, that a text may lose on one reading.
    """

    two_reads: TwoReads = "auto"
    max_shrink: float = MAX_SHRINK


@dataclass(slots=True)
class Examination:
    """The verdicts on the artifacts of one target. ``before`` is what the cellar holds of them."""

    target: Target
    identity: Identity = "learn"
    doubt: Doubt = field(default_factory=Doubt)
    before: Mapping[str, Entry] = field(default_factory=dict)
    _first: dict[str, Certified | Fault] = field(default_factory=dict)

    async def doubtful(self, artifact: str, heard: Transcript) -> bool:
        """Judge what was heard, and say whether it must be read again."""
        platform = self.target.platform
        if absent(platform, artifact, heard.answers[-1]):
            return False
        verdict = self._first[artifact] = await self._judge(artifact, heard)
        return isinstance(verdict, Certified) and (
            self._twice
            or self._has_shrunk(artifact, verdict)
            or _is_of_another_size(verdict)
            # The size that a device tells is a better proof of the end.
            or (verdict.told_size is None and self._ends_anywhere(artifact, verdict))
            or repeated_block(verdict.text) is not None
        )

    async def verdicts(self, reading: Reading) -> dict[str, Certified | Fault]:
        """The verdict for each artifact that the device has; one that it says it has not is left out."""
        found: dict[str, Certified | Fault] = {}
        for name in self.target.paths:
            heard = reading.transcripts.get(name)
            if heard is None:
                found[name] = Fault("incomplete", "the session ended before it was read")
            elif not absent(self.target.platform, name, heard.answers[-1]):
                verdict = self._first.get(name) or await self._judge(name, heard)
                found[name] = await self._settled(name, verdict, reading.second.get(name))
        return found or {next(iter(self.target.paths)): Fault("incomplete", "the device says that it has none")}

    @property
    def _twice(self) -> bool:
        wanted = self.doubt.two_reads
        return wanted == "always" or (wanted == "auto" and self.target.platform.two_reads)

    async def _judge(self, artifact: str, heard: Transcript) -> Certified | Fault:
        arguments = (self.target.platform, artifact, heard, self._expected(artifact))
        if sum(len(answer.text) for answer in heard.answers) > LARGE_TEXT:
            return await asyncio.to_thread(judge, *arguments)
        return judge(*arguments)

    def _expected(self, artifact: str) -> Expected:
        device, before = self.target.device, self.before.get(artifact)
        last = before.identity if before else {}
        return Expected(
            self.identity, Known(device.name, device.serial), Known(last.get("hostname"), last.get("serial"))
        )

    def _has_shrunk(self, artifact: str, verdict: Certified) -> bool:
        before = self.before.get(artifact)
        return before is not None and shrunk(size_of(verdict.text), before.size, self.doubt.max_shrink)

    def _ends_anywhere(self, artifact: str, verdict: Certified) -> bool:
        """Whether the end mark stands in the middle of the text too, so that it proves no end."""
        wanted = self.target.platform.artifacts[artifact]
        last = verdict.text.rstrip("\n").rpartition("\n")[2]
        return wanted.end is not None and not wanted.structure and verdict.text.count(f"\n{last}\n") > 1

    async def _settled(self, artifact: str, verdict: Certified | Fault, second: Transcript | None) -> Certified | Fault:
        """The verdict on an artifact after its size and its second reading were looked at."""
        if isinstance(verdict, Fault):
            return verdict
        before, size = self.before.get(artifact), size_of(verdict.text)
        was = f"{before.size} before" if before and before.size else "none before"
        was += f", {verdict.told_size} told" if verdict.told_size else ""
        certificate = verdict.certificate.also("size", f"{size} bytes, {was}")
        if second is None:
            return replace(verdict, certificate=certificate)
        other = await self._judge(artifact, second)
        if isinstance(other, Fault):
            return Fault(other.error, f"on the second reading, {other.message}", other.said)
        if not self._agree(verdict.text, other.text):
            return Fault("incomplete", f"two readings differ, of {size} and {size_of(other.text)} bytes")
        return replace(verdict, certificate=certificate.also("second_read", "agrees"))

    def _agree(self, one: str, other: str) -> bool:
        return one == other or same_as(self.target.platform, one) == same_as(self.target.platform, other)


def _is_of_another_size(verdict: Certified) -> bool:
    """Whether the device itself says that its text has another number of bytes."""
    return verdict.told_size is not None and abs(size_of(verdict.text) - verdict.told_size) > TOLD_WITHIN


def size_of(text: str) -> int:
    """The size of a text in bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogateescape"))
