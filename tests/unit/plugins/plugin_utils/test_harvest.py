"""From a device to its record, on the laboratory's devices."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.leak import Credentials
from ansible_collections.netcellar.backup.plugins.module_utils.masking import Masking
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.crew import Crew, Pace
from ansible_collections.netcellar.backup.plugins.plugin_utils.harvest import Harvester, Job
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Quarantine
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import DEFAULT_ARTIFACTS, Target
from netcellar.demo.configs import PLATFORMS, secrets_of
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

OpenLab = Callable[..., Lab]
RUN = "run-1"
# So long that no load on the machine matters; what is to run into a limit gets one of its own.
LIMITS = Limits(connect=60, command=60, device=120)
HANGING = {"stuck": replace(LIMITS, connect=0.5), "silent": replace(LIMITS, command=0.5)}


class Room:
    """A repository and a run's folder, and the jobs of a laboratory."""

    def __init__(self, path: Path) -> None:
        self.staging = Staging(path / "cellar.git")
        self.staging.open(RUN, Owner.of(os.getpid()))
        self.quarantine = Quarantine(path / "cellar.git")
        self.folder = RunFolder.of(path, RUN)
        self.folder.create()

    def job(self, lab: Lab, name: str, **changes: Any) -> Job:
        device = lab.devices[name]
        platform = platform_for(device.platform)
        record = Record(run=RUN, device_id=f"id-{name}", host=name, name=name, platform=device.platform)
        paths = {artifact: f"b/{name}.{artifact}" for artifact in DEFAULT_ARTIFACTS if artifact in platform.artifacts}
        target = Target(record, Device(f"id-{name}", name), platform, "127.0.0.1", lab.ports[name], paths)
        credential = Credential("lab", device.user, device.password, become_password=device.enable_password or None)
        keys = HostKeys("off", Path("unused"))
        return replace(Job(target, (credential,), keys, LIMITS), **changes)

    def run(self, *jobs: Job, concurrency: int = 100, harvester: Harvester | None = None) -> dict[str, Record]:
        harvester = harvester or Harvester(self.staging, self.quarantine)
        asyncio.run(Crew(jobs, self.folder, harvester, Pace(concurrency)).work())
        return {record.host: record for record in self.folder.records().values()}

    def texts(self) -> dict[str, str]:
        return {staged.capture.path: staged.read().decode() for staged in self.staging.pending(RUN).staged}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", ["", "slow"])
def test_every_platform_is_captured_whole(lab: OpenLab, room: Room, platform: str, fault: Any) -> None:
    devices = lab(LabDevice("r1", platform, fault=fault))

    record = room.run(room.job(devices, "r1", masked=False))["r1"]

    assert (record.outcome, record.error, record.stage) == ("failed", "git", "stage")
    assert record.credential == "lab"
    for path, text in room.texts().items():
        config = devices.devices["r1"].config.replace("\\\n    ", "")  # RouterOS breaks long lines
        assert [line for line in config.split("\n") if line.rstrip() not in text] == [], path
    assert {kept.path for kept in record.artifacts} == set(room.texts())
    assert devices.logins == 1


@pytest.mark.parametrize("platform", PLATFORMS)
def test_secrets_are_masked(lab: OpenLab, room: Room, platform: str) -> None:
    room.run(room.job(lab(LabDevice("r1", platform)), "r1"))

    text = "".join(room.texts().values())
    assert text
    assert [secret for secret in secrets_of("r1").values() if secret in text] == []


def test_a_secret_that_masking_leaves_keeps_the_device_out(lab: OpenLab, room: Room) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"))
    devices.change("r1", "hostname r1", "hostname r1\nalias exec x kx81-Lantern")
    job = room.job(devices, "r1", masking=Masking(Credentials(["kx81-Lantern"])))

    record = room.run(job)["r1"]

    assert (record.outcome, record.error, room.texts()) == ("quarantined", "leak", {})
    assert "Lantern" not in record.line()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_two_reads_of_an_unchanged_device_are_the_same(lab: OpenLab, room: Room, platform: str) -> None:
    devices = lab(LabDevice("r1", platform))
    digests = []
    for _ in range(2):
        room.run(room.job(devices, "r1"))
        digests.append({staged.capture.artifact: staged.capture.same_as for staged in room.staging.pending(RUN).staged})

    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("password", ("failed", "login", "auth")),
        ("down", ("unreachable", "connect", "refused")),
        ("stuck", ("unreachable", "connect", "connect_timeout")),
        ("silent", ("failed", "capture", "command_timeout")),
        ("hangup", ("quarantined", "judge", "incomplete")),
        ("error", ("quarantined", "judge", "command_rejected")),
    ],
)
def test_a_broken_device_has_the_right_record(lab: OpenLab, room: Room, fault: Any, expected: tuple[str, ...]) -> None:
    devices = lab(LabDevice("r1", "cisco_ios", fault=fault), LabDevice("r2", "cisco_ios"))

    records = room.run(room.job(devices, "r1", limits=HANGING.get(fault, LIMITS)), room.job(devices, "r2"))

    assert (records["r1"].outcome, records["r1"].stage, records["r1"].error) == expected
    assert {path.rpartition(".")[0] for path in room.texts()} == {"b/r2"}
    for secret in (*secrets_of("r1").values(), "backup"):
        assert secret not in records["r1"].message


