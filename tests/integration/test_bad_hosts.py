"""Hosts that cannot be backed up say why, and spoil nothing for the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import sentence
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Played, Site

HOSTILE = ["../../etc/x", "-oProxyCommand=touch pwned", "a b", "zürich", "{{ lookup('pipe', 'touch pwned') }}"]


@pytest.fixture
def good(lab: OpenLab, site: Site) -> Lab:
    """One good device, to which a test adds its bad ones."""
    opened = lab(LabDevice("good", "frr"))
    site.know(opened)
    return opened


def play_with(site: Site, lab: Lab, hosts: dict[str, dict[str, Any]], *arguments: str, **extra: Any) -> Played:
    """Run with more hosts beside those of the laboratory, first in order."""
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts | lab.hosts()}}))
    played = site.play(*arguments, **extra)
    assert played.noise == [], played.output
    assert played.records["good"].outcome == "stored", played.output
    return played


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ({"ansible_network_os": "acme_os"}, "unsupported"),
        ({"ansible_network_os": ""}, "unsupported"),
        ({"netcellar_device": {"id": "1", "name": "bad"}, "ansible_host": ""}, "no_address"),
        ({"ansible_user": ""}, "no_credential"),
    ],
)
def test_a_host_that_cannot_be_tried_is_rejected(good: Lab, site: Site, variables: Any, error: str) -> None:
    bad = good.hosts()["good"] | variables
    played = play_with(site, good, {"a-bad": bad})
    record = played.records["a-bad"]
    assert (record.outcome, record.error) == ("rejected", error), played.output
    assert played.recap == {"a-bad": "failed", "good": "changed"}
    assert error in played.output
    assert sentence(record.remedy) in played.output


def test_two_hosts_of_one_path_are_both_rejected(lab: OpenLab, site: Site) -> None:
    opened = lab(LabDevice("good", "frr"), LabDevice("s1", "cisco_ios"), LabDevice("s2", "cisco_ios"))
    site.know(opened)
    hosts = opened.hosts()
    for name in ("s1", "s2"):
        hosts[name]["netcellar_paths"] = "same/{platform}.{artifact}"
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts}}))
    played = site.play()
    assert played.records["good"].outcome == "stored", played.output
    for name in ("s1", "s2"):
        assert (played.records[name].outcome, played.records[name].error) == ("rejected", "path"), played.output
    assert not [path for path in site.files if path.startswith("same/")]


def test_a_path_that_leaves_the_repository_is_rejected(good: Lab, site: Site) -> None:
    bad = good.hosts()["good"] | {"netcellar_paths": "../../{name}"}
    played = play_with(site, good, {"bad": bad})
    assert (played.records["bad"].outcome, played.records["bad"].error) == ("rejected", "path")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_data(good: Lab, site: Site, name: str) -> None:
    """As a static inventory may name a host: it is refused or stored under a path of its own, and never run."""
    played = play_with(site, good, {name: dict(good.hosts()["good"])})
    assert len(played.records) == 2
    assert not list(site.folder.rglob("pwned"))
    assert all(path.startswith("backups/") and ".." not in path for path in site.files)
    assert not (site.folder.parent / "etc").exists()


def test_hosts_without_an_address_are_reached_by_their_names_and_devices_not_at_all(good: Lab, site: Site) -> None:
    """Ansible gives a delegated task the address of this machine where the first host has none."""
    known = {key: value for key, value in good.hosts()["good"].items() if key != "ansible_host"}
    device = {"netcellar_device": {"id": "1", "name": "a-device"}}
    hosts = {"a.invalid": known, "a-device": known | device}
    played = play_with(site, good, hosts, netcellar_host_keys="off")
    assert played.records["a.invalid"].error == "unreachable"
    assert "a.invalid" in played.records["a.invalid"].message
    assert played.records["a-device"].error == "no_address", played.output
