"""A wrong credential reaches few devices, counted at the devices; a right one is slowed down by nothing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.breaker import Account, Breaker, Caution
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.waiting import HANG_SECONDS

from .test_batch import STAGED, capture

OpenLab = Callable[..., Lab]
OWNER = Owner.of(os.getpid())
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


PROCESS = """
import json, pathlib, sys
from tests.unit.plugins.plugin_utils.test_batch import capture
path, run, hosts, batch = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3])), sys.argv[4].split()
found = capture(pathlib.Path(path), hosts, batch, run=run, concurrency=400)
print(len([1 for host in batch if found[host] == ("failed", "auth")]))
"""


@pytest.mark.parametrize("runs", [("one", "one", "one", "one"), ("one", "one", "other", "other")])
def test_a_wrong_password_in_500_devices_and_four_processes(
    lab: OpenLab, tmp_path: Path, runs: tuple[str, ...]
) -> None:
    devices = lab(*(LabDevice(f"r{number}", "frr", fault="password") for number in range(500)))
    names, file = list(devices.hosts()), tmp_path / "hosts.json"
    file.write_text(json.dumps(devices.hosts()))

    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, tmp_path, run, file, " ".join(names[number::4])],
            cwd=Path(__file__).parents[4], stdout=subprocess.PIPE, text=True,
        )
        for number, run in enumerate(runs)
    ]  # fmt: skip

    assert [process.communicate(timeout=HANG_SECONDS)[0] for process in started] == ["125\n"] * 4
    assert 3 <= tries(devices) <= Caution().unproven + Caution().refusals


async def waits(account: Account) -> bool:
    try:
        await asyncio.wait_for(account.enter(), 0.2)
    except TimeoutError:
        return True
    return False


def test_two_processes_share_the_slots_and_what_came_of_them(tmp_path: Path) -> None:
    async def story() -> None:
        # Locks are between open files, so two breakers are to each other what two processes are.
        one, other = (Breaker(tmp_path / "room", "run-1", OWNER, Caution(2, 3)).account(CREDENTIAL) for __ in range(2))
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
        one, other = (Breaker(tmp_path / "room", "run-1", OWNER, Caution(2, 3)).account(CREDENTIAL) for __ in range(2))
        for account in (one, other, one):
            (await account.enter()).end(False)
        with pytest.raises(SessionError, match="'tacacs' was refused 3 times") as caught:
            await other.enter()
        assert caught.value.error == "auth"

    asyncio.run(story())


def test_a_killed_process_holds_no_slot_and_a_run_that_is_over_says_nothing(tmp_path: Path) -> None:
    script = """
import asyncio, os, pathlib, signal, sys
from tests.unit.plugins.plugin_utils.test_breaker import CREDENTIAL, Breaker, Caution, Owner
async def story():
    account = Breaker(pathlib.Path(sys.argv[1]), "killed", Owner.of(os.getpid()), Caution(2, 3)).account(CREDENTIAL)
    for _ in range(2):
        (await account.enter()).end(False)
    turns = [await account.enter(), await account.enter()]
    print("holding", flush=True)
    signal.pause()
asyncio.run(story())
"""
    mine = Breaker(tmp_path / "room", "mine", OWNER, Caution(2, 3)).account(CREDENTIAL)

    async def refusals() -> int:
        for count in range(10):
            try:
                (await mine.enter()).end(False)
            except SessionError:
                return count
        return 10

    command = [sys.executable, "-c", script, tmp_path / "room"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[4], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "holding\n"
        assert asyncio.run(waits(mine))
        other.kill()
    assert asyncio.run(refusals()) == 3


def test_what_another_process_takes_away_at_that_moment_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir(mode=0o700)
    (tmp_path / "room" / "listed").symlink_to("and-gone")

    assert not Breaker(tmp_path / "room", "run-1", OWNER).account(CREDENTIAL).proven


def test_no_file_name_tells_anything_of_the_secret(tmp_path: Path) -> None:
    breaker = Breaker(tmp_path / "room", "run-1", OWNER)
    same, different = Credential("other name", "backup", "Wrong-Password-1"), Credential("tacacs", "backup", "2")

    assert breaker.account(CREDENTIAL) is breaker.account(same)
    assert breaker.account(CREDENTIAL) is not breaker.account(different)
    asyncio.run(breaker.account(CREDENTIAL).enter()).end(False)
    files = list((tmp_path / "room").iterdir())
    assert files
    assert all("backup" not in file.name and b"Wrong" not in file.read_bytes() for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
