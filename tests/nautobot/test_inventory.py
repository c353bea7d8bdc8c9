"""Saved inventories as inventory sources of Ansible, against a real Nautobot: what Ansible sees, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.device_sets import accept
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access, Job, preview
from netcellar.demo.nautobot import Server

from .estate import COUNT
from .releases import on_every_version
from .rest import Rest

ROUTERS = """
plugin: netcellar.backup.nautobot
name: routers
conditions:
  - {field: role, operator: equals, value: router}
  - {field: cf_site, operator: equals, value: production, logic: AND}
"""
ALL = "plugin: netcellar.backup.nautobot\nmatch: {all: true}\n"


class Ansible:
    """Ansible's commands in a folder of their own, with the server in the environment."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "HOME": str(folder),
            "NAUTOBOT_URL": server.url,
            "NAUTOBOT_TOKEN": server.token,
            "ANSIBLE_NOCOLOR": "1",
        }

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name

    def run(self, command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        argv = [str(Path(sys.executable).with_name(command)), *arguments]
        return subprocess.run(
            argv, cwd=self.folder, env=self.environment | environment, capture_output=True, text=True, check=False
        )

    def hosts(self, *sources: str) -> dict[str, Any]:
        done = self.run("ansible-inventory", "--list", "--export", *[part for one in sources for part in ("-i", one)])
        assert done.returncode == 0, done.stderr
        assert "WARNING" not in done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
def ansible(tmp_path: Path, server: Server) -> Ansible:
    return Ansible(tmp_path, server)


def plain(value: Any) -> Any:
    """The value without Ansible's marks for untrusted text."""
    if isinstance(value, dict):
        return (
            value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else {k: plain(v) for k, v in value.items()}
        )
    return [plain(item) for item in value] if isinstance(value, list) else value


@on_every_version
def test_the_hosts_and_their_variables(ansible: Ansible, server: Server, rows: list[dict[str, Any]]) -> None:
    name = ansible.file("routers.yml", ROUTERS)
    found = ansible.hosts(name)
    expected = {row["id"]: row for row in rows if row["role"] == "router" and row["cf_site"] == "production"}
    hostvars = plain(found["_meta"]["hostvars"])
    assert {variables["netcellar_device"]["id"] for variables in hostvars.values()} == set(expected)
    for variables in hostvars.values():
        row = expected[variables["netcellar_device"]["id"]]
        assert variables.get("ansible_network_os") == row["network_driver"]
        assert ("ansible_host" in variables) == row["has_primary_ip"]
        places = variables["netcellar_device"]["location"]
        assert [(place["name"], place["type"], place["id"]) for place in places] == row["location"]
    access = Access(server.url, server.token)
    seen = preview(ansible.folder / name, access, Job(ansible.folder))
    assert set(seen.hosts.values()) == set(hostvars)
    assert (seen.name, seen.source) == ("routers", server.url)


def test_the_variables_of_all(ansible: Ansible, server: Server) -> None:
    found = ansible.hosts(ansible.file("routers.yml", ROUTERS))
    everyone = plain(found["all"]["vars"])
    assert everyone["netcellar_inventory"] == "routers"
    assert everyone["netcellar_nautobot_url"] == server.url
    assert server.token not in json.dumps(found)


@on_every_version
def test_hostile_names_are_data(ansible: Ansible) -> None:
    """Each device is one host; a template in a name is neither run for a variable, nor for compose, nor for a group."""
    text = ALL + (
        "compose: {label: netcellar_device.name, greeting: \"'<' ~ netcellar_device.name ~ '>'\"}\n"
        "keyed_groups: [{key: netcellar_device.name, prefix: called}]\n"
    )
    name = ansible.file("all.yml", text)
    playbook = [{"hosts": "all", "gather_facts": False, "tasks": [{"debug": {"msg": "{{ label }} {{ greeting }}"}}]}]
    ansible.file("show.yml", json.dumps(playbook))
    done = ansible.run("ansible-playbook", "-i", name, "show.yml", "--limit", "*lookup*")
    assert done.returncode == 0, done.stderr
    assert "<{{ lookup('pipe','id') }}>" in done.stdout
    assert "uid=" not in done.stdout
    found = ansible.run("ansible-inventory", "-i", name, "--list", "--export")
    assert len(json.loads(found.stdout)["_meta"]["hostvars"]) == COUNT
    assert "uid=" not in found.stdout


def test_compose_and_groups(ansible: Ansible, rows: list[dict[str, Any]]) -> None:
    text = ROUTERS + (
        "strict: true\ncompose: {slot: netcellar_device.custom_fields.slot | default(none)}\n"
        "groups: {planned: netcellar_device.status == 'Planned'}\n"
        "keyed_groups: [{key: ansible_network_os, prefix: os}]\n"
        "keyed_groups: [{key: netcellar_device.status, prefix: is}]\n"
    )
    done = ansible.run("ansible-inventory", "-i", ansible.file("routers.yml", text), "--list")
    assert done.returncode == 1
    assert "'keyed_groups' is given twice" in done.stderr
    text = text.replace("keyed_groups: [{key: ansible_network_os, prefix: os}]\n", "")
    found = ansible.hosts(ansible.file("routers.yml", text))
    routers = [row for row in rows if row["role"] == "router" and row["cf_site"] == "production"]
    planned = sum(row["status"] == "Planned" for row in routers)
    assert len(found["planned"]["hosts"]) == len(found["is_Planned"]["hosts"]) == planned > 0


BROKEN = {
    "role": (ROUTERS.replace("value: router", "value: ruoter"), 'Did you mean "router"'),
    "none": (ROUTERS.replace("field: role", "field: name"), "no device fulfils the conditions"),
    "operator": (ROUTERS.replace("operator: equals", "operator: equal"), "no operator"),
    "empty": (ALL.replace("{all: true}", "{all: []}"), "the group is empty"),
    "nothing": ("plugin: netcellar.backup.nautobot\n", "neither conditions nor match"),
    "option": (ALL + "valdate_certs: false\n", "unknown key"),
    "strict": (ALL + "strict: true\ncompose: {x: nope.nope}\n", "nope"),
    "yaml": (ALL + "match: {all: true}\n", "given twice"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_an_error_ends_ansible_also_beside_a_second_inventory(ansible: Ansible, fault: str) -> None:
    text, says = BROKEN[fault]
    broken, other = ansible.file("broken.yml", text), ansible.file("other.ini", "another ansible_connection=local\n")
    done = ansible.run("ansible-inventory", "-i", other, "-i", broken, "--list")
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("ERROR") == 1
    assert "another" not in done.stdout
    assert "Traceback" not in done.stderr


def test_a_playbook_does_not_start(ansible: Ansible) -> None:
    broken, other = ansible.file("broken.yml", BROKEN["role"][0]), ansible.file("other.ini", "another\n")
    play = ansible.file("p.yml", "- {hosts: all, gather_facts: false, tasks: [{debug: {msg: it ran}}]}\n")
    done = ansible.run("ansible-playbook", "-i", broken, "-i", other, play)
    assert done.returncode == 1
    assert "it ran" not in done.stdout


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"NAUTOBOT_TOKEN": ""}, "no usable Nautobot token"),
        ({"NAUTOBOT_URL": ""}, "no usable address"),
        ({"NAUTOBOT_URL": "http://127.0.0.1:9"}, "cannot be reached"),
    ],
)
def test_no_nautobot(ansible: Ansible, environment: dict[str, str], says: str) -> None:
    done = ansible.run("ansible-inventory", "-i", ansible.file("all.yml", ALL), "--list", **environment)
    assert done.returncode == 1
    assert says in done.stderr


