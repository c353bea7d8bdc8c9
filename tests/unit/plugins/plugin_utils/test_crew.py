"""The crew is kind: groups have limits, second tries are few and for what may heal, one login for each device."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.crew import Crew, Line, Pace, run_crew
from ansible_collections.netcellar.backup.plugins.plugin_utils.harvest import Job
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.jump import Jumps
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import Target
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .clocks import Skipping
from .test_batch import STAGED, capture

OpenLab = Callable[..., Lab]


def job(name: str, location: str | None, platform: str = "frr") -> Job:
    record = Record(run="run", device_id=name, host=name, location=location)
    target = Target(record, Device(id=name, name=name), platform_for(platform), "127.0.0.1", 22, {})
    return Job(target, (), HostKeys("off", Path("unused")), Limits())


def test_a_full_group_lets_the_others_pass() -> None:
    jobs = [*(job(f"a{number}", "Berlin") for number in range(4)), job("b", "Munich"), job("c", None), job("d", None)]
    line = Line(jobs, Pace(limit_by="location", group_limit=2))

    taken = [line.take() for __ in range(6)]

    names = [each.target.record.host if each else None for each in taken]
    assert sorted(name for name in names if name) == ["a0", "a1", "b", "c", "d"]
    assert names[-1] is None
    assert not line.empty
    line.done(jobs[0])
    rest = line.take()
    assert rest is jobs[2]
    assert line.take() is None


@pytest.mark.parametrize(("limit_by", "most"), [("none", 3), ("platform", 1), ("location", 3)])
def test_a_device_without_a_group_has_no_limit(limit_by: Any, most: int) -> None:
    line = Line([job(name, None) for name in "abc"], Pace(limit_by=limit_by, group_limit=1))

    assert sum(line.take() is not None for __ in "abc") == most


def with_pace(hosts: Mapping[str, dict[str, Any]], **pace: Any) -> Mapping[str, Mapping[str, Any]]:
    return {name: values | {f"netcellar_{key}": value for key, value in pace.items()} for name, values in hosts.items()}


class Network:
    """In place of a harvester: refuses connections as often as ``refusals`` says."""

    def __init__(self, refusals: Mapping[str, int]) -> None:
        self.left = dict(refusals)

    async def harvest(self, job: Job) -> Record:
        name = job.target.record.host
        self.left[name] = self.left.get(name, 0) - 1
        if self.left[name] >= 0:
            return job.target.record.failed("refused", "no line is free", stage="connect")
        return replace(job.target.record, outcome="unchanged", error=None)


def test_what_may_heal_is_tried_again_and_the_last_record_counts(tmp_path: Path) -> None:
    folder = RunFolder.of(tmp_path, "run")
    folder.create()
    network: Any = Network({"heals": 1, "down": 9})
    jobs = [job(name, None) for name in ("well", "heals", "down")]

    outcomes = run_crew(Crew(jobs, folder, network, Pace(retries=2, delay=0.01, jitter=0.01)), Jumps())

    assert outcomes == {"unchanged": 2, "unreachable": 1}
    assert network.left == {"well": -1, "heals": -1, "down": 6}
    assert {name: record.outcome for name, record in folder.records().items()} == {
        "well": "unchanged",
        "heals": "unchanged",
        "down": "unreachable",
    }


class Counting:
    """In place of a harvester: counts who is at work at the same time, and when each began."""

    def __init__(self) -> None:
        self.busy: Counter[str | None] = Counter()
        self.most: Counter[str | None] = Counter()
        self.began: list[float] = []

    async def harvest(self, job: Job) -> Record:
        self.began.append(asyncio.get_running_loop().time())
        groups = ("all", job.target.record.location)
        self.busy.update(groups)
        self.most |= self.busy
        for __ in range(5):
            await asyncio.sleep(0)
        self.busy.subtract(groups)
        return replace(job.target.record, outcome="unchanged", error=None)


def counted(tmp_path: Path, jobs: list[Job], pace: Pace) -> Counting:
    folder = RunFolder.of(tmp_path, "run")
    folder.create()
    counting: Any = Counting()
    assert run_crew(Crew(jobs, folder, counting, pace), Jumps()) == {"unchanged": len(jobs)}
    found: Counting = counting
    return found


def test_sessions_at_one_time_are_limited_in_all_and_by_location(tmp_path: Path) -> None:
    jobs = [job(f"a{number}", "Berlin") for number in range(9)] + [job(f"b{number}", None) for number in range(9)]

    counting = counted(tmp_path, jobs, Pace(concurrency=6, limit_by="location", group_limit=2))

    assert (counting.most["all"], counting.most["Berlin"]) == (6, 2)
    assert counting.most[None] > 2


def test_the_start_is_spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter([0.0, 0.1, 0.2])
    monkeypatch.setattr(random, "uniform", lambda low, high: next(waits) * high / 0.2)
    monkeypatch.setattr(asyncio.events, "new_event_loop", Skipping)

    counting = counted(tmp_path, [job(name, None) for name in "abc"], Pace(concurrency=3, jitter=0.2))

    # Whoever comes later finds no job left, if the first has done them all by then.
    assert counting.most["all"] == 1


def test_a_second_try_waits_longer_each_time(tmp_path: Path) -> None:
    folder = RunFolder.of(tmp_path, "run")
    folder.create()
    began: list[float] = []

    class Refusing(Network):
        async def harvest(self, job: Job) -> Record:
            began.append(asyncio.get_running_loop().time())
            return await super().harvest(job)

    network: Any = Refusing({"down": 9})
    run_crew(Crew([job("down", None)], folder, network, Pace(retries=3, delay=0.05)), Jumps())

    gaps = [later - earlier for earlier, later in itertools.pairwise(began)]
    assert len(gaps) == 3
    assert all(gap >= 0.05 * 2**turn for turn, gap in enumerate(gaps))


def test_what_cannot_heal_is_tried_once(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("password", "frr", fault="password"), LabDevice("hangup", "cisco_ios", fault="hangup"))

    capture(tmp_path, with_pace(devices.hosts(), retries=3, retry_delay=0.1))

    assert [device.tries for device in devices.devices.values()] == [1, 1]


def test_limits_of_groups_lose_nobody(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(*(LabDevice(f"r{number}", "frr" if number % 2 else "arista_eos") for number in range(12)))

    found = capture(tmp_path, with_pace(devices.hosts(), limit_by="platform", group_limit=1))

    assert found == {f"r{number}": STAGED for number in range(12)}


def test_the_credential_that_was_accepted_is_tried_first_the_next_time(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "frr"))
    hosts = devices.hosts()
    listed = [{"name": "new", "user": hosts["r1"]["ansible_user"], "password": hosts["r1"]["ansible_password"]}]
    hosts = with_pace({"r1": {**hosts["r1"], "ansible_password": "old"}}, credentials=listed)

    capture(tmp_path, hosts)
    assert devices.devices["r1"].tries == 2
    capture(tmp_path, hosts)
    assert devices.devices["r1"].tries == 3
    assert "old" not in (tmp_path / "accepted.json").read_text()
