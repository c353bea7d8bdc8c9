"""Devices behind a real OpenSSH server: keys learned, configurations read and faults told through it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from netcellar.demo.terminal import LabDevice

from tests.sshd import SSHD, sshd

from .conftest import OpenLab, Site
from .git_servers import GIT_SHELL
from .orchestrating import Bench

pytestmark = pytest.mark.skipif(not SSHD.exists(), reason="there is no sshd")


@pytest.fixture
def bastion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """The folder of an sshd, which holds its log and the key of its only user; and its port."""
    folder = tmp_path_factory.mktemp("bastion")
    with sshd(folder, GIT_SHELL) as port:
        yield folder, port


def logins(folder: Path) -> int:
    log = folder / "sshd.log"
    return log.read_text().count("Accepted publickey") if log.exists() else 0


def test_a_whole_backup_through_openssh(lab: OpenLab, site: Site, bastion: tuple[Path, int]) -> None:
    folder, port = bastion
    devices = lab(
        LabDevice("r1", "cisco_ios"),
        LabDevice("r2", "frr"),
        LabDevice("down", "frr", fault="down"),
        LabDevice("j", "juniper_junos"),
    )
    site.write("hosts.yml", devices.inventory())
    credential = {"name": "gate", "user": getpass.getuser(), "private_key_file": str(folder / "user_key")}
    way = {"netcellar_jump_host": f"127.0.0.1:{port}", "netcellar_jump_credential": credential}
    learn = ("ansible-playbook", "-i", "hosts.yml", "-e", json.dumps(way), "netcellar.backup.hostkeys")

    first, second = site.run(*learn), site.run(*learn)

    assert (first.returncode, logins(folder)) == (2, 1), first.stdout + first.stderr
    assert f"jump host 127.0.0.1:{port} was not known before: compare its fingerprint" in first.stdout + first.stderr
    assert "down: 127.0.0.1" in second.stdout + second.stderr
    known = (site.state / "known_hosts").read_text().splitlines()
    assert len(known) == 4
    own = (folder / "known_hosts").read_text().rpartition(" ")[0]  # without its comment
    assert set(known) < {*devices.known_hosts().splitlines(), own}

    played = site.play(**way, netcellar_connect_timeout=10)

    assert played.outcomes == {"r1": "stored", "r2": "stored", "j": "stored", "down": "unreachable"}
    assert played.records["down"].error == "refused"
    assert "through the jump host" in played.records["down"].message
    assert not played.noise
    assert logins(folder) == 2


def test_a_jump_host_that_refuses_is_the_fault_of_none_of_its_devices(
    lab: OpenLab, site: Site, bastion: tuple[Path, int]
) -> None:
    folder, port = bastion
    devices = lab(*(LabDevice(f"r{number}", "frr") for number in range(4)))
    site.write("hosts.yml", devices.inventory())
    site.write("state/netcellar/known_hosts", (folder / "known_hosts").read_text() + devices.known_hosts())
    other = {"name": "gate", "user": getpass.getuser(), "private_key_file": str(folder / "host_key")}

    played = site.play(netcellar_jump_host=f"127.0.0.1:{port}", netcellar_jump_credential=other)

    assert {record.error for record in played.records.values()} == {"auth"}
    assert all(record.message.startswith("jump host: ") for record in played.records.values())
    assert "end the way to the jump host" in played.output
    assert (devices.logins, logins(folder)) == (0, 0)
    missing = site.play(netcellar_jump_host=f"127.0.0.1:{port}")
    assert {(record.outcome, record.error) for record in missing.records.values()} == {("rejected", "no_credential")}
    wrong = site.play(netcellar_jump_host="me@@nowhere:x", netcellar_jump_credential=other)
    assert {(record.outcome, record.error) for record in wrong.records.values()} == {("rejected", "no_address")}


def test_a_job_goes_through_its_jump_host(lab: OpenLab, tmp_path: Path, bastion: tuple[Path, int]) -> None:
    folder, port = bastion
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "frr"))
    bench = Bench.on(
        tmp_path, devices, known_hosts="known", jump_host=f'"127.0.0.1:{port}"', jump_credential="gate", verdict="off"
    )
    file = tmp_path / "netcellar.yml"
    account = f"  gate: {{user: {getpass.getuser()}, private_key_file: {folder / 'user_key'}}}\n"
    file.write_text(file.read_text().replace("\ncredentials:\n", f"\ncredentials:\n{account}", 1))

    first = bench.run("hostkeys", "learn", "nightly")
    second = bench.run("hostkeys", "learn", "nightly")
    done = bench.job()

    assert (first.code, second.code, done.code) == (1, 0, 0), first.err + second.err + done.err
    assert f"jump host 127.0.0.1:{port}" in first.out
    assert done.result["devices_backed_up"] == 2
    assert logins(folder) == 2