@on_every_version
@pytest.mark.parametrize(
    ("token", "says"), [("none", "does not accept the token"), ("powerless", "no permission to view devices")]
)
def test_no_permission(ansible: Ansible, server: Server, token: str, says: str) -> None:
    token = {"none": "c" * 40, "powerless": server.powerless_token}[token]
    name = ansible.file("all.yml", ALL)
    done = ansible.run("ansible-inventory", "-i", name, "--list", "-vvv", NAUTOBOT_TOKEN=token)
    assert done.returncode == 1
    assert says in done.stderr
    assert token not in done.stdout + done.stderr


CACHED = "cache: true\ncache_plugin: jsonfile\ncache_connection: cache\n"


@on_every_version
def test_two_files_on_one_server_share_no_cache(ansible: Ansible, server: Server) -> None:
    routers = ansible.file("routers.yml", ROUTERS + CACHED)
    lab = ansible.file("lab.yml", ROUTERS.replace("production", "lab") + CACHED)
    twin = ansible.file("twin.yml", ROUTERS + CACHED)
    first, second, other = ansible.hosts(routers), ansible.hosts(routers), ansible.hosts(lab)
    assert first["_meta"] == second["_meta"]
    assert [about(found, "routers")["cached"] for found in (first, second, ansible.hosts(twin))] == [False, True, False]
    assert set(other["_meta"]["hostvars"]).isdisjoint(first["_meta"]["hostvars"])
    assert len(list((ansible.folder / "cache").iterdir())) == 3
    for path in (ansible.folder / "cache").iterdir():
        assert server.token not in path.read_text() + path.name