def test_a_foreign_configuration_is_not_kept(lab: OpenLab, room: Room) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"))
    devices.change("r1", "hostname r1", "hostname other")

    assert room.run(room.job(devices, "r1"))["r1"].error == "identity"
    assert room.texts() == {}


def test_a_quarantined_text_is_there_to_look_at(lab: OpenLab, room: Room) -> None:
    record = room.run(room.job(lab(LabDevice("r1", "cisco_ios", fault="hangup")), "r1"))["r1"]

    assert "hostname r1" in Path(record.artifacts[0].quarantine).read_text()


def test_one_bad_artifact_keeps_the_whole_device_out(lab: OpenLab, room: Room) -> None:
    devices = lab(LabDevice("r1", "cisco_ios", startup="version 17.3\nhostname r1\n"))

    record = room.run(room.job(devices, "r1"))["r1"]

    assert (record.error, record.message.partition(":")[0]) == ("incomplete", "startup")
    assert room.texts() == {}


def test_check_mode_keeps_nothing_of_a_failure(lab: OpenLab, room: Room) -> None:
    devices = lab(LabDevice("r1", "cisco_ios", fault="hangup"), LabDevice("r2", "cisco_ios"))

    records = room.run(
        room.job(devices, "r1"), room.job(devices, "r2"), harvester=Harvester(room.staging, quarantine=None)
    )

    assert [records[name].outcome for name in ("r1", "r2")] == ["quarantined", "stored"]
    assert records["r2"].message.startswith("check mode")
    assert records["r1"].artifacts == ()


def test_a_hung_device_delays_nobody(lab: OpenLab, room: Room) -> None:
    devices = lab(
        *(LabDevice(f"r{number}", "frr") for number in range(6)),
        *(LabDevice(f"hung{number}", "frr", fault="silent") for number in range(3)),
    )
    # The hung ones first, no room for all at once, and limits that are never reached.
    jobs = [room.job(devices, name) for name in sorted(devices.devices)]

    async def story() -> None:
        crew = Crew(jobs, room.folder, Harvester(room.staging, room.quarantine), Pace(4))
        work = asyncio.ensure_future(crew.work())
        async with asyncio.timeout(LIMITS.command / 2):
            while len(room.folder.records()) < 6:
                await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(story())

    assert {record.host: record.error for record in room.folder.records().values()} == {
        f"r{number}": "git" for number in range(6)
    }
    assert sum(devices.devices[f"hung{number}"].sessions for number in range(3)) == 3


def test_hung_devices_end_at_their_own_limit(lab: OpenLab, room: Room) -> None:
    devices = lab(*(LabDevice(f"hung{number}", "frr", fault="silent") for number in range(3)))

    records = room.run(*(room.job(devices, name, limits=HANGING["silent"]) for name in devices.devices))

    assert {record.error for record in records.values()} == {"command_timeout"}


def test_a_fault_of_ours_ends_one_device_only(lab: OpenLab, room: Room) -> None:
    class Broken(Harvester):
        async def harvest(self, job: Job) -> Record:
            if job.target.record.host == "r1":
                raise RuntimeError("s3cret")
            return await super().harvest(job)

    devices = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr"))
    records = room.run(
        room.job(devices, "r1"), room.job(devices, "r2"), harvester=Broken(room.staging, room.quarantine)
    )

    assert (records["r1"].error, records["r1"].message) == ("internal", "an unexpected RuntimeError")
    assert records["r2"].error == "git"


def test_a_full_disk_is_a_record(lab: OpenLab, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ansible_collections.netcellar.backup.plugins.plugin_utils.segment.os.fdatasync", full)
    record = room.run(room.job(lab(LabDevice("r1", "frr")), "r1"))["r1"]

    assert (record.outcome, record.error, record.stage) == ("failed", "git", "stage")
    assert "No space left" in record.message


def test_an_interrupted_batch_leaves_what_was_done(lab: OpenLab, room: Room) -> None:
    devices = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr", fault="silent"))
    jobs = [room.job(devices, name) for name in ("r1", "r2")]

    async def interrupt() -> None:
        work = asyncio.ensure_future(Crew(jobs, room.folder, Harvester(room.staging, room.quarantine), Pace(10)).work())
        while not room.folder.records():
            await asyncio.sleep(0.01)
        work.cancel()
        await work

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupt())

    assert [record.host for record in room.folder.records().values()] == ["r1"]
    assert set(room.texts()) == {"b/r1.running"} | {path for path in room.texts() if "startup" in path}
