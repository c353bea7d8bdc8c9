"""A set of devices that shrinks or grows too far starts no run, whoever starts it; a good run sets the new measure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import yaml
from netcellar.demo.devices import Lab
from netcellar.demo.scene import device_rows

from .orchestrating import Bench
from .test_orchestrator import sound

OpenLab = Callable[..., Lab]


def has(bench: Bench, lab: Lab, *names: str) -> None:
    rows = [row for row in device_rows(lab) if row["name"] in names]
    (bench.folder / "devices.yml").write_text(yaml.safe_dump({"devices": rows}))


def good_set(bench: Bench) -> set[str]:
    path = bench.folder / ".netcellar" / "inventories" / "demo.json"
    return {row["name"] for row in json.loads(path.read_text())["devices"]} if path.exists() else set()


def test_a_job_is_refused_until_the_change_is_accepted(lab: OpenLab, tmp_path: Path) -> None:
    opened = lab(*sound("r1", "r2", "r3"))
    bench = Bench.on(tmp_path, opened, max_change="1")
    assert bench.job().code == 0
    assert good_set(bench) == {"r1", "r2", "r3"}
    has(bench, opened, "r1")
    for arguments in ((), ("--limit", "r1")):
        refused = bench.job(*arguments)
        assert (refused.code, refused.result["status"]) == (3, "refused")
        assert "of 3 devices, 2 leave and 0 enter" in refused.result["message"]
        assert "leave: r2, r3" in refused.result["message"]
        assert "--accept-change" in refused.result["message"]
        assert refused.result["backed_up_devices"] == refused.result["failed_devices"] == []
    assert good_set(bench) == {"r1", "r2", "r3"}
    accepted = bench.job("--accept-change")
    assert (accepted.code, accepted.result["status"]) == (0, "success")
    assert good_set(bench) == {"r1"}
    assert bench.job().code == 0


def test_only_a_run_that_ended_well_sets_the_measure(lab: OpenLab, tmp_path: Path) -> None:
    opened = lab(*sound("r1", "r2"))
    bench = Bench.on(tmp_path, opened)
    assert bench.job("--check").code == 0
    assert good_set(bench) == set()
    (bench.folder / "secrets" / "password").write_text("wrong")
    assert bench.job().result["status"] == "failed"
    assert good_set(bench) == set()
    (bench.folder / "secrets" / "password").write_text("passw0rd-of-the-lab")
    has(bench, opened, "r1")
    assert bench.job().code == 0
    assert good_set(bench) == {"r1"}


def test_ansible_users_are_guarded_too(lab: OpenLab, tmp_path: Path) -> None:
    opened = lab(*sound("r1", "r2", "r3"))
    bench = Bench.on(tmp_path, opened, max_change="1")
    assert bench.job().code == 0
    has(bench, opened, "r1")

    def listed(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", "inventories/demo.yml", "--list"]
        command += ["-e", "netcellar_max_change=1", "-e", f"netcellar_state={tmp_path / '.netcellar'}", *arguments]
        known = os.environ | {"HOME": str(tmp_path), "ANSIBLE_NOCOLOR": "1"} | environment
        return subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, check=False)

    refused = listed()
    assert refused.returncode == 1
    assert "of 3 devices, 2 leave and 0 enter" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert listed("-e", "netcellar_accept_change=true").returncode == 0
    assert listed(NETCELLAR_ACCEPT_CHANGE="1").returncode == 0
    assert good_set(bench) == {"r1", "r2", "r3"}
