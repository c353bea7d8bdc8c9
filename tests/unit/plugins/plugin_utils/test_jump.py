"""Devices behind a jump host: one login there for all of them, and its faults told as its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.jump_host import Hop
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.breaker import Breaker
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.crew import Crew, Pace, run_crew
from ansible_collections.netcellar.backup.plugins.plugin_utils.harvest import Harvester
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.jump import Access, Jump, Jumps
from ansible_collections.netcellar.backup.plugins.plugin_utils.meeting import Door, Met, meet_all
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.waiting import until

from .jump_kit import PASSWORD, USER, JumpServer, StuckServer
from .test_breaker import OWNER
from .test_harvest import Room

OpenLab = Callable[..., Lab]
GOOD = Credential("gate", USER, PASSWORD)
WRONG = Credential("gate", USER, "Wrong-Password-1")


@pytest.fixture
def server() -> Iterator[JumpServer]:
    with JumpServer() as server:
        yield server


def harvested(
    room: Room, lab: Lab, hops: list[JumpServer], credential: Credential = GOOD, seconds: float = 60, **pace: Any
) -> dict[str, Record]:
    """All devices of the laboratory, read through these jump hosts whose keys are known."""
    known = room.folder.path.parent / "known"
    known.write_text("".join(hop.known_hosts for hop in hops))
    jumps = Jumps()
    access = Access(credential, HostKeys("strict", known), seconds, Breaker(known.parent / "breaker", "run-1", OWNER))
    way = [Hop(hop.address, hop.port) for hop in hops]
    jobs = [room.job(lab, name, jump=jumps.through(way, access)) for name in lab.devices]
    crew = Crew(jobs, room.folder, Harvester(room.staging, room.quarantine), Pace(**{"concurrency": 20} | pace))
    run_crew(crew, jumps)
    return {record.host: record for record in room.folder.records().values()}


def found(records: dict[str, Record]) -> dict[str, tuple[str | None, str]]:
    return {host: (record.error, record.stage) for host, record in records.items()}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_all_devices_share_one_login_at_the_jump_host(lab: OpenLab, room: Room, server: JumpServer) -> None:
    devices = lab(*(LabDevice(f"r{number}", "frr") for number in range(12)))

    assert set(found(harvested(room, devices, [server])).values()) == {("git", "stage")}
    assert (server.tries, server.users, devices.logins) == (1, {USER}, 12)
    assert sorted(server.through) == sorted(("127.0.0.1", port) for port in devices.ports.values())
    until(lambda: not server.connections)


def test_a_jump_host_behind_another(lab: OpenLab, room: Room, server: JumpServer) -> None:
    with JumpServer() as inner:
        records = harvested(room, lab(LabDevice("r1", "frr"), LabDevice("r2", "frr")), [server, inner])

        assert set(found(records).values()) == {("git", "stage")}
        assert (server.tries, inner.tries) == (1, 1)
        assert server.through == [("127.0.0.1", inner.port)]


def test_a_jump_host_on_ipv6(lab: OpenLab, room: Room) -> None:
    with JumpServer(address="::1") as server:
        assert found(harvested(room, lab(LabDevice("r1", "frr")), [server])) == {"r1": ("git", "stage")}


def test_a_device_that_its_jump_host_cannot_reach_is_the_devices_fault(
    lab: OpenLab, room: Room, server: JumpServer
) -> None:
    devices = lab(
        LabDevice("r1", "frr", fault="down"), LabDevice("r2", "frr", fault="password"), LabDevice("r3", "frr")
    )

    records = harvested(room, devices, [server])

    assert found(records) == {"r1": ("refused", "connect"), "r2": ("auth", "login"), "r3": ("git", "stage")}
    assert f"refused the connection (through the jump host 127.0.0.1:{server.port})" in records["r1"].message
    assert "jump host" not in records["r2"].message + records["r1"].advice
    assert server.tries == 1


def test_a_refused_login_is_the_jump_hosts_fault_and_no_device_is_tried(
    lab: OpenLab, room: Room, server: JumpServer
) -> None:
    devices = lab(*(LabDevice(f"r{number}", "frr") for number in range(5)))

    records = harvested(room, devices, [server], WRONG, retries=1, delay=0.01)

    assert set(found(records).values()) == {("auth", "connect")}
    assert all(record.message.startswith(f"jump host: 127.0.0.1:{server.port} refused") for record in records.values())
    assert all("jump host" in record.remedy for record in records.values())
    assert WRONG.password not in "".join(record.line() for record in records.values())
    assert (server.tries, sum(device.tries for device in devices.devices.values())) == (1, 0)


def test_an_unknown_key_of_the_jump_host_ends_it_before_any_password(lab: OpenLab, room: Room) -> None:
    devices = lab(LabDevice("r1", "frr"))
    with JumpServer() as server, JumpServer() as other:
        server._key = other._key  # what is written down is not what it shows
        record = harvested(room, devices, [server])["r1"]

    assert (record.error, record.stage, server.tries) == ("host_key", "connect", 0)
    assert record.message.startswith("jump host: ")


def test_a_jump_host_that_lets_nobody_through_is_told(lab: OpenLab, room: Room, server: JumpServer) -> None:
    server.permit = False

    record = harvested(room, lab(LabDevice("r1", "frr")), [server])["r1"]

    assert (record.error, record.stage) == ("refused", "connect")
    assert "does not let this account through" in record.message


def test_a_jump_host_that_is_down_is_tried_once_in_each_round(lab: OpenLab, room: Room) -> None:
    devices = lab(*(LabDevice(f"r{number}", "frr") for number in range(6)))
    with StuckServer() as stuck:
        records = harvested(room, devices, [stuck], seconds=0.3, retries=1, delay=0.01, concurrency=2)
        assert stuck.tries_in_all() == 2

    assert set(found(records).values()) == {("connect_timeout", "connect")}


def test_a_jump_host_that_dies_is_blamed_and_logged_in_to_again(lab: OpenLab, room: Room, server: JumpServer) -> None:
    devices = lab(LabDevice("hung", "frr", fault="silent"), LabDevice("later", "frr"))
    known = room.folder.path.parent / "known"
    known.write_text(server.known_hosts)
    jumps = Jumps()
    jump = jumps.through([Hop("127.0.0.1", server.port)], Access(GOOD, HostKeys("strict", known), 60))
    harvester = Harvester(room.staging, room.quarantine)

    async def story() -> tuple[Record, Record]:
        async with jumps:
            first = asyncio.create_task(harvester.harvest(room.job(devices, "hung", jump=jump)))
            while not devices.devices["hung"].sessions:
                await asyncio.sleep(0.01)
            server.drop()
            return await first, await harvester.harvest(room.job(devices, "later", jump=jump))

    hung, later = asyncio.run(story())

    assert (hung.error, hung.message) == ("unreachable", f"jump host: 127.0.0.1:{server.port} closed the connection")
    assert (later.error, later.stage) == ("git", "stage")
    assert server.logins == 2


def test_one_device_that_gives_up_does_not_end_it_for_the_others(server: JumpServer, tmp_path: Path) -> None:
    (tmp_path / "known").write_text(server.known_hosts)

    async def story() -> None:
        jump = Jump(Hop("127.0.0.1", server.port), Access(GOOD, HostKeys("strict", tmp_path / "known"), 60))
        impatient = asyncio.create_task(jump.tunnel())
        patient = asyncio.create_task(jump.tunnel())
        await asyncio.sleep(0)
        impatient.cancel()
        assert not (await patient).lost()
        await jump.close()

    asyncio.run(story())
    assert server.tries == 1


class TestFirstMeeting:
    """Host keys are learned through a jump host, and nobody logs in at one that no person could look at."""

    def met(self, lab: Lab, server: JumpServer, file: Path) -> dict[str, Met]:
        async def story() -> list[Met]:
            async with Jumps() as jumps:
                jump = jumps.through([Hop("127.0.0.1", server.port)], Access(GOOD, HostKeys("strict", file), 60))
                keys = HostKeys("learn", file)
                doors = [Door(name, "127.0.0.1", port, keys, 60.0, jump) for name, port in lab.ports.items()]
                return await meet_all(doors, 10)

        return {met.host: met for met in asyncio.run(story())}

    def test_first_the_jump_host_then_what_is_behind_it(self, lab: OpenLab, server: JumpServer, tmp_path: Path) -> None:
        devices = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr"), LabDevice("gone", "frr", fault="down"))
        file, jump = tmp_path / "known", f"jump host 127.0.0.1:{server.port}"

        first = self.met(devices, server, file)
        assert (first.pop(jump).result, {met.result for met in first.values()}) == ("learned", {"failed"})
        assert "compare its fingerprint, then learn again" in first["r1"].message
        assert (server.tries, file.read_text()) == (0, server.known_hosts)

        second = self.met(devices, server, file)
        assert {host: met.result for host, met in second.items()} == {
            "r1": "learned",
            "r2": "learned",
            "gone": "failed",
        }
        assert "refused the connection (through the jump host" in second["gone"].message
        assert sorted(file.read_text().splitlines()[1:]) == sorted(devices.known_hosts().splitlines()[:2])
        assert (server.tries, devices.logins) == (1, 0)

    def test_a_changed_key_of_the_jump_host_stops_all_behind_it(
        self, lab: OpenLab, server: JumpServer, tmp_path: Path
    ) -> None:
        with JumpServer() as other:
            (tmp_path / "known").write_text(other.known_hosts.replace(str(other.port), str(server.port)))
        met = self.met(lab(LabDevice("r1", "frr")), server, tmp_path / "known")
        assert (met["r1"].result, server.tries) == ("failed", 0)
        assert "another host key" in met["r1"].message
