"""Inventories that are Ansible's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from netcellar.core import NetcellarError
from netcellar.plain_inventory import ask_ansible, is_saved

HOSTS = """\
[core]
r1 ansible_host=192.0.2.1
r2
[core:vars]
ansible_network_os=cisco.ios.ios
ansible_password=pw-of-core
"""


@pytest.mark.parametrize(
    ("name", "text", "saved"),
    [
        ("a.yml", "plugin: netcellar.backup.nautobot\nmatch: {all: true}\n", True),
        ("a.yml", "plugin: netcellar.backup.device\nmatch: {all: true}\n", True),
        ("a.yml", "conditions: []\n", True),
        ("a.yml", "plugin: nautobot\nmatch: {all: true}\n", True),
        ("a.yml", "plugin: netcelar.backup.nautobot\nmatch: {all: true}\n", True),
        ("a.yml", "plugin: networktocode.nautobot.inventory\nmatch: {all: true}\n", False),
        ("a.yml", "", True),
        ("a.yml", "plugin: [\n", True),
        ("a.yml", "all: {hosts: {r1: }}\n", False),
        ("a.yaml", "plugin: constructed\n", False),
        ("hosts.ini", HOSTS, False),
        ("hosts", HOSTS, False),
    ],
)
def test_which_inventories_are_saved_ones(name: str, text: str, saved: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert is_saved(tmp_path / name) is saved


def test_hosts_of_a_static_inventory(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text(HOSTS)
    found = ask_ansible(tmp_path / "hosts")
    assert [(device.name, device.address, device.network_driver) for device in found.devices] == [
        ("r1", "192.0.2.1", "cisco.ios.ios"),
        ("r2", "r2", "cisco.ios.ios"),
    ]
    assert found.hosts == {"r1": "r1", "r2": "r2"}
    assert "pw-of-core" not in repr(found)


def test_hosts_whose_values_ansible_does_not_trust(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("all: {hosts: {r1: {ansible_host: !unsafe 192.0.2.1}}}\n")
    (device,) = ask_ansible(tmp_path / "hosts.yml").devices
    assert device.address == "192.0.2.1"


def test_an_inventory_that_ansible_cannot_read_or_that_is_empty(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("all: {hosts: 7}\n")
    with pytest.raises(NetcellarError, match=r"bad\.yml: Ansible cannot read this inventory"):
        ask_ansible(tmp_path / "bad.yml")
    (tmp_path / "none.yml").write_text("all: {hosts: {}}\n")
    with pytest.raises(NetcellarError, match="holds no host"):
        ask_ansible(tmp_path / "none.yml")
