"""A job that AWX has sliced: each slice has a part of the hosts, and knows what the inventory told of itself."""

from __future__ import annotations

import copy
import json
from typing import Any

from netcellar.demo.scene import device_rows
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

NAMES = ("r1", "r2", "r3", "r4")
SLICES = 2
SAVED = {"plugin": "netcellar.backup.devices", "devices": "devices.yml", "match": {"all": True}}


def slice_of(exported: dict[str, Any], number: int) -> dict[str, Any]:
    """The hosts of a slice as AWX deals them, by name in turn; groups are all there, also those without hosts."""
    hostvars = exported["_meta"]["hostvars"]
    dealt = sorted(hostvars)[number::SLICES]
    groups = {name: group for name, group in exported.items() if name != "_meta"}
    for group in groups.values():
        group["hosts"] = [host for host in group.get("hosts", ()) if host in dealt]
    return {**groups, "_meta": {"hostvars": {host: hostvars[host] for host in dealt}}}


def slices(lab: OpenLab, site: Site, **saved: str) -> list[str]:
    """The inventories of all slices, each a script that prints JSON."""
    opened = lab(*(LabDevice(name, "frr") for name in NAMES))
    site.know(opened)
    site.write("devices.yml", json.dumps({"devices": device_rows(opened)}))
    site.write("lab.yml", json.dumps(SAVED | saved))
    done = site.run("ansible-inventory", "-i", "lab.yml", "--list", "--export")
    assert done.returncode == 0, done.stderr
    exported = json.loads(done.stdout)
    # As an inventory says that was made for other collections, which need not be here.
    exported["all"].setdefault("vars", {})["ansible_connection"] = "ansible.netcommon.no_such_connection"
    scripts = []
    for number in range(SLICES):
        text = json.dumps(slice_of(copy.deepcopy(exported), number))
        path = site.write(f"slice{number}", f"#!/usr/bin/env python3\nprint({text!r})\n")
        path.chmod(0o700)
        scripts.append(path.name)
    password = next(iter(opened.hosts().values()))["ansible_password"]
    site.variables = {"ansible_user": "backup", "ansible_password": password}
    return scripts


def test_every_slice_warns_and_the_first_good_one_sets_the_measure(lab: OpenLab, site: Site) -> None:
    good = site.state / "inventories" / "lab.json"
    for number, inventory in enumerate(slices(lab, site, max_change="50%")):
        good.unlink(missing_ok=True)
        preview = site.run("ansible-playbook", "-i", inventory, "netcellar.backup.preview")
        played = site.play(inventory=inventory)
        assert set(played.outcomes.values()) == {"stored"}, played.output
        for said in (preview.stdout, played.output):
            assert "there is no good run of lab yet" in said, said
        assert preview.stderr == ""
        assert good.exists() == (number == 0)


def test_a_slice_does_not_say_who_has_left(lab: OpenLab, site: Site) -> None:
    for inventory in slices(lab, site):
        played = site.play(inventory=inventory, netcellar_departed="remove", netcellar_max_departed="100%")
        assert set(played.outcomes.values()) == {"stored"}, played.output
    assert site.files == [f"backups/{name}.running-config" for name in NAMES]
