"""``netcellar demo`` as a newcomer types it: it ends green, and it ends everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from tests.waiting import HANG_SECONDS, until


def demo(tmp_path: Path, *arguments: str) -> tuple[list[str], Mapping[str, str]]:
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    return [sys.executable, "-m", "netcellar", "demo", *arguments], environment


def test_it_ends_green_and_leaves_nothing(tmp_path: Path) -> None:
    command, environment = demo(tmp_path)
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=HANG_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("Traceback", "WARNING", "Warning", "DEPRECATION"):
        assert word not in done.stdout + done.stderr
    for name in ("broken-password: auth", "broken-down: refused", "broken-hangup: incomplete"):
        assert f"{name}, as expected" in done.stdout
    assert "Exactly one file changed, backups/berlin-rtr-1.running-config:" in done.stdout
    assert "+ description changed by the demonstration" in done.stdout
    assert not list(tmp_path.glob("netcellar-demo-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_person_may_end_it(number: signal.Signals, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    command, environment = demo(tmp_path, "--dir", str(folder))
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        until(lambda: bool(list((folder / ".netcellar" / "runs").glob("*/records.jsonl"))))
        process.send_signal(number)
        output, _none = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 3
    assert b"interrupted" in output
    assert b"Traceback" not in output
    until(lambda: not goes_on(folder))


def goes_on(folder: Path) -> bool:
    """Whether a process has the folder in its command line."""
    return any(str(folder) in word for one in psutil.process_iter(["cmdline"]) for word in one.info["cmdline"] or [])


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    command, environment = demo(tmp_path, "--dir", str(tmp_path))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=HANG_SECONDS)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
