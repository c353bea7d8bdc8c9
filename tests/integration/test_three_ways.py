"""ansible-playbook, the orchestrator, and ansible-runner as AWX uses it store the same."""

from __future__ import annotations

import json
from pathlib import Path

from netcellar.demo.devices import Lab
from netcellar.demo.scene import device_rows
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "the-lab-password"


WAYS = ("playbook", "orchestrator", "awx")


def devices() -> list[LabDevice]:
    """A device with volatile lines, one without, and one that is down."""
    return [
        LabDevice("r1", "frr", password=PASSWORD),
        LabDevice("r2", "juniper_junos", password=PASSWORD),
        LabDevice("r3", "arista_eos", password=PASSWORD, fault="down"),
    ]


def test_three_ways_store_the_same_tree(lab: OpenLab, tmp_path: Path) -> None:
    """Each way has a laboratory of its own and reads one device at a time: then volatile lines are equal too."""
    trees = []
    for name, way in zip(WAYS, (by_playbook, by_orchestrator, by_awx), strict=True):
        site = Site(tmp_path / name)
        opened = lab(*devices())
        site.know(opened)
        trees.append(way(site, opened))
        files = [path for path in site.folder.rglob("*") if path.is_file()]
        leaks = {path.name for path in files if PASSWORD.encode() in path.read_bytes()}
        assert leaks <= {"hosts.yml", "password"}
    assert trees[0]
    assert trees == trees[:1] * 3


def by_playbook(site: Site, lab: Lab) -> str:
    site.write("hosts.yml", lab.inventory())
    played = site.play(netcellar_concurrency=1)
    assert played.recap == {"r1": "changed", "r2": "changed", "r3": "unreachable"}, played.output
    return site.tree


PROJECT = """\
version: 1
mask_key: {file: state/netcellar/mask.key}
repositories:
  main: {path: state/netcellar/cellar.git}
credentials:
  lab: {user: backup, password: {file: password}}
jobs:
  nightly: {inventory: lab, repository: main, credentials: [lab], known_hosts: state/netcellar/known_hosts,
            concurrency: 1}
"""


def by_orchestrator(site: Site, lab: Lab) -> str:
    """A project of the orchestrator with a device file."""
    site.write("netcellar.yml", PROJECT)
    site.write("password", PASSWORD).chmod(0o600)
    site.write("devices.yml", json.dumps({"devices": device_rows(lab)}))
    saved = {"plugin": "netcellar.backup.devices", "devices": "../devices.yml", "match": {"all": True}}
    site.write("inventories/lab.yml", json.dumps(saved))
    done = site.run("netcellar", "run", "nightly", "--output", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert (result["status"], result["devices_backed_up"], result["devices_failed"]) == ("partial", 2, 1)
    return site.tree


def by_awx(site: Site, lab: Lab) -> str:
    """What AWX lays out: a project that requires the collection, an inventory, and a folder of settings."""
    build = site.run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(site.folder))
    archive = next(site.folder.glob("netcellar-backup-*.tar.gz"))
    site.run("ansible-galaxy", "collection", "install", str(archive), "-p", "requirements_collections", "--offline")
    site.write("project/backup.yml", "- ansible.builtin.import_playbook: netcellar.backup.backup\n")
    site.write("inventory/hosts.yml", lab.inventory())
    site.write("env/extravars", json.dumps({"netcellar_concurrency": 1}))
    site.write("env/envvars", json.dumps({"ANSIBLE_COLLECTIONS_PATH": str(site.folder / "requirements_collections")}))
    done = site.run("ansible-runner", "run", ".", "-p", "backup.yml", "--ident", "7")
    assert "unreachable=1" in done.stdout, build.stdout + build.stderr + done.stdout + done.stderr
    return site.tree
