"""Jobs that choose their devices themselves; ``check --online`` reads one of each platform."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .orchestrating import Bench, Ran

OpenLab = Callable[..., Lab]


def hosts(ran: Ran) -> list[str]:
    return sorted(row["host"] for row in ran.result["backed_up_devices"])


def add_job(bench: Bench, name: str, inventory: str) -> None:
    file = bench.folder / "netcellar.yml"
    job = f"  {name}:\n    inventory: {inventory}\n    credentials: [lab]\n    known_hosts: known_hosts\n"
    file.write_text(file.read_text() + job)


def test_all_a_list_and_what_another_job_left(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "arista_eos"), LabDevice("r3", "frr", fault="down"))
    bench = Bench.on(tmp_path, devices, inventory="all", retries=0)
    add_job(bench, "listed", "{devices: [r2]}")
    add_job(bench, "wrong", "{devices: [r2, r7]}")
    add_job(bench, "again", "{failures_of: nightly}")
    assert hosts(bench.job()) == ["r1", "r2"]
    assert hosts(bench.run("run", "listed", "--output", "json")) == ["r2"]
    wrong = bench.run("run", "wrong")
    assert (wrong.code, "'r7'" in wrong.out) == (3, True), wrong
    devices.set_fault("r3", "")
    assert hosts(bench.run("run", "again", "--output", "json")) == ["r3"]
    nothing = bench.run("run", "again", "--output", "json")
    assert (nothing.code, nothing.result["status"], hosts(nothing)) == (0, "success", [])
    seen = bench.run("inventory", "preview", "@nightly", "--output", "json", "--query", "count")
    assert json.loads(seen.out) == 3


def test_check_online_reads_one_device_of_each_platform(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(
        LabDevice("a1", "cisco_ios"), LabDevice("a2", "cisco_ios"), LabDevice("b1", "arista_eos", fault="password")
    )
    bench = Bench.on(tmp_path, devices)
    looked = bench.run("check", "--online", "--output", "json")
    assert looked.code == 2, looked.err
    found = {row["subject"]: row for row in json.loads(looked.out)}
    assert found["store"]["state"] == "ok"
    assert found["job nightly: cisco_ios (a1)"]["state"] == "ok"
    refused = found["job nightly: arista_eos (b1)"]
    assert (refused["state"], "auth" in refused["message"], bool(refused["remedy"])) == ("wrong", True, True)
    assert "job nightly: cisco_ios (a2)" not in found
    assert not (tmp_path / "cellar.git" / "HEAD").exists(), "nothing is kept"


def test_a_schedule_that_its_window_never_lets_run(lab: OpenLab, tmp_path: Path) -> None:
    window = '{from: "08:00", to: "17:00"}'
    bench = Bench.on(tmp_path, lab(LabDevice("a1", "cisco_ios")), schedule='{cron: "30 2 * * *"}', window=window)
    looked = bench.run("check", "--output", "json")
    assert (looked.code, "every slot of its schedule lies outside its window 08:00-17:00 UTC" in looked.out) == (
        2,
        True,
    )
