"""``netcellar inventory`` on a device file, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from netcellar.cli import run_cli

PROJECT = "version: 1\nrepositories: {main: {path: cellar.git}}\n"
DEVICES = "devices:\n  - {name: r1, role: router}\n  - {name: r2, role: router}\n  - {name: s1, role: switch}\n"
ROUTERS = (
    "plugin: netcellar.backup.devices\ndevices: ../devices.yml\nmax_change: 0\n"
    "match: {all: [{field: role, operator: equals, value: router}, "
    "{not: {field: name, operator: equals, value: s1}}]}\n"
)

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    (tmp_path / "inventories").mkdir()
    for name, text in (("netcellar.yml", PROJECT), ("devices.yml", DEVICES), ("inventories/routers.yml", ROUTERS)):
        (tmp_path / name).write_text(text)

    def typed(*words: str) -> tuple[int, str, str]:
        code = run_cli(["--project", str(tmp_path), "inventory", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


def plain(said: tuple[int, str, str]) -> Any:
    assert said[0] == 0, said
    return json.loads(said[1])


def test_preview_tells_all(ask: Ask) -> None:
    found = plain(ask("preview", "routers", "--output", "json"))
    assert [device["host"] for device in found["devices"]] == ["r1", "r2"]
    assert (found["count"], found["queries"], found["refused"]) == (2, [], "")
    assert "no good run of routers" in found["warnings"][0]
    assert "2 devices from" in ask("preview", "routers")[1]


GROUPS = {
    "groups": ("groups: {r2: false}", "r2"),
    "keyed": ("keyed_groups: [{key: 'netcellar_device.name[1:]', prefix: r, separator: ''}]", "r1 r2"),
    "values": ("keyed_groups: [{key: 'netcellar_device.role[:1] ~ 1'}]\nleading_separator: false", "r1"),
    "parents": ("keyed_groups: [{key: netcellar_device.role, prefix: x, parent_group: r2}]", "r2"),
    "others": ("keyed_groups: [{key: netcellar_device.role, prefix: r}]\ncompose: {r1: netcellar_device.name}", ""),
}


@pytest.mark.parametrize("kind", GROUPS)
def test_preview_names_the_hosts_as_the_play_does(ask: Ask, tmp_path: Path, kind: str) -> None:
    """A host that would have the name of a group which the file makes is named otherwise, here and there."""
    path = tmp_path / "inventories" / "routers.yml"
    text, renamed = GROUPS[kind]
    path.write_text(f"{ROUTERS}min_devices: 2\n{text}\n")
    found = plain(ask("preview", "routers", "--output", "json"))
    assert {device["name"] for device in found["devices"] if device["host"] != device["name"]} == set(renamed.split())
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path), "--list"]
    done = subprocess.run(command, env=os.environ | {"HOME": str(tmp_path)}, capture_output=True, text=True, check=True)
    hostvars = json.loads(done.stdout)["_meta"]["hostvars"]
    played = {host: each["netcellar_device"]["id"]["__ansible_unsafe"] for host, each in hostvars.items()}
    assert {device["host"]: device["id"] for device in found["devices"]} == played


def test_explain_names_the_leaf_that_decided(ask: Ask) -> None:
    (found,) = plain(ask("explain", "routers", "s1", "--output", "json"))
    assert found["sentence"] == "s1 is out: match.all[0]: role equals router, but it is switch"
    said = ask("explain", "routers", "s1")[1]
    assert "- role equals router: switch" in said
    assert "- not" in said
    assert "2 of 3" in ask("explain", "routers")[1]


def test_explain_where_every_device_is_meant(ask: Ask, tmp_path: Path) -> None:
    text = "plugin: netcellar.backup.devices\ndevices: ../devices.yml\nmatch: {all: true}\n"
    (tmp_path / "inventories" / "everything.yml").write_text(text)
    assert ask("explain", "everything") == (0, "3 devices came from the source, 3 of them are in\n", "")
    assert ask("explain", "everything", "s1") == (0, "s1 is in: every device is meant\n", "")


def test_explain_names_a_list_as_it_is_written(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "inventories" / "routers.yml"
    path.write_text(
        path.read_text().replace("operator: equals, value: router", "operator: in, value: [router, switch]")
    )
    assert "role in [router, switch] " in ask("explain", "routers")[1]
    assert "+ role in [router, switch]: router" in ask("explain", "routers", "r1")[1]


def test_explain_of_a_device_that_is_not_there(ask: Ask) -> None:
    code, _, said = ask("explain", "routers", "nope")
    assert (code, "nope" in said) == (2, True)


@pytest.mark.parametrize("verb", ["explain", "diff"])
def test_a_plain_inventory_has_no_conditions(ask: Ask, tmp_path: Path, verb: str) -> None:
    path = tmp_path / "hosts.yml"
    path.write_text("all: {hosts: {r1: {}}}\n")
    code, _, said = ask(verb, str(path))
    assert (code, "has no conditions" in said, f"netcellar inventory preview {path}" in said) == (2, True, True)


def test_diff_shows_who_left_and_why_and_preview_that_a_run_would_be_refused(ask: Ask, tmp_path: Path) -> None:
    assert ask("diff", "routers")[0] == 2
    good = tmp_path / ".netcellar" / "inventories" / "routers.json"
    good.parent.mkdir(parents=True)
    rows = [device(number, role="router") for number in ("r1", "s1")]
    good.write_text(json.dumps({
        "schema": 1, "name": "routers", "definition": "", "taken": "", "devices": rows, "variables": {}, "queries": [],
    }))  # fmt: skip
    found = plain(ask("diff", "routers", "--output", "json"))
    assert len(found["left"]) == 2
    assert len(found["entered"]) == 2
    assert "2 left, 2 entered, 0 stayed" in ask("diff", "routers")[1]
    assert "refused: of 2 devices" in plain(ask("preview", "routers", "--output", "json"))["refused"]


def device(name: str, role: str) -> dict[str, Any]:
    return {"id": f"another-{name}", "name": name, "role": role, "location": [], "tags": []}


def test_import_prints_a_saved_inventory(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text('[{"field": "role", "operator": "equals", "value": "router", "logic": "AND"}]')
    code, said, _ = ask("import", str(tmp_path / "old.json"))
    assert code == 0
    (tmp_path / "inventories" / "new.yml").write_text(said.replace("nautobot", "devices") + "devices: ../devices.yml\n")
    assert plain(ask("preview", "new", "--output", "json"))["count"] == 2