def test_a_cache_is_not_another_tokens_nor_another_texts(ansible: Ansible, server: Server) -> None:
    routers = ansible.file("routers.yml", ROUTERS + CACHED)
    assert not about(ansible.hosts(routers), "routers")["cached"]
    done = ansible.run("ansible-inventory", "-i", routers, "--list", NAUTOBOT_TOKEN=server.powerless_token)
    assert done.returncode == 1
    ansible.file("routers.yml", ROUTERS.replace("production", "lab") + CACHED)
    assert not about(ansible.hosts(routers), "routers")["cached"]
    for path in (ansible.folder / "cache").iterdir():
        path.write_text(path.read_text()[:-100])
    for flags in ((), ("--flush-cache",)):
        done = ansible.run("ansible-inventory", "-i", routers, "--list", "--export", *flags)
        assert done.returncode == 0, done.stderr
        assert not about(json.loads(done.stdout), "routers")["cached"]
    assert about(ansible.hosts(routers), "routers")["cached"]


def about(found: dict[str, Any], name: str) -> dict[str, Any]:
    """What the plugin tells of an inventory."""
    told: dict[str, Any] = plain(found["netcellar_about"]["vars"])["netcellar_inventories"][name]
    return told


@on_every_version
def test_a_dynamic_group_is_a_source_with_a_warning(
    ansible: Ansible, server: Server, rows: list[dict[str, Any]]
) -> None:
    group = {"name": "Lab routers", "content_type": "dcim.device", "filter": {"role": ["router"]}}
    Rest(server.url, server.token).ask("POST", "extras/dynamic-groups", json=group)
    text = "plugin: netcellar.backup.nautobot\ndynamic_group: Lab routers\n"
    done = ansible.run("ansible-inventory", "-i", ansible.file("group.yml", text), "--list", "--export")
    assert done.returncode == 0, done.stderr
    assert "Dynamic Group in a cache of its own" in done.stderr
    found = plain(json.loads(done.stdout))["_meta"]["hostvars"].values()
    expected = {row["id"] for row in rows if row["role"] == "router"}
    assert {variables["netcellar_device"]["id"] for variables in found} == expected
    text += "match: {field: cf_site, operator: equals, value: production}\n"
    done = ansible.run("ansible-inventory", "-i", ansible.file("both.yml", text), "--list", "--export")
    found = plain(json.loads(done.stdout))["_meta"]["hostvars"].values()
    expected = {row["id"] for row in rows if row["role"] == "router" and row["cf_site"] == "production"}
    assert {variables["netcellar_device"]["id"] for variables in found} == expected
    done = ansible.run("ansible-inventory", "-i", ansible.file("none.yml", text.replace("Lab", "No")), "--list")
    assert done.returncode == 1
    assert "No routers" in done.stderr


def test_a_nautobot_that_is_down_is_replaced_by_the_last_good_set_where_that_is_allowed(ansible: Ansible) -> None:
    lenient = ansible.file("routers.yml", ROUTERS + "on_source_failure: last_known\n")
    first = ansible.hosts(lenient)
    accept(Path(about(first, "routers")["proposal"]))
    down = {"NAUTOBOT_URL": "http://127.0.0.1:9"}
    done = ansible.run("ansible-inventory", "-i", lenient, "--list", "--export", **down)
    assert done.returncode == 0, done.stderr
    assert "are those of the last good set" in done.stderr.replace("\n", " ")
    known = json.loads(done.stdout)
    assert known["_meta"] == first["_meta"]
    assert about(known, "routers")["warnings"]
    assert not about(known, "routers")["proposal"]
