"""What a killed supervisor left running is ended, and nobody else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from netcellar.demo.leftovers import end_leftovers, started

LEADER = "import subprocess; subprocess.Popen(['sleep', '600']); print(flush=True); input()"


def leader() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", LEADER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout
    process.stdout.readline()
    return process


def test_the_children_of_a_killed_supervisor_end(tmp_path: Path) -> None:
    with leader() as process:
        note = {"pid": process.pid, "started": started(process.pid)}
        (tmp_path / "supervisor.json").write_text(json.dumps(note))
        process.kill()
        process.wait()
        end_leftovers(tmp_path)
        assert process.stdout
        assert process.stdout.read() == ""  # the end of the pipe that the child had inherited
    assert json.loads((tmp_path / "supervisor.json").read_text())["pid"] == os.getpid()


def test_a_stranger_with_the_same_number_lives_on(tmp_path: Path) -> None:
    with leader() as process:
        note = {"pid": process.pid, "started": (started(process.pid) or 0) - 1}
        (tmp_path / "supervisor.json").write_text(json.dumps(note))
        end_leftovers(tmp_path)
        assert process.poll() is None
        os.killpg(process.pid, 9)


def test_a_first_start(tmp_path: Path) -> None:
    end_leftovers(tmp_path)
    assert json.loads((tmp_path / "supervisor.json").read_text())["started"] == started(os.getpid())
