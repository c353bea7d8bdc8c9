"""A laboratory of 40 devices, of which one was never reached, one left the source, one is stale, one is unsupported."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from pathlib import Path

import yaml
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .orchestrating import Bench

NEVER, GONE, STALE, UNSUPPORTED = "never-up", "went-away", "long-ago", "unknown-os"
LONG_AGO = "2026-01-02T03:04:05Z"
INDEX = "refs/netcellar/index"


def devices() -> list[LabDevice]:
    """36 sound devices, and the four."""
    sound = [LabDevice(f"r{number}", "cisco_ios") for number in range(36)]
    odd = [LabDevice(name, "cisco_ios") for name in (GONE, STALE, UNSUPPORTED)]
    return [*sound, *odd, LabDevice(NEVER, "cisco_ios", fault="down")]


def covered(folder: Path, lab: Lab) -> Bench:
    """A project that was run once, after which one device left and the clock of another was put back."""
    bench = Bench.on(folder, lab, fresh_within="24h", objective="99%")
    rows = yaml.safe_load((folder / "devices.yml").read_text())
    for row in rows["devices"]:
        if row["name"] == UNSUPPORTED:
            row["platform"] = "no_such_os"
    write(folder, rows)
    ran = bench.job()
    assert ran.result["devices_backed_up"] == 38, ran.err
    write(folder, {"devices": [row for row in rows["devices"] if row["name"] != GONE]})
    put_back(bench, STALE)
    return bench


def write(folder: Path, rows: object) -> None:
    """Write the source of truth."""
    (folder / "devices.yml").write_text(yaml.safe_dump(rows))


def put_back(bench: Bench, name: str) -> None:
    """Let the cellar and the store say that a device was captured long ago. Nobody can wait for that in a test."""
    with sqlite3.connect(bench.folder / ".netcellar" / "netcellar.db") as store:
        values = (LONG_AGO[:-1].replace("T", " "), name)
        assert store.execute("UPDATE holdings SET captured_at = ? WHERE name = ?", values).rowcount
    entry = re.compile(rf'^(.*"captured_at": )"[^"]*"(.*"name": "{name}".*)$', re.MULTILINE)
    lines = []
    for line in bench.git("ls-tree", f"{INDEX}:main").splitlines():
        mode, kind, blob, path = line.split()
        text, found = entry.subn(rf'\1"{LONG_AGO}"\2', bench.git("cat-file", "blob", blob))
        lines.append(f"{mode} {kind} {_fed(bench, text, 'hash-object', '-w', '--stdin') if found else blob}\t{path}\n")
    tree = _fed(bench, f"040000 tree {_fed(bench, ''.join(lines), 'mktree')}\tmain\n", "mktree")
    bench.git("update-ref", INDEX, _fed(bench, "put back", "commit-tree", tree, "-p", INDEX))


def _fed(bench: Bench, text: str, *arguments: str) -> str:
    """What Git says when it is given a text."""
    command = [
        "git",
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@t",
        f"--git-dir={bench.folder / 'cellar.git'}",
        *arguments,
    ]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.strip()
