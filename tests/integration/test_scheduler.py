"""The scheduler as a program, on the laboratory: killed in a run, stopped in one, and ``run-due``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from netcellar.processes import end_processes, processes_of

from tests.waiting import HANG_SECONDS, until

from .orchestrating import Bench

OpenLab = Callable[..., Lab]
SOUND = ("r1", "r2")
DAILY = '{cron: "30 2 * * *", timezone: Europe/Berlin}'
ROOT = Path(__file__).parents[2]
BEFORE_FIRST, BEFORE_SECOND = "2026-11-21T01:29:58", "2026-11-22T01:29:58"


@contextmanager
def scheduler(bench: Bench, moment: str, grace: float = 0) -> Iterator[subprocess.Popen[str]]:
    """A scheduler whose clock begins at a moment; it and its runs are ended with the test."""
    command = [sys.executable, "-m", "tests.integration.clocked_scheduler", str(bench.folder), moment, str(grace)]
    environment = {**bench.environment, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout
            assert any(line == "ready\n" for line in iter(process.stdout.readline, ""))
            yield process
        finally:
            process.kill()
            for run_id in bench.run_ids:
                end_processes(run_id, grace=0.0)


def slots(bench: Bench) -> list[list[str]]:
    asked = bench.run("schedule", "past", "--output", "json", "--query", "[].[utc, state, reason]")
    found: list[list[str]] = json.loads(asked.out)
    return found


def statuses(bench: Bench) -> list[list[str]]:
    asked = bench.run("runs", "list", "--output", "json", "--query", "[].[status, origin]")
    found: list[list[str]] = json.loads(asked.out)
    return found


def test_killed_in_a_run_the_run_is_lost_its_captures_are_kept_and_the_next_slot_runs(
    lab: OpenLab, tmp_path: Path
) -> None:
    devices = lab(*(LabDevice(name, "cisco_ios") for name in SOUND), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, devices, command_timeout=600, device_timeout=600, retries=0, schedule=DAILY)
    with scheduler(bench, BEFORE_FIRST) as process:
        first = bench.wait_for(captured=len(SOUND))
        process.send_signal(signal.SIGKILL)
        process.wait(HANG_SECONDS)
        until(lambda: not list(processes_of(first)))
    assert not (tmp_path / "cellar.git" / "HEAD").exists(), "nothing is in Git yet"
    devices.set_fault("stuck", "")
    # Only the run that was killed can have given its text.
    devices.set_fault("r1", "down")
    with scheduler(bench, BEFORE_SECOND) as process:
        until(lambda: statuses(bench) == [["partial", "schedule"], ["lost", "schedule"]])
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_SECONDS) == 0
    assert slots(bench) == [["2026-11-22T01:30:00Z", "done", "partial"], ["2026-11-21T01:30:00Z", "done", "lost"]]
    files = bench.git("ls-tree", "-r", "--name-only", "main").splitlines()
    assert {f"backups/{name}.running-config" for name in (*SOUND, "stuck")} <= set(files)
    assert "r1" in bench.run("runs", "show", first).out
    bench.git("fsck", "--strict")


def test_sigterm_cancels_what_does_not_end_in_its_grace(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, devices, command_timeout=600, device_timeout=600, schedule=DAILY)
    with scheduler(bench, BEFORE_FIRST) as process:
        run_id = bench.wait_for(captured=1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_SECONDS) == 0
        assert not list(processes_of(run_id))
        assert process.stdout
        assert "cancelled: the scheduler was stopped; what was captured is kept" in process.stdout.read()
    assert statuses(bench) == [["cancelled", "schedule"]]
    assert slots(bench) == [["2026-11-21T01:30:00Z", "done", "cancelled"]]


def test_sigint_twice_ends_it_before_its_grace(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, devices, command_timeout=600, device_timeout=600, schedule=DAILY)
    with scheduler(bench, BEFORE_FIRST, grace=600) as process:
        bench.wait_for(captured=1)
        process.send_signal(signal.SIGINT)
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        assert any("600 s for 1 run to end" in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(HANG_SECONDS) == 0
    assert statuses(bench) == [["cancelled", "schedule"]]


def test_sigint_twice_on_a_run_that_a_person_started(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, devices, command_timeout=600, device_timeout=600)
    with bench.started() as process:
        run_id = bench.wait_for(captured=1)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=HANG_SECONDS)
    assert (process.returncode, json.loads(out)["status"], "Traceback" in err) == (3, "cancelled", False)
    assert statuses(bench) == [["cancelled", "manual"]]
    assert not list(processes_of(run_id))


def test_a_run_that_ends_in_the_grace_is_whole(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(*(LabDevice(name, "cisco_ios") for name in SOUND)), schedule=DAILY)
    with scheduler(bench, BEFORE_FIRST, grace=HANG_SECONDS) as process:
        until(lambda: bool(bench.run_ids))
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_SECONDS) == 0
    assert statuses(bench) == [["success", "schedule"]]
    assert slots(bench) == [["2026-11-21T01:30:00Z", "done", "success"]]


def test_run_due_runs_what_is_due_once(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(LabDevice("r1", "cisco_ios")), schedule="{every: 1d}")
    ran = bench.run("run-due")
    assert (ran.code, statuses(bench)) == (0, [])
    script = "UPDATE schedules SET until = datetime(until, '-10 days')"
    subprocess.run([sys.executable, "-c", _SQL, str(tmp_path / ".netcellar" / "netcellar.db"), script], check=True)
    ran = bench.run("run-due")
    assert (ran.code, statuses(bench)) == (0, [["success", "schedule"]]), ran.err
    assert "begins, for its slot of" in ran.err
    assert [state for _utc, state, _reason in slots(bench)].count("missed") >= 8


_SQL = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"


def test_a_run_that_goes_on_is_in_the_way_of_another_and_can_be_cancelled(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, devices, command_timeout=600, device_timeout=600)
    with bench.started() as process:
        run_id = bench.wait_for(captured=1)
        second = bench.run("run", "nightly")
        assert (second.code, f"run {run_id} of `nightly` goes on since" in second.err) == (3, True)
        assert f"netcellar runs cancel {run_id}" in second.err
        devices.set_fault("stuck", "")
        patient = [*bench.command("run", "nightly", "--wait"), "--output", "json"]
        with subprocess.Popen(patient, env=bench.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as other:
            assert other.stderr
            assert b"waiting: run" in other.stderr.readline()
            assert bench.run("runs", "cancel", run_id).code == 0
            out, _err = process.communicate(timeout=HANG_SECONDS)
            assert process.returncode == 3
            assert json.loads(other.communicate(timeout=HANG_SECONDS)[0])["status"] == "success"
    assert json.loads(out)["message"].startswith("cancelled: ")
    assert bench.run("runs", "cancel", run_id).code == 2
    again = bench.run("runs", "retry", run_id, "--output", "json")
    assert again.code == 0, again.err
    parents = bench.run("runs", "list", "--output", "json", "--query", "[].[parent, origin]")
    assert json.loads(parents.out)[0] == [run_id, "retry"]


def test_rounds_heal_a_device_that_comes_back(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("late", "cisco_ios", fault="down"))
    bench = Bench.on(tmp_path, devices, retries=0, rounds="{count: 2, after: 1s}")
    with bench.started() as process:
        bench.wait_for(captured=1, failed=1)
        devices.set_fault("late", "")
        out, err = process.communicate(timeout=HANG_SECONDS)
    result = json.loads(out)
    assert (process.returncode, result["status"], result["devices_backed_up"]) == (0, "success", 2), err
    log = bench.run("runs", "logs", "last", "--level", "warning").out
    assert "round 1 over 1 device in 1 s" in log
    assert bench.git("rev-list", "--count", "main") == "2"


def test_the_log_of_a_run(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "cisco_ios", fault="down")))
    bench.job()
    log = bench.run("runs", "logs", "last").out
    assert "nightly started by" in log
    assert "r1: stored (cisco_ios, 127.0.0.1), as lab: running" in log
    errors = bench.run("runs", "logs", "last", "--level", "warning", "--source", "connection", "--output", "json")
    assert [line["host"] for line in json.loads(errors.out)] == ["r2"]
    assert os.fspath(tmp_path / "secrets") not in log
