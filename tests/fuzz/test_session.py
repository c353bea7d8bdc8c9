"""Bad input over a real SSH line: the session ends in time, and nothing spoiled is certified."""

from __future__ import annotations

import resource
import time
from random import Random

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, Fault, judge
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits

from tests.unit.plugins.plugin_utils.scripted import Wire, read

from .bases import Base, bases, foreign_to

SEED = 20261122
CASES, DEEP_CASES = 15, 100
LIMITS = Limits(connect=60, command=0.3, device=5, size=1024 * 1024)
# Far beyond the limit for a device: the machine may be busy.
SECONDS = 60
# A terminal passes over NUL, and bytes of no encoding may be a device's own: whatever comes of them is a verdict.
EITHER = {"control", "garbage"}
KINDS = ("cut", "stall", "endless", "no prompt", "foreign", "control", "garbage")
MEGABYTE = 1024 * 1024


class Spoiled:
    """A device that spoils its answer in one way."""

    def __init__(self, base: Base, kind: str, chance: Random) -> None:
        self.base, self.kind, self.chance = base, kind, chance
        self.prompt = base.transcript.prompt
        self.commands = base.platform.artifacts["running"].commands
        self.data = self.spoil(base.text.encode("utf-8", "surrogateescape"))

    def spoil(self, data: bytes) -> bytes:
        at = self.chance.randrange(len(data) + 1)
        if self.kind in {"cut", "stall"}:
            return data[:at]
        if self.kind == "foreign":
            return self.chance.choice(foreign_to(self.base)).text.encode("utf-8", "surrogateescape")
        if self.kind == "garbage":
            return data[:at] + self.chance.randbytes(self.chance.randrange(1, 40)) + data[at:]
        if self.kind == "control":
            start = data.find(b"\n", at // 2) + 1
            return data[:start] + b"\x00" * 3 + b"\r\n" + data[start:]
        return data

    async def run(self, wire: Wire) -> None:
        if self.kind == "no prompt":
            wire.send(self.data)
            await wire.line()
            return
        wire.send(f"\n{self.prompt}")
        while True:
            command = await wire.line()
            wire.send(f"{command}\n")
            if command in self.commands:
                await self.answer(wire)
            wire.send(self.prompt)

    async def answer(self, wire: Wire) -> None:
        wire.send(self.data, self.chance.choice((0, 0, 977)))
        if self.kind == "cut":
            wire.hang_up()
        if self.kind in {"cut", "stall"}:
            await wire.line()
        while self.kind == "endless":
            wire.send(b"interface Gi0/0\r\n shutdown\r\n" * 2000)
            await wire.process.stdout.drain()


def candidates(kind: str) -> list[Base]:
    """Sessions on a shell, whose device takes commands as they are."""
    shells = [one for one in bases() if one.platform.channel == "shell" and one.platform.line_end == "\n"]
    shells = [one for one in shells if not one.platform.login and len(one.text) < 30_000]
    return [one for one in shells if kind != "foreign" or foreign_to(one)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoiled_session_ends_in_time_and_is_not_certified(kind: str, deep: bool) -> None:
    for number in range(DEEP_CASES if deep else CASES):
        chance = Random(f"{SEED} {kind} {number}")
        base = chance.choice(candidates(kind))
        device = Spoiled(base, kind, chance)
        started = time.monotonic()
        verdict = outcome(base, device)
        assert time.monotonic() - started < SECONDS, (number, base.name)
        assert kind in EITHER or not isinstance(verdict, Certified), (number, base.name)


def outcome(base: Base, device: Spoiled) -> Certified | Fault | SessionError:
    try:
        reading = read(device.run, platform=base.platform, limits=LIMITS)
    except SessionError as error:
        return error
    return judge(base.platform, "running", reading.transcripts["running"])


@pytest.mark.deep
def test_two_hundred_megabytes_need_bounded_memory() -> None:
    base = next(one for one in candidates("endless") if one.platform.network_os == "cisco_ios")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    class Long(Spoiled):
        async def answer(self, wire: Wire) -> None:
            for _ in range(200):
                wire.send(b"interface Gi0/0\r\n shutdown\r\n " * (MEGABYTE // 30))
                await wire.process.stdout.drain()

    device = Long(base, "long", Random(SEED))
    reading = read(device.run, platform=base.platform, limits=Limits(connect=60, command=60, device=300))
    assert isinstance(judge(base.platform, "running", reading.transcripts["running"]), Fault)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 600
