"""The server lives as long as somebody uses it, however they end, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from netcellar.demo.nautobot import Server, running

from .conftest import CACHE

FIRST_USER = """
import sys
from pathlib import Path
from netcellar.demo.nautobot import running
with running(Path(sys.argv[1]), {"devices": []}, cache=Path(sys.argv[2]), say=lambda line: None) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def of_session(leader: int) -> list[psutil.Process]:
    return [one for one in psutil.process_iter() if one.is_running() and _session(one) == leader]


def _session(process: psutil.Process) -> int:
    try:
        return -1 if process.status() == psutil.STATUS_ZOMBIE else os.getsid(process.pid)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return -1


def test_a_killed_user_does_not_end_it_for_the_others(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "one"  # ``server`` is asked for, so that Nautobot is installed
    command = [sys.executable, "-c", FIRST_USER, str(folder), str(CACHE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        url = first.stdout.readline().strip()
        with running(folder, {"devices": []}, cache=CACHE) as found:
            supervisor = json.loads((folder / "supervisor.json").read_text())["pid"]
            database = (folder / "data" / "database").resolve()
            first.send_signal(signal.SIGKILL)
            first.wait()
            assert found.url == url != server.url
            assert len(of_session(supervisor)) > 3
            assert database.is_dir()
    gone, left = psutil.wait_procs(of_session(supervisor), 30)
    assert left == [], gone
    assert not database.exists()
    assert not (folder / "server.json").exists()
