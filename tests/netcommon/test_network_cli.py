"""Devices that are read through network_cli, by the whole playbook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from netcellar.demo import devices
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.conftest import OpenLab
from tests.integration.conftest import Played, Site
from tests.integration.orchestrating import Bench

PASSWORD = "correct-horse-battery"
FAULTS = ("password", "down", "hangup", "error", "silent", "stuck", "host_key", "hostname")
# So long that no load on the machine matters; what is to run into a limit has one of its own.
PATIENT = {"connect": 120, "command": 120, "device": 300}
OWN_LIMITS = {
    "stuck": {"netcellar_connect_timeout": 2},
    "silent": {"netcellar_command_timeout": 1},
    "hung": {"netcellar_device_timeout": 3},
}
HANGS_SECONDS = 30.0


def write(site: Site, lab: Lab, *through: str, **more: Any) -> None:
    """The inventory of the laboratory; the hosts named go ``through`` network_cli, and have ``more`` variables."""
    hosts = {name: host | OWN_LIMITS.get(name, {}) for name, host in lab.hosts().items()}
    for name in through:
        hosts[name] |= {"netcellar_transport": "network_cli", **more}
    limits = {f"netcellar_{name}_timeout": seconds for name, seconds in PATIENT.items()}
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts, "vars": limits}}))


def commits(site: Site) -> int:
    return int(site.git("rev-list", "--count", "main") or 0)


@pytest.fixture
def four(lab: OpenLab, netcommon: Site) -> Lab:
    """A device for each collection."""
    opened = lab(
        LabDevice("ios", "cisco_ios", enable_password="lab-enable", password=PASSWORD, size=40_000),
        LabDevice("nxos", "cisco_nxos"),
        LabDevice("eos", "arista_eos", fault="slow"),
        LabDevice("junos", "juniper_junos"),
    )
    netcommon.know(opened)
    return opened


def test_the_same_blobs_as_through_the_batch(four: Lab, netcommon: Site) -> None:
    write(netcommon, four)
    assert set(netcommon.play().outcomes.values()) == {"stored"}
    tree = netcommon.tree
    write(netcommon, four, *four.ports, ansible_become=True)
    played = netcommon.play()
    assert played.outcomes == dict.fromkeys(four.ports, "unchanged"), played.output
    assert (played.code, played.noise) == (0, []), played.output
    assert (netcommon.tree, commits(netcommon)) == (tree, 1)
    assert {record.credential for record in played.records.values()} == {"inventory"}
    # what only the terminal plugin sends
    assert "terminal width 0" in four.devices["ios"].commands
    assert "show privilege" in four.devices["ios"].commands
    assert PASSWORD not in played.output
    assert netcommon.holding(PASSWORD) == []


def test_a_changed_device_is_stored_with_all_its_lines(four: Lab, netcommon: Site) -> None:
    write(netcommon, four, "ios")
    netcommon.play()
    four.change("ios", "hostname ios", "hostname ios\nip domain name example.net")
    played = netcommon.play()
    assert played.outcomes == {"ios": "stored", "nxos": "unchanged", "eos": "unchanged", "junos": "unchanged"}
    diff = netcommon.git("diff", "HEAD~1", "main", "--", "backups/ios.running-config")
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    assert "+ip domain name example.net" in changed
    assert all(line[1:].startswith(("! ", "ip domain name")) for line in changed), diff
    assert commits(netcommon) == 2


def test_a_key_file_is_enough(lab: OpenLab, netcommon: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, file = asyncssh.generate_private_key("ssh-ed25519"), tmp_path / "key"
    key.write_private_key(file)
    file.chmod(0o600)

    class ByKey(devices._Server):
        def password_auth_supported(self) -> bool:
            return False

        def validate_public_key(self, username: str, shown: asyncssh.SSHKey) -> bool:
            return shown.public_data == key.public_data

        def public_key_auth_supported(self) -> bool:
            return True

    monkeypatch.setattr(devices, "_Server", ByKey)
    opened = lab(LabDevice("ios", "cisco_ios"))
    netcommon.know(opened)
    write(netcommon, opened, "ios", ansible_ssh_private_key_file=str(file), ansible_password=None)
    played = netcommon.play()
    assert played.outcomes == {"ios": "stored"}, played.output


def test_a_mixed_run_is_one_commit_and_batches_lose_nothing(four: Lab, netcommon: Site) -> None:
    write(netcommon, four, "nxos", "junos")
    played = netcommon.play()
    assert played.outcomes == dict.fromkeys(four.ports, "stored"), played.output
    assert (played.code, commits(netcommon)) == (0, 1)
    shutil.rmtree(netcommon.repository)
    played = netcommon.play(netcellar_serial=1)
    assert played.outcomes == dict.fromkeys(four.ports, "stored"), played.output
    assert len(netcommon.files) == 7
    assert netcommon.git("fsck") == ""


def test_a_device_behind_a_jump_host_is_not_reached_past_it(four: Lab, netcommon: Site) -> None:
    account = {"name": "bastion", "user": "somebody", "password": PASSWORD}
    write(netcommon, four, "ios", netcellar_jump_host="bastion.example.net", netcellar_jump_credential=account)
    played = netcommon.play()
    assert faults(played)["ios"] == ("rejected", "unsupported"), played.output
    assert "ansible_libssh_proxy_command" in (played.records["ios"].advice or "")
    assert four.devices["ios"].tries == 0


def test_check_mode_keeps_nothing(four: Lab, netcommon: Site) -> None:
    write(netcommon, four, "ios", "nxos")
    played = netcommon.play("--check")
    assert played.outcomes == dict.fromkeys(four.ports, "stored"), played.output
    assert (played.code, netcommon.repository.exists()) == (0, False)


def test_each_fault_has_the_record_that_the_batch_gives_it(lab: OpenLab, netcommon: Site) -> None:
    # Each with a password of its own, so that no credential is given up after some refusals.
    broken = [LabDevice(fault, "cisco_ios", fault=fault, password=f"{PASSWORD}-{fault}") for fault in FAULTS]
    opened = lab(*broken, LabDevice("sound", "cisco_ios"))
    netcommon.know(opened)
    write(netcommon, opened)
    netcommon.variables = {"netcellar_retries": 0, "netcellar_identity": "strict"}
    batch = netcommon.play()
    tries = {device.name: device.tries for device in opened.devices.values()}
    shutil.rmtree(netcommon.repository)
    write(netcommon, opened, *opened.ports)
    played = netcommon.play()
    assert faults(played) == faults(batch)
    assert played.outcomes["sound"] == "stored"
    assert [name for name in netcommon.files if "sound" not in name] == []
    assert {device.name: device.tries - tries[device.name] for device in opened.devices.values()} == tries
    assert tries["host_key"] == 0
    assert PASSWORD not in played.output + str(played.records)


def faults(played: Played) -> dict[str, tuple[str, str | None]]:
    return {host: (record.outcome, record.error) for host, record in played.records.items()}


def test_a_device_that_hangs_ends_at_its_limit(lab: OpenLab, netcommon: Site) -> None:
    opened = lab(LabDevice("hung", "cisco_ios", delay=HANGS_SECONDS), LabDevice("sound", "cisco_ios"))
    netcommon.know(opened)
    write(netcommon, opened, "hung", "sound")
    played = netcommon.play()
    assert faults(played) == {"hung": ("failed", "device_timeout"), "sound": ("stored", None)}
    assert played.records["hung"].seconds < HANGS_SECONDS


def test_a_wrong_password_locks_no_account(lab: OpenLab, netcommon: Site) -> None:
    opened = lab(*(LabDevice(f"r{number}", "cisco_ios", fault="password") for number in range(8)))
    netcommon.know(opened)
    write(netcommon, opened, *opened.ports)
    played = netcommon.play()
    assert {record.error for record in played.records.values()} == {"auth"}
    assert 1 <= sum(device.tries for device in opened.devices.values()) <= 5


def test_the_next_credential_follows_a_refused_one(lab: OpenLab, netcommon: Site) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"))
    netcommon.know(opened)
    write(netcommon, opened, "r1", ansible_password="not this one")
    spare = {"name": "spare", "user": "backup", "password": "backup"}
    played = netcommon.play(netcellar_credentials=[spare])
    assert (played.outcomes["r1"], played.records["r1"].credential) == ("stored", "spare")
    assert opened.devices["r1"].tries == 2


def test_the_key_of_a_first_meeting_is_learned_and_a_strange_one_refused(lab: OpenLab, netcommon: Site) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"))
    write(netcommon, opened, "r1")
    refused = netcommon.play()
    assert faults(refused) == {"r1": ("failed", "host_key")}
    assert opened.devices["r1"].tries == 0
    assert "SHA256:" in refused.records["r1"].message
    assert netcommon.play(netcellar_host_keys="learn").outcomes == {"r1": "stored"}
    assert (netcommon.state / "known_hosts").read_text() == opened.known_hosts()
    opened.set_fault("r1", "host_key")
    assert faults(netcommon.play(netcellar_host_keys="learn")) == {"r1": ("failed", "host_key")}
    assert netcommon.play(netcellar_host_keys="off").outcomes == {"r1": "unchanged"}


def test_what_is_not_installed_is_said_to_that_host_alone(
    lab: OpenLab, netcommon: Site, collections: Path, tmp_path: Path
) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "cisco_ios"))
    netcommon.know(opened)
    write(netcommon, opened, "r1")
    netcommon.settings["ANSIBLE_COLLECTIONS_PATH"] = str(tmp_path / "none")
    played = netcommon.play()
    assert faults(played) == {"r1": ("rejected", "unsupported"), "r2": ("stored", None)}, played.output
    assert "pip install 'netcellar[netcommon]'" in played.records["r1"].advice
    few = tmp_path / "few" / "ansible_collections"
    few.mkdir(parents=True)
    (few / "ansible").symlink_to(collections / "ansible_collections" / "ansible")
    netcommon.settings["ANSIBLE_COLLECTIONS_PATH"] = str(few.parent)
    played = netcommon.play()
    assert faults(played) == {"r1": ("rejected", "unsupported"), "r2": ("unchanged", None)}
    assert "ansible-galaxy collection install cisco.ios" in played.records["r1"].advice


TERMINAL = """
import re

