"""The good sessions that are spoiled: those of tests/platforms, and recorded ones where the corpus is beside us."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.clean import clean
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, judge
from ansible_collections.netcellar.backup.plugins.module_utils.hostname import named
from ansible_collections.netcellar.backup.plugins.module_utils.platform import Platform
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.module_utils.verbatim import without_verbatim
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import known, platform_for

from tests.platforms.sessions import CASES, platform_of, transcript_of

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("NETCELLAR_CORPUS", ROOT.parent / "shared" / "corpus"))
# Longer recordings would take the time of many others.
LONGEST = 60_000
SENTINEL = "sentinel-of-the-tests"


@dataclass(frozen=True, eq=False)
class Base:
    """A session that is certified as it is. ``error`` is how a device of the platform rejects a command."""

    name: str
    platform: Platform
    transcript: Transcript
    certified: Certified
    error: str

    @property
    def text(self) -> str:
        return self.transcript.answers[-1].text

    @property
    def lines(self) -> list[str]:
        """The lines of the configuration."""
        return clean(self.platform, self.text).rstrip("\n").split("\n")

    @property
    def free(self) -> str:
        """The configuration without its banners and the like."""
        free = without_verbatim(self.platform, clean(self.platform, self.text))
        assert free is not None
        return free

    def free_at(self, line: int, place: int = 0) -> bool:
        """Whether nothing foreign may stand there: it is not in a banner or the like."""
        lines = self.lines
        lines[line:] = [lines[line][:place] + SENTINEL + lines[line][place:], *lines[line + 1 :]]
        free = without_verbatim(self.platform, "\n".join(lines))
        return free is not None and SENTINEL in free

    @property
    def names(self) -> list[str]:
        """What the configuration calls its device."""
        return named(self.platform, self.free)

    @property
    def end_is_unique(self) -> bool:
        """Whether the last line is one that the text has once: then a lost end shows."""
        end = self.platform.artifacts["running"].end
        return end is not None and sum(bool(end.fullmatch(line)) for line in self.free.split("\n")) == 1

    def heard(self, text: str, *, complete: bool = True) -> Transcript:
        """The session with another text."""
        return replace(self.transcript, answers=(replace(self.transcript.answers[-1], text=text, complete=complete),))


@cache
def bases() -> tuple[Base, ...]:
    """All good sessions, in an order of their own."""
    return tuple(base for base in (*_written(), *_recorded()) if base)


@cache
def foreign_to(base: Base) -> tuple[Base, ...]:
    """Sessions of other devices of the same platform whose configuration names another device than our prompt."""
    mine = base.transcript.hostname
    if not mine:
        return ()
    others = [other for other in bases() if other.platform is base.platform and other.names]
    return tuple(other for other in others if not any(_alike(name, mine) for name in other.names))


def _alike(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return one.startswith(other) or other.startswith(one) or one.endswith(other) or other.endswith(one)


def _written() -> Iterator[Base | None]:
    for case in CASES:
        if not (case / "artifact").exists() and not (case / "expected.fault").exists():
            platform = platform_of(case)
            session = (case / "session.txt").read_text(encoding="utf-8")
            yield _base(f"{case.parent.name}/{case.name}", platform, transcript_of(platform, session))


def _recorded() -> Iterator[Base | None]:
    for path in sorted((CORPUS / "open" / "sessions").glob("*.yaml")):
        if path.stat().st_size <= LONGEST:
            with path.open(encoding="utf-8", newline="") as file:
                doc = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            text = (doc.get("commands") or {}).get(doc["config_command"])
            if doc["platform"] in known() and text:
                platform = platform_for(doc["platform"])
                yield _base(path.stem, platform, _transcript(platform, doc, text))


def _transcript(platform: Platform, doc: dict[str, Any], text: str) -> Transcript:
    shell = platform.channel == "shell"
    prompt = doc["prompt"] if shell else ""
    command = platform.artifacts["running"].commands[0]
    answer = Answer(command, text.replace("\r\n", "\n").replace("\n", "\r\n"), True)
    return Transcript(prompt, platform.prompt.host(prompt) if shell else None, (answer,))


def _base(name: str, platform: Platform, transcript: Transcript) -> Base | None:
    """The base, where the session is certified to begin with."""
    transcript = replace(transcript, answers=transcript.answers[-1:])
    result = judge(platform, "running", transcript)
    error = ROOT / "tests" / "platforms" / platform.network_os / "error.txt"
    if not isinstance(result, Certified) or not error.is_file():
        return None
    return Base(name, platform, transcript, result, error.read_text(encoding="utf-8").rstrip("\n"))
