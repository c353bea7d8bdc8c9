"""A wrong credential reaches few devices, counted at the devices; a right one is slowed down by nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.breaker import Account, Breaker, Caution
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .test_batch import STAGED, capture

OpenLab = Callable[..., Lab]
CREDENTIAL = Credential("tacacs", "backup", "Wrong-Password-1")


def tries(lab: Lab) -> int:
    return sum(device.tries for device in lab.devices.values())


def test_a_wrong_password_for_500_devices_reaches_few_of_them(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(*(LabDevice(f"r{number}", "frr", fault="password") for number in range(500)))
    hosts = devices.hosts()

    found = capture(tmp_path, hosts, list(hosts)[:400], concurrency=400)

    assert [found[f"r{number}"] for number in range(400)] == [("failed", "auth")] * 400
    assert 3 <= tries(devices) <= Caution().unproven + Caution().refusals
    # A later batch of the run knows it too.
    before = tries(devices)
    assert capture(tmp_path, hosts, list(hosts)[400:])["r499"] == ("failed", "auth")
    assert tries(devices) == before


def test_a_right_password_is_tried_once_for_each_device(lab: OpenLab, tmp_path: Path) -> None:
    refusing = [LabDevice(f"bad{number}", "frr", fault="password") for number in range(5)]
    devices = lab(*(LabDevice(f"r{number}", "frr") for number in range(20)), *refusing)

    found = capture(tmp_path, devices.hosts())

    assert [found[f"r{number}"] for number in range(20)] == [STAGED] * 20
    assert [found[device.name] for device in refusing] == [("failed", "auth")] * 5
    assert (devices.logins, tries(devices)) == (20, 25)


async def waits(account: Account) -> bool:
    try:
        await asyncio.wait_for(account.enter(), 0.2)
    except TimeoutError:
        return True
    return False


def test_two_processes_share_the_slots_and_what_came_of_them(tmp_path: Path) -> None:
    async def story() -> None:
        # Locks are between open files, so two breakers are to each other what two processes are.
        one, other = (Breaker(tmp_path / "room", Caution(2, 3)).account(CREDENTIAL) for __ in range(2))
        first, second = await one.enter(), await other.enter()
        assert await waits(one)
        assert await waits(other)
        first.end(False)
        third = await other.enter()
        second.end(None)
        third.end(True)
        assert one.proven
        for __ in range(10):
            await one.enter()

    asyncio.run(story())


def test_refusals_of_any_process_end_its_use(tmp_path: Path) -> None:
    async def story() -> None:
        one, other = (Breaker(tmp_path / "room", Caution(2, 3)).account(CREDENTIAL) for __ in range(2))
        for account in (one, other, one):
            (await account.enter()).end(False)
        with pytest.raises(SessionError, match="'tacacs' was refused 3 times") as caught:
            await other.enter()
        assert caught.value.error == "auth"

    asyncio.run(story())


def test_no_file_name_tells_anything_of_the_secret(tmp_path: Path) -> None:
    breaker = Breaker(tmp_path / "room")
    same, different = Credential("other name", "backup", "Wrong-Password-1"), Credential("tacacs", "backup", "2")

    assert breaker.account(CREDENTIAL) is breaker.account(same)
    assert breaker.account(CREDENTIAL) is not breaker.account(different)
    asyncio.run(breaker.account(CREDENTIAL).enter()).end(False)
    files = list((tmp_path / "room").iterdir())
    assert files
    assert all("backup" not in file.name and b"Wrong" not in file.read_bytes() for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
