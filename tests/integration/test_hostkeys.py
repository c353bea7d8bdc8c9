"""Host keys are learned before the first backup, and a changed one is an event that nothing hides."""

from __future__ import annotations

from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site


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
