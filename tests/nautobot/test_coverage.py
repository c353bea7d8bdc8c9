"""``netcellar coverage`` names the four kinds of devices that nobody would miss, with a real Nautobot as the source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from netcellar.demo.devices import HOST
from netcellar.demo.nautobot import Server
from netcellar.demo.scene import STAMP_FIELD, write_scene
from netcellar.demo.terminal import LabDevice

from tests.conftest import OpenLab
from tests.integration.covered import put_back
from tests.integration.orchestrating import Bench

from .rest import Rest

SOUND, STALE, NEVER, UNSUPPORTED, GONE = "dev0304", "dev0310", "dev0316", "dev0305", "leaves-nautobot"
NAMES = (SOUND, STALE, NEVER, UNSUPPORTED, GONE)
INVENTORY = """
plugin: netcellar.backup.nautobot
name: demo
match: {{field: name, operator: in, value: [{names}]}}
compose: {{ansible_host: "'{host}'", ansible_port: "{ports}[netcellar_device.name]"}}
"""


@pytest.fixture
def leaver(rest: Rest, rows: list[dict[str, Any]]) -> Iterator[str]:
    """A device of this test's own, like another one; its id. ``rows`` are asked for before it is there."""
    like = next(row["id"] for row in rows if row["name"] == SOUND)
    known = rest.ask("GET", f"dcim/devices/{like}", params={"depth": 0})
    kept = {key: known[key] for key in ("role", "status", "device_type", "location", "platform")}
    device = rest.ask("POST", "dcim/devices", json={**kept, "name": GONE})["id"]
    yield device
    rest.session.delete(f"{rest.url}/api/dcim/devices/{device}/", timeout=120)


# It adds and removes a device, and the other tests know which ones there are.
@pytest.mark.changes_definitions
def test_four_devices_that_are_not_covered(
    server: Server, rest: Rest, lab: OpenLab, tmp_path: Path, leaver: str
) -> None:
    opened = lab(*(LabDevice(name, "frr", fault="down" if name == NEVER else "") for name in NAMES))
    write_scene(tmp_path, opened, server)
    file = tmp_path / "netcellar.yml"
    file.write_text(file.read_text().replace(f"    stamp_field: {STAMP_FIELD}\n", "    retries: 0\n"))
    text = INVENTORY.format(names=", ".join(NAMES), host=HOST, ports=dict(opened.ports))
    (tmp_path / "inventories" / "demo.yml").write_text(text)
    bench = Bench(tmp_path)
    ran = bench.job()
    assert {row["host"] for row in ran.result["backed_up_devices"]} == {SOUND, STALE, GONE}, ran.err
    put_back(bench, STALE)
    assert rest.session.delete(f"{rest.url}/api/dcim/devices/{leaver}/", timeout=120).ok

    ran = bench.run("coverage", "--output", "json")
    found = {row["device_name"]: row for row in ran.result["devices"]}
    assert {name: row["state"] for name, row in found.items()} == {
        SOUND: "fresh",
        STALE: "stale",
        NEVER: "never",
        UNSUPPORTED: "unsupported",
        GONE: "orphaned",
    }, ran.err
    assert (ran.code, found[GONE]["device_id"], found[NEVER]["error"]) == (1, leaver, "refused")
    report = json.loads(bench.run("report", "--format", "json").out)
    assert report["coverage"]["counts"] == ran.result["counts"]
