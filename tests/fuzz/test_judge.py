"""Bad input to the judge: seeded in ``make test``, 100,000 cases with ``--deep``.

The rates at which a lost or repeated block passes, by platform, stand at the end of pytest's output.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random
from time import process_time

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.clean import clean, same_as
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, Fault, judge
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.examine import Doubt, Examination, size_of
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import Entry
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Reading
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import Target

from .bases import Base, bases
from .spoil import BLOCKS, EITHER, NEVER

SEED = 20261121
CASES, DEEP_CASES, CHUNKS = 2_000, 100_000, 8
# Of CPU, for one case.
SECONDS = 5.0
Note = Callable[[str, object], None]


def test_every_platform_has_sessions_to_spoil() -> None:
    assert len({base.platform.network_os for base in bases()}) > 40


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nothing_spoiled_is_certified(chunk: int, deep: bool, record_property: Note) -> None:
    passed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    with asyncio.Runner() as runner:
        for number in range(chunk, DEEP_CASES if deep else CASES, CHUNKS):
            chance = Random(SEED + number)
            base, kind, heard = spoiled(chance)
            started = process_time()
            verdict = runner.run(examined(base, heard)) if kind in BLOCKS else judge(base.platform, "running", heard)
            assert process_time() - started < SECONDS, (number, base.name, kind)
            good = isinstance(verdict, Certified)
            assert not (good and kind in NEVER), (number, base.name, kind)
            if kind in BLOCKS and harmful(base, heard):
                assert not (good and base.platform.two_reads), (number, base.name, kind)
                key = f"{base.platform.network_os} {kind}"
                tried[key] += 1
                passed[key] += good
    record_property("netcellar_fuzz", {key: [passed[key], tried[key]] for key in tried})


def spoiled(chance: Random) -> tuple[Base, str, Transcript]:
    """One session, spoiled in a way that applies to it."""
    ways = [*NEVER.items(), *BLOCKS.items(), *EITHER.items()]
    while True:
        base = chance.choice(bases())
        kind, spoil = chance.choice(ways)
        heard = spoil(base, chance)
        if heard is not None:
            return base, kind, heard


def harmful(base: Base, heard: Transcript) -> bool:
    """Whether the text that is left would be another configuration than the good one."""
    spoiled = clean(base.platform, heard.answers[-1].text)
    return same_as(base.platform, spoiled) != same_as(base.platform, base.certified.text)


async def examined(base: Base, heard: Transcript) -> Certified | Fault:
    """The verdict where the cellar holds the good text, and a second reading would bring it again."""
    name = base.certified.hostname or "r1"
    target = Target(
        Record(run="r", device_id="1", host=name), Device("1", name), base.platform, "", 22, {"running": "p"}
    )
    entry = Entry("1", "running", name, "p", "", "", "", "", size=size_of(base.certified.text))
    examination = Examination(target, "learn", Doubt(), {"running": entry})
    reading = Reading({"running": heard}, "c")
    if await examination.doubtful("running", heard):
        reading.second["running"] = base.transcript
    return (await examination.verdicts(reading))["running"]
