"""A backup of a laboratory, as one types it."""

from __future__ import annotations

import pytest
from netcellar.demo.configs import secrets_of
from netcellar.demo.devices import Lab, demo_devices
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

PLATFORMS = ("cisco_ios", "cisco_nxos", "arista_eos", "juniper_junos", "frr", "mikrotik_routeros")


@pytest.fixture
def running(lab: OpenLab, site: Site) -> Lab:
    """One device of each platform, in the user's inventory."""
    opened = lab(*(LabDevice(f"lab-{platform.replace('_', '-')}", platform) for platform in PLATFORMS))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    return opened


def test_each_platform_is_stored_once_and_a_change_alone_is_new(running: Lab, site: Site) -> None:
    first = site.play()
    assert (first.code, first.noise) == (0, []), first.output
    assert set(first.outcomes.values()) == {"stored"}
    assert set(first.recap.values()) == {"changed"}
    assert {f"backups/{name}.running-config" for name in running.ports} <= set(site.files)

    tree = site.tree
    second = site.play()
    assert (second.code, second.noise) == (0, []), second.output
    assert set(second.outcomes.values()) == {"unchanged"}
    assert set(second.recap.values()) == {"ok"}
    assert site.tree == tree

    running.change("lab-cisco-ios", "hostname lab-cisco-ios", "hostname lab-cisco-ios\nno ip source-route")
    third = site.play()
    assert third.code == 0
    assert {host for host, word in third.recap.items() if word == "changed"} == {"lab-cisco-ios"}
    assert site.git("diff", "--name-only", "main~1", "main") == "backups/lab-cisco-ios.running-config"
    assert site.git("fsck", "--strict", "--no-dangling") == ""


def test_the_four_broken_devices_have_four_right_records_and_no_file(lab: OpenLab, site: Site) -> None:
    opened = lab(*demo_devices())
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    played = site.play()
    assert played.noise == []
    broken = {host: (record.outcome, record.error) for host, record in played.records.items() if not record.good}
    assert broken == {
        "broken-password": ("failed", "auth"),
        "broken-down": ("unreachable", "refused"),
        "broken-hangup": ("quarantined", "incomplete"),
        "broken-answer": ("quarantined", "command_rejected"),
    }
    assert not [path for path in site.files if "broken" in path]
    assert {host: word for host, word in played.recap.items() if host in broken} == {
        "broken-password": "failed",
        "broken-down": "unreachable",
        "broken-hangup": "failed",
        "broken-answer": "failed",
    }
    assert sum(record.outcome == "stored" for record in played.records.values()) == len(opened.devices) - len(broken)
    assert played.code != 0
    for record in played.records.values():
        assert record.good or (record.message and record.remedy)


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("all", {"r1": "ok", "r2": "changed", "r3": "unreachable"}),
        ("notable", {"r1": "ok", "r2": "changed", "r3": "unreachable"}),
        # The tasks that run once for all are counted for the first host, and so is the failure of the run.
        (False, {"r1": "failed"}),
    ],
)
def test_the_verdict_tells_of_all_hosts_or_of_notable_ones_or_of_the_run(
    lab: OpenLab, site: Site, mode: object, told: dict[str, str]
) -> None:
    opened = lab(*(LabDevice(name, "frr") for name in ("r1", "r2", "r3", "r4")))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    assert site.play(netcellar_verdict=mode).code == 0
    opened.change("r2", "hostname r2", "hostname r2\nip forwarding")
    opened.set_fault("r3", "down")
    played = site.play(netcellar_verdict=mode)
    assert played.code != 0
    assert played.noise == []
    assert played.recap == told | ({"r4": "ok"} if mode == "all" else {})
    assert "refused" in played.output or "1 of 4 devices are not backed up" in played.output
    assert ("[r4 -> localhost]" in played.output) is (mode == "all")


def test_a_verdict_that_does_not_exist_is_refused(site: Site) -> None:
    site.write("hosts.yml", "all: {hosts: {r1: {ansible_host: 127.0.0.1, ansible_network_os: acme}}}")
    played = site.play(netcellar_verdict="loud")
    assert played.code != 0
    assert "netcellar_verdict='loud' is unknown" in played.output


def test_a_changed_secret_shows_as_a_change_and_not_itself(lab: OpenLab, site: Site) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    old = secrets_of("r1")["community"]
    assert site.play().outcomes == {"r1": "stored"}
    assert site.play().outcomes == {"r1": "unchanged"}

    opened.change("r1", old, "another-community")
    assert site.play().outcomes == {"r1": "stored"}

    changed = [line for line in site.git("diff", "-U0", "main~1", "main").splitlines() if "<masked:" in line]
    assert len({line[0] for line in changed}) == 2, changed
    assert site.holding("another-community") == site.holding(old) == []


def test_without_a_key_for_masking_a_run_is_refused_and_says_how_to_make_one(lab: OpenLab, site: Site) -> None:
    opened = lab(LabDevice("r1", "frr"))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    (site.state / "mask.key").unlink()

    played = site.play()

    assert (played.code != 0, opened.devices["r1"].tries, site.tree) == (True, 0, "")
    assert f"openssl rand -hex 32 > {site.state}/mask.key" in played.output.replace("\\", "")
    assert site.play(netcellar_secrets="keep").outcomes == {"r1": "stored"}
    assert site.play(netcellar_mask_key="given by a vault").outcomes == {"r1": "stored"}


def test_what_is_stored_is_held_against_what_comes(lab: OpenLab, site: Site) -> None:
    opened = lab(LabDevice("r1", "cisco_ios", size=20_000), LabDevice("r2", "cisco_ios"))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    assert site.play().outcomes == {"r1": "stored", "r2": "stored"}

    opened.devices["r1"].config = LabDevice("r1", "cisco_ios", size=2_000).config
    other = opened.devices["r2"]
    other.fault = "hostname"
    other.config = other.startup = other.config.replace("hostname r2", "hostname somebody-else")
    second = site.play().records

    [seen] = [kept.certificate for kept in second["r1"].artifacts if kept.artifact == "running"]
    assert (second["r1"].outcome, seen["second_read"]) == ("stored", "agrees")
    assert (second["r2"].outcome, second["r2"].error) == ("quarantined", "identity")