from ansible_collections.ansible.netcommon.plugins.plugin_utils.terminal_base import TerminalBase


class TerminalModule(TerminalBase):
    terminal_stdout_re = [re.compile(rb"[\\w.-]+# ?$")]
    terminal_stderr_re = [re.compile(rb"% Invalid")]

    def on_open_shell(self):
        self._exec_cli_command(b"terminal length 0")
        self._exec_cli_command(b"terminal width 333")
"""


def test_any_terminal_plugin_with_a_platform_file(lab: OpenLab, netcommon: Site, collections: Path) -> None:
    opened = lab(LabDevice("r1", "arista_eos"))
    netcommon.know(opened)
    netcommon.write("mine/ansible_collections/our/gear/plugins/terminal/gear.py", TERMINAL)
    netcommon.write("mine/ansible_collections/our/gear/galaxy.yml", "namespace: our\nname: gear\nversion: 1.0.0\n")
    platform = (Path(__file__).parents[2] / "plugins/plugin_utils/platforms/arista_eos.yml").read_text()
    ours = platform.replace("network_os: arista_eos", "network_os: our_gear")
    lines = ["aliases: [our.gear.gear]" if line.startswith("aliases:") else line for line in ours.splitlines()]
    netcommon.write("platforms/our_gear.yml", "\n".join(lines) + "\n")
    write(netcommon, opened, "r1", ansible_network_os="our.gear.gear")
    netcommon.settings["ANSIBLE_COLLECTIONS_PATH"] = f"{netcommon.folder / 'mine'}:{collections}"
    played = netcommon.play(netcellar_platforms=str(netcommon.folder / "platforms"))
    assert played.outcomes == {"r1": "stored"}, played.output
    assert "terminal width 333" in opened.devices["r1"].commands


OWN = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.import_role: {name: netcellar.backup.capture, rolespec_validate: false}
    - ansible.builtin.import_role: {name: netcellar.backup.commit, rolespec_validate: false}
"""


