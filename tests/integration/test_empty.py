"""No mistake in an inventory looks like a good backup."""

from __future__ import annotations

import pytest
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

GOOD = "all: {hosts: {r1: {ansible_host: 127.0.0.1, ansible_port: 1, ansible_network_os: frr}}}\n"


@pytest.mark.parametrize("limit", [[], ["--limit", "r1"]], ids=["", "limit"])
@pytest.mark.parametrize(
    ("name", "text"),
    [("empty.yml", ""), ("empty.ini", ""), ("typo.yml", "plugin: netcellar.backup.nautbot\nall: true\n")],
)
def test_an_inventory_that_holds_nothing_fails(site: Site, name: str, text: str, limit: list[str]) -> None:
    site.write(name, text)
    played = site.play(*limit, inventory=name)
    assert played.code != 0
    assert "the inventory holds no host" in played.output
    assert "Traceback" not in played.output
    assert site.runs() == set()


@pytest.mark.parametrize(
    ("limit", "hosts"), [([], "no-such-group"), (["--limit", "r1"], "all:!r1")], ids=["pattern", "limit"]
)
def test_a_pattern_that_matches_nothing_fails(site: Site, limit: list[str], hosts: str) -> None:
    site.write("hosts.yml", GOOD)
    played = site.play(*limit, netcellar_hosts=hosts)
    assert played.code != 0
    assert f"no host matches netcellar_hosts={hosts}" in played.output


def test_the_pattern_narrows_all_plays(lab: OpenLab, site: Site) -> None:
    opened = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr"))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    played = site.play(netcellar_hosts="r2")
    assert (played.code, played.outcomes) == (0, {"r2": "stored"}), played.output
    assert played.recap == {"r2": "changed"}


def test_listing_hosts_and_checking_the_syntax_need_no_device(site: Site) -> None:
    site.write("hosts.yml", GOOD)
    assert site.play("--list-hosts").code == 0
    assert site.run("ansible-playbook", "--syntax-check", "netcellar.backup.backup").returncode == 0
