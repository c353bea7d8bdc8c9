"""``netcellar run`` on the laboratory: results, statuses, exit codes, and no secret anywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from netcellar.demo.configs import config_of, secrets_of
from netcellar.demo.devices import Lab, demo_devices
from netcellar.demo.story import EXPECTED
from netcellar.demo.terminal import LabDevice

from tests.waiting import until

from .orchestrating import Bench

OpenLab = Callable[..., Lab]
NOBODY = "match: {all: [{field: role, operator: equals, value: router}, {field: name, operator: contains, value: z}]}\n"
PASSWORD = "passw0rd-of-the-lab"
KEYS = {
    "schema", "run_id", "job", "inventory", "limit", "check", "success", "status", "message", "warnings",
    "devices_backed_up", "devices_failed", "backed_up_devices", "failed_devices", "git_status", "git_commit_status",
    "timestamp_update_status", "credential", "timings",
}  # fmt: skip


def sound(*names: str) -> list[LabDevice]:
    platforms = ("cisco_ios", "arista_eos", "frr")
    return [LabDevice(name, platforms[number % 3], password=PASSWORD) for number, name in enumerate(names)]


def test_four_broken_devices_of_sixteen(lab: OpenLab, tmp_path: Path) -> None:
    devices = demo_devices()
    bench = Bench.on(tmp_path, lab(*devices))
    ran = bench.job()
    assert ran.code == 1, ran.err
    result = ran.result
    assert set(result) == KEYS
    assert (result["schema"], result["status"], result["success"]) == (1, "partial", False)
    assert (result["devices_backed_up"], result["devices_failed"]) == (12, 4)
    errors = {row["device_name"]: row["error"] for row in result["failed_devices"]}
    assert errors == {name: error for name, (error, _why) in EXPECTED.items()}
    assert all(row["remedy"] for row in result["failed_devices"])
    assert result["git_commit_status"]["pushed"]
    assert result["git_commit_status"]["commit_hash"] == bench.git("rev-parse", "main")
    assert result["timestamp_update_status"]["enabled"] is False
    stored = {row["running_config_file"] for row in result["backed_up_devices"]}
    assert stored <= set(bench.git("ls-tree", "-r", "--name-only", "main").splitlines())
    saved = json.loads((tmp_path / ".netcellar" / "runs" / result["run_id"] / "result.json").read_text())
    assert saved == result
    shown = bench.run("runs", "show", "last", "--output", "json")
    assert shown.result == result
    for noise in ("Traceback", "[WARNING]", "[DEPRECATION"):
        assert noise not in ran.err
        assert noise not in (tmp_path / ".netcellar/runs" / result["run_id"] / "artifacts/ansible/stdout").read_text()


def test_a_second_run_stores_nothing_and_a_change_one_file(lab: OpenLab, tmp_path: Path) -> None:
    open_lab = lab(*sound("r1", "r2", "r3"))
    bench = Bench.on(tmp_path, open_lab)
    assert bench.job().code == 0
    first = bench.git("rev-parse", "main")
    again = bench.job()
    assert (again.code, again.result["status"], bench.git("rev-parse", "main")) == (0, "success", first)
    assert again.result["git_commit_status"]["files_changed"] == 0
    open_lab.change("r2", "Example" if "Example" in open_lab.devices["r2"].config else "hostname", "Changed")
    bench.job("--limit", "r1")
    assert bench.git("rev-parse", "main") == first


def test_limit_and_the_list_of_runs(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(*sound("r1", "r2", "r3")))
    ran = bench.job("--limit", "r2")
    assert (ran.code, ran.result["devices_backed_up"], ran.result["limit"]) == (0, 1, "r2")
    listed = bench.run("runs", "list", "--output", "json", "--query", "[].[job, status, devices_backed_up, limit]")
    assert json.loads(listed.out) == [["nightly", "success", 1, "r2"]]


def test_a_limit_that_matches_nothing_is_told(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(*sound("r1", "r2")))
    ran = bench.job("--limit", "r9")
    assert (ran.code, ran.result["status"], ran.result["devices_failed"]) == (3, "no_devices", 0)
    assert "matches the limit r9" in ran.result["message"]
    half = bench.job("--limit", "r1,r9")
    assert (half.code, half.result["devices_backed_up"]) == (0, 1)
    assert "No host matched r9" in half.result["message"]


def test_check_changes_nothing(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(*sound("r1", "r2")))
    ran = bench.job("--check")
    assert (ran.code, ran.result["check"], ran.result["git_status"]) == (0, True, "none")
    assert ran.result["devices_backed_up"] == 2
    assert not (tmp_path / "cellar.git").exists()


def test_a_push_that_fails_fails_the_run_and_the_next_one_heals_it(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(*sound("r1", "r2")))
    shutil.move(tmp_path / "remote.git", tmp_path / "away.git")
    ran = bench.job()
    assert (ran.code, ran.result["status"], ran.result["git_status"]) == (1, "failed", "failed")
    assert {row["error"] for row in ran.result["failed_devices"]} == {"push"}
    assert ran.result["git_commit_status"]["pushed"] is False
    shutil.move(tmp_path / "away.git", tmp_path / "remote.git")
    healed = bench.job("--limit", "r1")
    assert (healed.code, healed.result["git_commit_status"]["pushed"]) == (0, True)
    assert "backups/r2.running-config" in bench.git("ls-tree", "-r", "--name-only", "main")


def test_ansible_that_dies_before_capture_leaves_every_device_silent(lab: OpenLab, tmp_path: Path) -> None:
    bench = Bench.on(tmp_path, lab(*sound("r1", "r2")))
    (tmp_path / "ansible.cfg").write_text("[defaults]\nvault_password_file = /nonexistent/file\n")
    ran = bench.job()
    assert (ran.code, ran.result["status"], ran.result["devices_failed"]) == (1, "failed", 2)
    assert {(row["host"], row["outcome"]) for row in ran.result["failed_devices"]} == {
        ("r1", "silent"),
        ("r2", "silent"),
    }
    assert "/nonexistent/file" in ran.result["message"]


@pytest.mark.parametrize(
    ("inventory", "status", "words"),
    [
        ("match: {not: {all: true}}\n", None, "match"),
        (NOBODY, "no_devices", "no device"),
        ("conditions: [{field: rolle, operator: equals, value: router}]\n", "refused", "rolle"),
        ("", "refused", "neither conditions nor match"),
    ],
)  # fmt: skip
def test_inventories_that_give_no_device(
    inventory: str, status: str | None, words: str, lab: OpenLab, tmp_path: Path
) -> None:
    bench = Bench.on(tmp_path, lab(*sound("r1")))
    head = "plugin: netcellar.backup.devices\ndevices: ../devices.yml\n"
    (tmp_path / "inventories" / "demo.yml").write_text(head + inventory)
    ran = bench.job()
    assert ran.code == 3
    assert ran.result["status"] == status or status is None
    assert words in ran.result["message"]
    assert ran.result["devices_backed_up"] == ran.result["devices_failed"] == 0


def test_no_secret_is_anywhere(lab: OpenLab, tmp_path: Path) -> None:
    devices = [*sound("r1", "r2", "r3"), LabDevice("slow", "cisco_ios", password=PASSWORD, fault="silent")]
    devices.append(LabDevice("shut", "cisco_ios", password=PASSWORD, enable_password="lab-enable"))
    devices.append(LabDevice("refuses", "cisco_ios", fault="password", password=PASSWORD))
    repeated = f"\n% Invalid input detected: {PASSWORD}: snmp-server community hush-of-the-lab RO\nend\n"
    config = config_of("cisco_ios", "repeats", 1000).replace("\nend\n", repeated)
    devices.append(LabDevice("repeats", "cisco_ios", password=PASSWORD, config=config))
    bench = Bench.on(tmp_path, lab(*devices), command_timeout=3)
    (tmp_path / ".netcellar").mkdir(mode=0o755)
    secrets = [PASSWORD, "lab-enable", "token-of-the-shell", "hush-of-the-lab"]
    seen: set[str] = set()
    with bench.started(umask=0) as process:
        while process.poll() is None:
            seen.update(word for one in psutil.process_iter(["cmdline"]) for word in one.info["cmdline"] or ())
        out, err = process.communicate()
    assert any("netcellar.backup.backup" in word for word in seen), "the processes were looked at while it ran"
    configured = [secret for name in ("r1", "r2", "r3", "shut") for secret in secrets_of(name).values()]
    for place, content in [*bench.everything(), ("out", out.encode()), ("err", err.encode()), *_store(tmp_path)]:
        if "quarantine" not in place:
            for secret in (*secrets, *configured):
                assert secret.encode() not in content, f"{secret} is in {place}"
    assert not [word for word in seen for secret in secrets if secret in word]
    kept = [path for name in (".netcellar", "cellar.git") for path in (tmp_path / name).rglob("*")]
    assert not [path for path in kept if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)]
    shared = [path for path in (tmp_path / ".netcellar").iterdir() if path.stat().st_mode & stat.S_IRWXO]
    assert {path.name for path in shared} <= {"runs", "ansible"}
    until(lambda: not list(Path("/dev/shm").glob(f"netcellar-secrets-{process.pid}-*")))


def _store(folder: Path) -> list[tuple[str, bytes]]:
    with sqlite3.connect(folder / ".netcellar" / "netcellar.db") as connection:
        return [("store", "\n".join(connection.iterdump()).encode())]
