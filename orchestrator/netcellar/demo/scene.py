"""The demonstration's project: a folder with everything that a user would have, on the laboratory's devices."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .devices import HOST, Lab
from .nautobot import Server

STAMP_FIELD = "last_backup"
PROJECT = """\
# The demonstration's project. Secrets are references; see `netcellar init` for all that can stand here.
version: 1
{nautobot}repositories:
  main:
    path: cellar.git
    remote: remote.git
mask_key: {{file: secrets/mask.key}}
credentials:
  lab:
    user: {user}
    password: {{file: secrets/password}}
    become_password: {{file: secrets/enable}}
jobs:
  nightly:
    inventory: demo
    repository: main
    credentials: [lab]
    known_hosts: known_hosts
    connect_timeout: 60
    command_timeout: 60
{stamp}"""
NAUTOBOT = """\
nautobot:
  url: {url}
  token: {{file: secrets/token}}
"""
FROM_FILE = """\
plugin: netcellar.backup.devices
name: demo
description: Every device of the laboratory
devices: ../devices.yml
match:
  all: true
"""
FROM_NAUTOBOT = f"""\
plugin: netcellar.backup.nautobot
name: demo
description: The routers and switches that take part in the demonstration
conditions:
  - {{field: role, operator: in, value: [router, switch]}}
  - {{field: cf_netcellar_demo, operator: equals, value: "yes", logic: AND}}
# The laboratory's devices share one address and differ in their ports.
compose:
  ansible_host: "'{HOST}'"
  ansible_port: netcellar_device.custom_fields.ssh_port
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the demonstration takes place."""

    folder: Path

    @property
    def project(self) -> Path:
        """The project file."""
        return self.folder / "netcellar.yml"


def write_scene(folder: Path, lab: Lab, nautobot: Server | None) -> Scene:
    """Write the project, its inventory, its secrets, the known host keys, and an empty Git remote. Raises OSError."""
    device = next(iter(lab.devices.values()))
    # A demonstration that is shown again shows the same tokens.
    secrets = {"password": device.password, "enable": "lab-enable", "mask.key": "key of the demonstration alone"}
    connection = stamp = ""
    if nautobot:
        secrets["token"] = nautobot.token
        connection = NAUTOBOT.format(url=nautobot.url)
        stamp = f"    stamp_field: {STAMP_FIELD}\n"
    _write(folder / "netcellar.yml", PROJECT.format(nautobot=connection, user=device.user, stamp=stamp))
    _write(folder / "inventories" / "demo.yml", FROM_NAUTOBOT if nautobot else FROM_FILE)
    _write(folder / "known_hosts", lab.known_hosts())
    for name, secret in secrets.items():
        _write(folder / "secrets" / name, secret, mode=0o600)
    if not nautobot:
        _write(folder / "devices.yml", yaml.safe_dump({"devices": device_rows(lab)}, sort_keys=False))
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder / "remote.git")], check=True)
    return Scene(folder)


def device_rows(lab: Lab) -> list[dict[str, Any]]:
    """The laboratory as a device file lists it."""
    return [
        {
            "name": name,
            "address": HOST,
            "platform": device.platform,
            "role": _role(name),
            "location": _city(name),
            "variables": {"ansible_port": lab.ports[name]},
        }
        for name, device in lab.devices.items()
    ]


def estate(lab: Lab) -> dict[str, Any]:
    """The laboratory as ``netcellar.demo.nautobot`` fills a Nautobot with it, and a printer that nobody backs up."""
    rows = [
        {
            "name": name,
            "role": _role(name),
            "locations": [["City", _city(name)]],
            "platform": device.platform,
            "network_driver": device.platform,
            "device_type": f"simulated {device.platform}",
            "primary_ip": f"127.0.1.{number}/32",
            "custom_fields": {"ssh_port": lab.ports[name], "netcellar_demo": "yes"},
        }
        for number, (name, device) in enumerate(lab.devices.items(), start=1)
    ]
    rows.append({"name": "berlin-printer", "role": "printer", "locations": [["City", "Berlin"]], "device_type": "any"})
    fields = [
        {"key": "ssh_port", "type": "integer"},
        {"key": "netcellar_demo", "type": "select", "choices": ["yes", "no"]},
        {"key": STAMP_FIELD, "type": "date"},
    ]
    return {"custom_fields": fields, "devices": rows}


def _city(name: str) -> str:
    return name.partition("-")[0].capitalize().replace("Broken", "Berlin")


def _role(name: str) -> str:
    return "switch" if "core" in name or "leaf" in name else "router"


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=mode)
    path.write_text(text, encoding="utf-8")
