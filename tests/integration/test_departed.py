"""A device that left the inventory goes to the attic, when a run has met the whole inventory and not before."""

from __future__ import annotations

import json

from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

NAMES = ("r1", "r2", "r3")


def test_only_a_run_of_the_whole_inventory_says_who_has_left(lab: OpenLab, site: Site) -> None:
    opened = lab(*(LabDevice(name, "frr") for name in NAMES))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    assert site.play().code == 0
    left = "backups/r3.running-config"
    assert left in site.files
    hosts = opened.hosts()
    site.write("hosts.yml", json.dumps({"all": {"hosts": {"r1": hosts["r1"], "r2": hosts["r2"], "r4": hosts["r3"]}}}))
    site.variables = {"netcellar_departed": "attic", "netcellar_max_departed": 1, "netcellar_verdict": "off"}

    site.play("--limit", "r1")
    site.play(netcellar_hosts="r1")
    assert left in site.files
    site.play("--check")
    assert left in site.files

    played = site.play()
    assert left not in site.files, played.output
    assert f"attic/{left}" in site.files
    assert site.git("log", "-1", "--format=%s") == "backup: 1 devices left hosts (attic)"
