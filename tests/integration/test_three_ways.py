"""ansible-playbook, the orchestrator, and ansible-runner as AWX uses it store the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "the-lab-password"


@pytest.fixture
def running(lab: OpenLab) -> Lab:
    """Devices whose reads hold no volatile line, so that two stores of them are equal byte for byte."""
    return lab(
        LabDevice("r1", "frr", password=PASSWORD),
        LabDevice("r2", "juniper_junos", password=PASSWORD),
        LabDevice("r3", "arista_eos", password=PASSWORD, fault="down"),
    )


def test_three_ways_store_the_same_tree(running: Lab, tmp_path: Path) -> None:
    sites = [Site(tmp_path / way) for way in ("playbook", "orchestrator", "awx")]
    for site in sites:
        site.folder.mkdir()
        site.know(running)
    trees = [way(site, running) for way, site in zip((by_playbook, by_orchestrator, by_awx), sites, strict=True)]
    assert trees[0]
    assert trees == trees[:1] * 3
    for site in sites:
        stored = {path for path in site.folder.rglob("*") if path.is_file()}
        leaks = [path for path in stored if PASSWORD.encode() in path.read_bytes()]
        assert {path.name for path in leaks} <= {"hosts.yml", "devices.yml", "passwords"}


def by_playbook(site: Site, lab: Lab) -> str:
    site.write("hosts.yml", lab.inventory())
    played = site.play()
    assert played.recap == {"r1": "changed", "r2": "changed", "r3": "unreachable"}, played.output
    return site.tree


def by_orchestrator(site: Site, lab: Lab) -> str:
    """A project of the orchestrator with a device file."""
    devices = [
        {"id": name, "name": name, "network_driver": device.platform, "primary_ip": "127.0.0.1"}
        for name, device in lab.devices.items()
    ]
    site.write("devices.yml", json.dumps({"devices": devices}))
    site.write("inventories/lab.yml", json.dumps({"plugin": "netcellar.backup.devices", "all": True}))
    return site.tree


def by_awx(site: Site, lab: Lab) -> str:
    """What AWX lays out: a project that requires the collection, an inventory, and a folder of settings."""
    build = site.run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(site.folder))
    archive = next(site.folder.glob("netcellar-backup-*.tar.gz"))
    site.run("ansible-galaxy", "collection", "install", str(archive), "-p", "requirements_collections", "--offline")
    site.write("project/backup.yml", "- ansible.builtin.import_playbook: netcellar.backup.backup\n")
    site.write("inventory/hosts.yml", lab.inventory())
    site.write("env/envvars", json.dumps({"ANSIBLE_COLLECTIONS_PATH": str(site.folder / "requirements_collections")}))
    done = site.run("ansible-runner", "run", ".", "-p", "backup.yml", "--ident", "7")
    assert "unreachable=1" in done.stdout, build.stdout + build.stderr + done.stdout + done.stderr
    return site.tree
