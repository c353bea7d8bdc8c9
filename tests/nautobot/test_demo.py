"""``netcellar demo --nautobot``: a whole run from a real Nautobot, its dates read back, and its token nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
from netcellar.demo.nautobot import Server

from .conftest import CACHE

LIMIT_SECONDS = 300


def test_it_ends_green_and_the_token_is_nowhere(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    cache = tmp_path / "cache" / "netcellar" / "nautobot"
    cache.mkdir(parents=True)
    (cache / CACHE.name).symlink_to(CACHE)  # ``server`` is asked for, so that it is installed there
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-m", "netcellar", "demo", "--nautobot", "--dir", str(folder)]
    output = tmp_path / "output"
    seen: set[str] = set()
    with output.open("w") as file, subprocess.Popen(command, env=environment, stdout=file, stderr=file) as process:
        while process.poll() is None:
            seen.update(word for one in psutil.process_iter(["cmdline"]) for word in one.info["cmdline"] or ())
    printed = output.read_text()
    assert process.returncode == 0, printed
    assert "read back from Nautobot" in printed
    for word in ("Traceback", "WARNING", "Warning"):
        assert word not in printed
    token = (folder / "secrets" / "token").read_text()
    assert len(token) >= 20
    assert not [word for word in seen if token in word]
    assert token not in printed
    for path in folder.rglob("*"):
        if path.is_file() and not {"secrets", "nautobot"} & set(path.relative_to(folder).parts):
            assert token.encode() not in path.read_bytes(), path
    diff = subprocess.run(["git", "-C", folder / "cellar.git", "log", "--all", "-p"], capture_output=True, check=True)
    assert token.encode() not in diff.stdout
