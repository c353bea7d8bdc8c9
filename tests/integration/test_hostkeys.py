"""Host keys are learned before the first backup, and a changed one is an event that nothing hides."""

from __future__ import annotations

import json
from pathlib import Path

from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site
from .orchestrating import Bench


def test_keys_are_learned_without_a_login_and_a_backup_may_follow(lab: OpenLab, site: Site) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "cisco_ios"), LabDevice("gone", "frr", fault="down"))
    site.write("hosts.yml", devices.inventory())

    dry = site.run("ansible-playbook", "-i", "hosts.yml", "--check", "netcellar.backup.hostkeys")
    assert not (site.state / "known_hosts").exists()
    done = site.run("ansible-playbook", "-i", "hosts.yml", "netcellar.backup.hostkeys")

    assert (dry.returncode, done.returncode) == (2, 2)
    assert "gone: 127.0.0.1" in done.stdout + done.stderr
    assert (devices.logins, sum(device.tries for device in devices.devices.values())) == (0, 0)
    learned = (site.state / "known_hosts").read_text()
    assert sorted(learned.splitlines()) == sorted(devices.known_hosts().splitlines()[:2])
    again = site.run("ansible-playbook", "-i", "hosts.yml", "--limit", "r1,r2", "netcellar.backup.hostkeys")
    assert again.returncode == 0, again.stdout
    assert "0 host keys learned, 2 known before" in again.stdout
    assert (site.state / "known_hosts").read_text() == learned
    assert site.play("--limit", "r1,r2").outcomes == {"r1": "stored", "r2": "stored"}


def test_a_changed_key_is_told_and_not_taken_over(lab: OpenLab, site: Site) -> None:
    devices = lab(LabDevice("r1", "cisco_ios", fault="host_key"))
    site.write("hosts.yml", devices.inventory())
    site.know(devices)

    done = site.run("ansible-playbook", "-i", "hosts.yml", "netcellar.backup.hostkeys")

    assert done.returncode == 2
    assert (done.stdout + done.stderr).count("SHA256:") >= 2
    assert (site.state / "known_hosts").read_text() == devices.known_hosts()


def test_the_command_learns_what_a_strict_run_lacks(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "frr"))
    bench = Bench.on(tmp_path, devices, known_hosts=".netcellar/known_hosts")

    strict = bench.job()
    logins = devices.logins
    learned = bench.run("hostkeys", "learn", "nightly", "--output", "json")

    assert strict.code == 1
    failed = strict.result["failed_devices"]
    assert {row["error"] for row in failed} == {"host_key"}
    assert all("`netcellar hostkeys learn JOB`" in row["remedy"] for row in failed)
    assert learned.code == 0, learned.err
    assert learned.result["counts"] | {"learned": 0} == dict.fromkeys(learned.result["counts"], 0)
    assert [(row["host"], row["result"]) for row in learned.result["devices"]] == [("r1", "learned"), ("r2", "learned")]
    assert devices.logins == logins == 0
    known = (tmp_path / ".netcellar" / "known_hosts").read_text()
    assert sorted(known.splitlines()) == sorted(devices.known_hosts().splitlines())
    assert bench.job().code == 0
    assert json.loads(bench.run("runs", "list", "--output", "json", "--query", "length(@)").out) == 2
    assert list((tmp_path / ".netcellar").glob("hostkeys-*")) == []


def test_the_command_tells_what_has_changed_and_who_is_away(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(
        LabDevice("r1", "cisco_ios", fault="host_key"), LabDevice("r2", "frr"), LabDevice("r3", "frr", fault="down")
    )
    bench = Bench.on(tmp_path, devices)

    told = bench.run("hostkeys", "learn", "nightly", "--output", "json")
    nobody = bench.run("hostkeys", "learn", "nightly", "--limit", "r9")
    shown = bench.run("hostkeys", "learn", "nightly", "--limit", "r1")

    assert (told.code, nobody.code, shown.code) == (1, 3, 1)
    rows = {row["host"]: row for row in told.result["devices"]}
    assert {host: row["result"] for host, row in rows.items()} == {"r1": "changed", "r2": "known", "r3": "unreachable"}
    assert rows["r1"]["known"] != [rows["r1"]["fingerprint"]]
    assert rows["r1"]["fingerprint"] in shown.out
    assert rows["r1"]["known"][0] in shown.out
    assert "no host of the inventory matches the limit r9" in nobody.err
    assert (tmp_path / "known_hosts").read_text() == devices.known_hosts()
