"""What an inventory tells of itself, as Ansible's own commands see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DEVICES = "devices: [{name: r1, role: router}, {name: r2, role: router}, {name: netcellar_about, role: switch}]\n"


def run(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of Ansible on the inventories of two roles."""
    (folder / "devices.yml").write_text(DEVICES)
    for role in ("router", "switch"):
        text = "plugin: netcellar.backup.devices\ndevices: devices.yml\n"
        (folder / f"{role}.yml").write_text(f"{text}match: {{field: role, operator: equals, value: {role}}}\n")
    argv = [str(Path(sys.executable).with_name(command)), "-i", "router.yml", "-i", "switch.yml", *arguments]
    environment = os.environ | {"HOME": str(folder), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_the_preview_shows_every_inventory_whatever_the_limit(tmp_path: Path) -> None:
    done = run(tmp_path, "ansible-playbook", "netcellar.backup.preview", "--limit", "r1")
    shown = json.loads("{" + done.stdout.partition("=> {")[2].partition("\n}")[0] + "}")
    (told,) = shown.values()
    assert {name: about["count"] for name, about in told.items()} == {"router": 2, "switch": 1}


def test_it_is_not_repeated_for_every_host(tmp_path: Path) -> None:
    found: dict[str, Any] = json.loads(run(tmp_path, "ansible-inventory", "--list").stdout)
    hostvars = found["_meta"]["hostvars"]
    (name,) = found["netcellar_about"]["hosts"]
    assert set(hostvars[name]["netcellar_inventories"]) == {"router", "switch"}
    assert [host for host in hostvars if "netcellar_inventories" in hostvars[host]] == [name]


def test_no_device_takes_the_name_of_its_group(tmp_path: Path) -> None:
    hostvars = json.loads(run(tmp_path, "ansible-inventory", "--list").stdout)["_meta"]["hostvars"]
    (host,) = set(hostvars) - {"r1", "r2"}
    assert host.startswith("netcellar_about--")
