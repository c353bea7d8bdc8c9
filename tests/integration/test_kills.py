"""Promises 4 and 8: whatever is killed in mid-capture, nothing runs on, and the next run completes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from netcellar.processes import processes_of

from tests.waiting import HANG_SECONDS, until

from .orchestrating import Bench, main_process

OpenLab = Callable[..., Lab]
SOUND = ("r1", "r2")


def kill_orchestrator(process: subprocess.Popen[str], _run_id: str) -> None:
    process.kill()


def kill_group(process: subprocess.Popen[str], _run_id: str) -> None:
    os.killpg(process.pid, signal.SIGKILL)


def kill_playbook(_process: subprocess.Popen[str], run_id: str) -> None:
    main_process(run_id).kill()


def kill_everything(process: subprocess.Popen[str], run_id: str) -> None:
    victims = list(processes_of(run_id))
    process.kill()
    for victim in victims:
        with suppress(psutil.NoSuchProcess):
            victim.kill()


def kill_all_but_workers(process: subprocess.Popen[str], run_id: str) -> None:
    playbook = main_process(run_id)
    launcher = playbook.parent()
    process.kill()
    for victim in (launcher, playbook):
        assert victim is not None
        with suppress(psutil.NoSuchProcess):
            victim.kill()


def terminate(process: subprocess.Popen[str], _run_id: str) -> None:
    process.terminate()


def interrupt(process: subprocess.Popen[str], _run_id: str) -> None:
    os.killpg(process.pid, signal.SIGINT)


CASES = {
    kill_orchestrator: "lost",
    kill_group: "lost",
    kill_everything: "lost",
    kill_all_but_workers: "lost",
    kill_playbook: "failed",
    terminate: "cancelled",
    interrupt: "cancelled",
}


@pytest.mark.parametrize(("kill", "status"), CASES.items(), ids=lambda value: getattr(value, "__name__", value))
def test_killed_in_mid_capture(
    kill: Callable[[subprocess.Popen[str], str], None], status: str, lab: OpenLab, tmp_path: Path
) -> None:
    stuck = LabDevice("stuck", "cisco_ios", fault="silent")
    open_lab = lab(*(LabDevice(name, "cisco_ios") for name in SOUND), stuck)
    bench = Bench.on(tmp_path, open_lab, command_timeout=600, device_timeout=600)
    with bench.started() as process:
        run_id = bench.wait_for(captured=len(SOUND))
        kill(process, run_id)
        process.wait(HANG_SECONDS)
        until(lambda: not list(processes_of(run_id)))
    open_lab.set_fault("stuck", "")

    ran = bench.job()

    assert ran.code == 0, ran.err
    assert ran.result["devices_backed_up"] == len(SOUND) + 1
    assert not list(Path("/dev/shm").glob(f"netcellar-secrets-{process.pid}-*"))
    bench.git("fsck", "--strict")
    files = bench.git("ls-tree", "-r", "--name-only", "main").splitlines()
    assert {f"backups/{name}.running-config" for name in (*SOUND, "stuck")} <= set(files)
    staged = (tmp_path / "cellar.git" / "netcellar" / "staged").rglob("*")
    assert not [path for path in staged if path.is_file() and path.name != "owner.json"]
    listed = bench.run("runs", "list", "--output", "json", "--query", "[].[run_id, status]")
    assert dict(json.loads(listed.out))[run_id] == status
    kept = bench.run("runs", "show", run_id, "--output", "json")
    assert sorted(_hosts(kept.result)) == ["r1", "r2", "stuck"]


def test_what_a_killed_run_captured_is_committed_by_a_run_limited_to_another(lab: OpenLab, tmp_path: Path) -> None:
    open_lab = lab(*(LabDevice(name, "cisco_ios") for name in SOUND), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, open_lab, command_timeout=600, device_timeout=600)
    with bench.started() as process:
        bench.wait_for(captured=len(SOUND))
        kill_everything(process, bench.run_ids[0])
        process.wait(HANG_SECONDS)
    open_lab.set_fault("stuck", "")
    assert bench.job("--limit", "stuck").code == 0
    files = set(bench.git("ls-tree", "-r", "--name-only", "main").splitlines())
    assert {f"backups/{name}.running-config" for name in (*SOUND, "stuck")} <= files


def test_what_a_killed_run_captured_is_brought_home_by_its_own_name_once(lab: OpenLab, tmp_path: Path) -> None:
    open_lab = lab(*(LabDevice(name, "cisco_ios") for name in SOUND), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, open_lab, command_timeout=600, device_timeout=600)
    with bench.started() as process:
        run_id = bench.wait_for(captured=len(SOUND))
        kill_everything(process, run_id)
        process.wait(HANG_SECONDS)
    asked = open_lab.logins

    ran = bench.run("run", "--resume", run_id, "--output", "json")

    assert ran.code == 1, ran.err
    assert (ran.result["run_id"], ran.result["devices_backed_up"], ran.result["devices_failed"]) == (run_id, 2, 1)
    files = set(bench.git("ls-tree", "-r", "--name-only", "main").splitlines())
    assert {f"backups/{name}.running-config" for name in SOUND} <= files
    assert f"Netcellar-Run: {run_id}" in bench.git("log", "-1", "--format=%B")
    assert open_lab.logins == asked
    kept = bench.run("runs", "show", run_id, "--output", "json").result
    assert (kept["status"], kept["devices_backed_up"]) == ("partial", 2)
    again = bench.run("run", "--resume", run_id)
    assert (again.code, bench.git("rev-list", "--count", "main")) == (3, "1")
    assert "nothing that run" in again.err


def _hosts(result: dict[str, object]) -> list[str]:
    rows = result.get("records") or [*result["backed_up_devices"], *result["failed_devices"]]  # type: ignore[misc]
    return [row["host"] for row in rows]  # type: ignore[union-attr]
