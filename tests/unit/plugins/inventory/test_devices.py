"""The inventory plugin over a device file, as Ansible's own commands see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access, Job, preview
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError

DEVICES = """
custom_fields: {site: {type: select, choices: [production, lab]}}
devices:
  - {name: r1, address: 192.0.2.1, network_driver: cisco_ios, role: router, custom_fields: {site: production}}
  - {name: r2, address: 192.0.2.2/24, network_driver: frr, role: router, variables: {ansible_port: 2222}}
  - {name: s1, role: switch, network_driver: arista_eos}
  - {name: "{{ lookup('pipe','touch PWNED') }}", role: odd, variables: {evil: "{{ lookup('pipe','touch PWNED') }}"}}
"""
HEAD = "plugin: netcellar.backup.devices\ndevices: devices.yml\n"


def saved(folder: Path, conditions: str, head: str = HEAD) -> Path:
    (folder / "devices.yml").write_text(DEVICES)
    path = folder / "saved.yml"
    path.write_text(f"{head}{conditions}\n")
    return path


def ansible_inventory(*sources: Path) -> subprocess.CompletedProcess[str]:
    argv = [str(Path(sys.executable).with_name("ansible-inventory")), "--list", "--export"]
    argv += [part for source in sources for part in ("-i", str(source))]
    folder = sources[0].parent
    environment = os.environ | {"HOME": str(folder), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def hostvars(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)["_meta"]["hostvars"]
    return found


def test_the_hosts(tmp_path: Path) -> None:
    path = saved(tmp_path, "match: {field: role, operator: equals, value: router}")
    found = hostvars(ansible_inventory(path))
    assert set(found) == {"r1", "r2"}
    assert found["r2"]["ansible_host"] == {"__ansible_unsafe": "192.0.2.2"}
    assert found["r2"]["ansible_port"] == 2222
    assert "ansible_port" not in found["r1"]


def test_a_device_of_two_inventories_is_one_host_though_it_has_a_namesake_in_the_second(tmp_path: Path) -> None:
    twins = "devices: [{name: twin, id: one, role: router}, {name: twin, id: two, role: switch}]\n"
    (tmp_path / "twins.yml").write_text(twins)
    head = "plugin: netcellar.backup.devices\ndevices: twins.yml\n"
    (tmp_path / "first.yml").write_text(f"{head}match: {{field: role, operator: equals, value: router}}\n")
    (tmp_path / "second.yml").write_text(f"{head}match: {{all: true}}\n")
    found = hostvars(ansible_inventory(tmp_path / "first.yml", tmp_path / "second.yml"))
    ids = {host: variables["netcellar_device"]["id"]["__ansible_unsafe"] for host, variables in found.items()}
    assert sorted(ids.values()) == ["one", "two"]
    assert ids["twin"] == "one"


def test_no_host_is_named_as_a_group_that_the_file_makes(tmp_path: Path) -> None:
    """Ansible would give the group what is meant for the host: an address, and a place in other groups."""
    rows = "{name: os_frr, network_driver: frr, address: 192.0.2.66}, {name: odd, network_driver: frr}"
    (tmp_path / "few.yml").write_text(f"devices: [{{name: r1, network_driver: frr}}, {rows}]\n")
    text = "plugin: netcellar.backup.devices\ndevices: few.yml\nmatch: {all: true}\n"
    text += "keyed_groups: [{key: ansible_network_os, prefix: os}]\ngroups: {odd: ansible_host is defined}\n"
    (tmp_path / "saved.yml").write_text(text)
    done = ansible_inventory(tmp_path / "saved.yml")
    found = hostvars(done)
    (victim, other) = sorted(set(found) - {"r1"})
    assert victim.startswith("odd--")
    assert other.startswith("os_frr--")
    assert [host for host in found if "ansible_host" in found[host]] == [other]
    groups = json.loads(done.stdout)
    assert set(groups["os_frr"]["hosts"]) == set(found)
    assert groups["odd"]["hosts"] == [other]


def test_a_template_is_data(tmp_path: Path) -> None:
    text = "match: {all: true}\ncompose: {label: netcellar_device.name, other: evil}\n"
    found = hostvars(ansible_inventory(saved(tmp_path, text)))
    (host,) = set(found) - {"r1", "r2", "s1"}
    assert host.startswith("lookup-pipe-touch-PWNED")
    assert found[host]["label"] == {"__ansible_unsafe": "{{ lookup('pipe','touch PWNED') }}"}
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ("match: {field: role, operator: equals, value: rooter}", 'Did you mean "router"'),
        ("match: {field: cf_site, operator: equals, value: lab}", "no device fulfils the conditions"),
        ("match: {all: true}\nunknown: 1", "unknown key"),
        ("match: {all: true}\ndevices: other.yml", "given twice"),
    ],
)
def test_an_error_ends_ansible_beside_another_inventory(tmp_path: Path, conditions: str, says: str) -> None:
    other = tmp_path / "other.ini"
    other.write_text("another\n")
    done = ansible_inventory(saved(tmp_path, conditions), other)
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stdout == ""


def test_two_inventories_that_mean_different_devices_by_one_name(tmp_path: Path) -> None:
    first = saved(tmp_path, "match: {all: true}")
    folder = tmp_path / "second"
    folder.mkdir()
    second = saved(folder, "match: {all: true}")
    assert ansible_inventory(first, second).returncode == 0
    (folder / "devices.yml").write_text("devices: [{name: r1, id: quite-another}]\n")
    done = ansible_inventory(first, second)
    assert done.returncode == 1
    assert "different devices with the host name r1" in done.stderr


def test_a_preview_needs_no_ansible(tmp_path: Path) -> None:
    path = saved(tmp_path, "match: {field: role, operator: equals, value: router}")
    found = preview(path, Access(), Job(tmp_path))
    assert [device.name for device in found.devices] == ["r1", "r2"]
    assert sorted(found.hosts.values()) == ["r1", "r2"]
    assert (found.name, found.queries, Path(found.source)) == ("saved", (), tmp_path / "devices.yml")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("", "plugin is None"),
        ("plugin: nautobot\n", "plugin is 'nautobot'"),
        ("plugin: netcellar.backup.devices\n", "devices is missing"),
        ("plugin: netcellar.backup.devices\ndevices: none.yml\n", "cannot read"),
    ],
)
def test_a_preview_of_a_faulty_file_names_it(tmp_path: Path, head: str, says: str) -> None:
    path = saved(tmp_path, "match: {all: true}", head)
    with pytest.raises(NetcellarError, match=says) as caught:
        preview(path, Access(), Job(tmp_path))
    assert str(path) in str(caught.value)


def test_no_device_has_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(NoDevicesError):
        preview(saved(tmp_path, "match: {field: name, operator: equals, value: nobody}"), Access(), Job(tmp_path))
