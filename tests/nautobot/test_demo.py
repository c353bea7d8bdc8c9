"""``netcellar demo --nautobot``: a whole run from a real Nautobot, its dates read back, and its token nowhere.

Its Nautobot lives as long as somebody uses it, however they end, and leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from netcellar.demo.nautobot import Server

from tests.waiting import HANG_SECONDS

from .conftest import CACHE

SECOND_USER = """
import sys
from pathlib import Path
from netcellar.demo.nautobot import running
with running(Path(sys.argv[1]), {"devices": []}, cache=Path(sys.argv[2]), say=lambda line: None) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
EVERY_SECONDS = 0.1


def test_the_demonstration(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    words: set[str] = set()
    with demonstration(tmp_path, folder) as demo:
        nautobot = folder / "nautobot"
        while demo.poll() is None and not (nautobot / "hold").exists():
            words |= words_of_all(demo)
        with second_user(nautobot) as second:
            while demo.poll() is None:
                words |= words_of_all(demo)
            printed = (tmp_path / "output").read_text()
            assert demo.returncode == 0, printed
            its_nautobot_lives_on(nautobot, second, server)
    assert "read back from Nautobot" in printed
    for word in ("Traceback", "WARNING", "Warning"):
        assert word not in printed
    the_token_is_nowhere(folder, printed, words)


@contextmanager
def demonstration(home: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The demonstration, which finds Nautobot installed: the fixture ``server`` has seen to it."""
    cache = home / "cache" / "netcellar" / "nautobot"
    cache.mkdir(parents=True)
    (cache / CACHE.name).symlink_to(CACHE)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    environment["XDG_CACHE_HOME"] = str(home / "cache")
    command = [sys.executable, "-m", "netcellar", "demo", "--nautobot", "--dir", str(folder)]
    with (home / "output").open("w") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as one:
        yield one


@contextmanager
def second_user(nautobot: Path) -> Iterator[subprocess.Popen[str]]:
    """Somebody else who uses the demonstration's Nautobot; who first waits until it runs."""
    command = [sys.executable, "-c", SECOND_USER, str(nautobot), str(CACHE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def words_of_all(process: subprocess.Popen[bytes]) -> set[str]:
    """The words of the command lines of all processes, a moment later or when this one has ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(EVERY_SECONDS)
    return {word for one in psutil.process_iter(["cmdline"]) for word in one.info["cmdline"] or ()}


def its_nautobot_lives_on(nautobot: Path, second: subprocess.Popen[str], other: Server) -> None:
    """Until the last one who uses it is killed, too; then nothing of it is left."""
    assert second.stdout
    assert json.loads((nautobot / "server.json").read_text())["url"] == second.stdout.readline().strip() != other.url
    supervisor = json.loads((nautobot / "supervisor.json").read_text())["pid"]
    database = (nautobot / "data" / "database").resolve()
    assert len(of_session(supervisor)) > 3
    assert database.is_dir()
    second.send_signal(signal.SIGKILL)
    second.wait()
    gone, left = psutil.wait_procs(of_session(supervisor), HANG_SECONDS)
    assert left == [], gone
    assert not database.exists()
    assert not (nautobot / "server.json").exists()


def of_session(leader: int) -> list[psutil.Process]:
    return [one for one in psutil.process_iter() if one.is_running() and _session(one) == leader]


def _session(process: psutil.Process) -> int:
    try:
        return -1 if process.status() == psutil.STATUS_ZOMBIE else os.getsid(process.pid)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return -1


def the_token_is_nowhere(folder: Path, printed: str, words: set[str]) -> None:
    token = (folder / "secrets" / "token").read_text()
    assert len(token) >= 20
    assert not [word for word in words if token in word]
    assert token not in printed
    for path in folder.rglob("*"):
        if path.is_file() and not {"secrets", "nautobot"} & set(path.relative_to(folder).parts):
            assert token.encode() not in path.read_bytes(), path
    diff = subprocess.run(["git", "-C", folder / "cellar.git", "log", "--all", "-p"], capture_output=True, check=True)
    assert token.encode() not in diff.stdout