def test_a_playbook_of_ones_own_needs_one_more_line(four: Lab, netcommon: Site) -> None:
    write(netcommon, four, "ios")
    netcommon.write("own.yml", OWN)
    netcommon.run("ansible-playbook", "-i", "hosts.yml", "own.yml")
    record = netcommon.records(*netcommon.runs())["ios"]
    assert (record.outcome, "tasks_from: network_cli" in record.advice) == ("silent", True)
    before = netcommon.runs()
    line = "    - ansible.builtin.import_role: {name: netcellar.backup.capture, tasks_from: network_cli}\n"
    place = OWN.index("    - ansible.builtin.import_role: {name: netcellar.backup.commit")
    netcommon.write("own.yml", OWN[:place] + line + OWN[place:])
    done = netcommon.run("ansible-playbook", "-i", "hosts.yml", "own.yml")
    records = netcommon.records(*netcommon.runs() - before)
    assert records["ios"].outcome == "stored", done.stdout
    assert {record.outcome for name, record in records.items() if name != "ios"} == {"unchanged"}


def test_a_job_finds_the_collections_of_its_project(lab: OpenLab, collections: Path, tmp_path: Path) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "cisco_ios"))
    bench = Bench.on(tmp_path, opened)
    (tmp_path / "collections").symlink_to(collections)
    for saved in tmp_path.rglob("*.yml"):
        if "plugin: netcellar" in saved.read_text():
            folder = saved.parent / "group_vars"
            folder.mkdir(exist_ok=True)
            (folder / "all.yml").write_text("netcellar_transport: network_cli\n")
    ran = bench.job()
    assert (ran.code, ran.result["devices_backed_up"]) == (0, 2), ran.err
    assert "terminal width 0" in opened.devices["r1"].commands
