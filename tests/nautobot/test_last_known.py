"""Runs of a project on a real Nautobot: while it is down, refused or with the last good set; and of a job by tags."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from netcellar.demo.devices import HOST, Lab
from netcellar.demo.nautobot import Server
from netcellar.demo.scene import STAMP_FIELD, write_scene
from netcellar.demo.terminal import LabDevice

from tests.integration.orchestrating import Bench

NAMES = ("dev0304", "dev0310")
INVENTORY = """
plugin: netcellar.backup.nautobot
name: demo
names: [{names}]
compose: {{ansible_host: "'{host}'", ansible_port: "{ports}[netcellar_device.name]"}}
"""
DOWN = "http://127.0.0.1:9"


class Site(Bench):
    """A project on two devices of the laboratory, which the real Nautobot knows by these names."""

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    @property
    def good_set(self) -> bytes:
        return (self.folder / ".netcellar" / "inventories" / "demo.json").read_bytes()


@pytest.fixture
def site(server: Server, tmp_path: Path) -> Iterator[Site]:
    with Lab([LabDevice(name, "frr") for name in NAMES]) as lab:
        write_scene(tmp_path, lab, server)
        site = Site(tmp_path)
        site.edit("netcellar.yml", f"    stamp_field: {STAMP_FIELD}\n", "")
        text = INVENTORY.format(names=", ".join(NAMES), host=HOST, ports=dict(lab.ports))
        (tmp_path / "inventories" / "demo.yml").write_text(text)
        for name, port in lab.ports.items():
            address = tmp_path / ".netcellar" / "inventories" / "host_vars" / f"{name}.yml"
            address.parent.mkdir(parents=True, exist_ok=True)
            address.write_text(json.dumps({"ansible_host": HOST, "ansible_port": port}))
        yield site


def test_a_run_without_nautobot(site: Site, server: Server) -> None:
    first = site.job()
    assert (first.code, first.result["status"]) == (0, "success"), first.err
    good = site.good_set

    site.edit("netcellar.yml", server.url, DOWN)
    refused = site.job()
    assert (refused.code, refused.result["status"]) == (3, "refused")
    assert f"Nautobot at {DOWN} cannot be reached" in refused.result["message"]
    assert site.good_set == good

    site.edit("netcellar.yml", "    inventory: demo\n", "    inventory: demo\n    on_source_failure: last_known\n")
    known = site.job()
    assert (known.code, known.result["status"]) == (0, "success"), known.err
    assert {device["device_name"] for device in known.result["backed_up_devices"]} == set(NAMES)
    (warning,) = known.result["warnings"]
    assert "The 2 devices of demo are those of the last good set" in warning
    assert site.good_set == good

    site.edit("netcellar.yml", DOWN, server.url)
    site.edit("inventories/demo.yml", f"names: [{NAMES[0]}, {NAMES[1]}]", f"names: [{NAMES[0]}]")
    assert site.job().result["warnings"] == []
    assert NAMES[1].encode() in good
    assert NAMES[1].encode() not in site.good_set


def test_a_job_by_tags(site: Site, rows: list[dict[str, Any]]) -> None:
    """Any of the tags will do, where Nautobot's own filter wants all of them; a tag that is not there is a mistake."""
    site.edit("netcellar.yml", "inventory: demo", "inventory: {tags: [backup, core]}")
    shown = json.loads(site.run("inventory", "preview", "@nightly", "--output", "json").out)
    wanted = {row["id"] for row in rows if {"backup", "core"} & set(row["tag"])}
    assert sorted(device["id"] for device in shown["devices"]) == sorted(wanted)
    assert any({"backup", "core"} <= set(row["tag"]) for row in rows if row["id"] in wanted)
    ran = site.job("--limit", ",".join(NAMES))
    assert (ran.code, ran.result["status"], ran.result["inventory"]) == (0, "success", "@nightly"), ran.err
    assert {device["device_name"] for device in ran.result["backed_up_devices"]} == set(NAMES)

    site.edit("netcellar.yml", "[backup, core]", "[backup, cor]")
    refused = site.job()
    assert (refused.code, refused.result["status"]) == (3, "refused")
    assert "there is no tag 'cor'" in refused.result["message"]
    assert 'did you mean "core"?' in refused.result["message"]
    made = (site.folder / ".netcellar" / "inventories" / "nightly.yml").read_text()
    assert made.startswith("# Made from `inventory` of the job nightly in netcellar.yml")
