"""A user's machine for a test: a home, an inventory, and ``ansible-playbook`` as it is typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record, read_records
from netcellar.demo.devices import Lab

from tests.waiting import HANG_SECONDS

OpenLab = Callable[..., Lab]

BIN = Path(sys.executable).parent
NOISE = re.compile(r"\[WARNING\]|\[DEPRECATION|Traceback|\[ERROR\]: Unexpected")
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Played:
    """What a run left: exit code, both outputs together, and the records by host."""

    code: int
    output: str
    records: Mapping[str, Record]

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each host."""
        return {host: record.outcome for host, record in self.records.items()}

    @property
    def noise(self) -> list[str]:
        """Lines that nobody should have to read."""
        return [line for line in self.output.splitlines() if NOISE.search(line)]

    @property
    def recap(self) -> dict[str, str]:
        """The worst that the recap says of each host."""
        return {host: _worst(*map(int, numbers)) for host, *numbers in RECAP.findall(self.output)}


def _worst(_ok: int, changed: int, unreachable: int, failed: int) -> str:
    return "unreachable" if unreachable else "failed" if failed else "changed" if changed else "ok"


@dataclass
class Site:
    """``folder`` holds all that the user has; nothing of the real home is seen.

    ``variables`` are extra variables of every run, ``settings`` further environment variables, ``programs`` is the
    folder of Ansible's commands.
    """

    folder: Path
    variables: dict[str, Any] = field(default_factory=dict)
    programs: Path = BIN
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.write("state/netcellar/mask.key", "a key for the tests alone\n").chmod(0o600)

    @property
    def state(self) -> Path:
        return self.folder / "state" / "netcellar"

    @property
    def repository(self) -> Path:
        return self.state / "cellar.git"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing but what Ansible needs to start."""
        return {
            "HOME": str(self.folder),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            **self.settings,
        }

    def write(self, name: str, text: str) -> Path:
        """Write a file of the user's."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def know(self, lab: Lab) -> None:
        """Trust the host keys of a laboratory."""
        self.write("state/netcellar/known_hosts", lab.known_hosts())

    def play(self, *arguments: str, inventory: str = "hosts.yml", **extra: Any) -> Played:
        """Run the backup; ``extra`` are extra variables beside ``self.variables``."""
        before = self.runs()
        variables = json.dumps(self.variables | extra)
        command = ["ansible-playbook", "-i", inventory, "-e", variables, *arguments, "netcellar.backup.backup"]
        done = self.run(*command)
        return Played(done.returncode, done.stdout + done.stderr, self.records(*(self.runs() - before)))

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the user, from the user's folder."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=HANG_SECONDS,
        )

    def runs(self) -> set[str]:
        """The names of all runs so far."""
        folder = self.state / "runs"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def records(self, *runs: str) -> dict[str, Record]:
        """The records of these runs, by host."""
        found: dict[str, Record] = {}
        for run in runs:
            file = self.state / "runs" / run / "records.jsonl"
            lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
            found |= {record.host: record for record in read_records(lines).values()}
        return found

    def git(self, *arguments: str, repository: Path | None = None) -> str:
        """What Git says about the cellar; an empty string where it fails."""
        command = ["git", f"--git-dir={repository or self.repository}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    @property
    def tree(self) -> str:
        """The hash of all that is stored; empty where nothing is."""
        return self.git("rev-parse", "--verify", "--quiet", "main^{tree}")

    @property
    def files(self) -> list[str]:
        """The paths of all that is stored."""
        return self.git("ls-tree", "-r", "-z", "--name-only", "main").rstrip("\0").split("\0")

    def holding(self, secret: str) -> list[Path]:
        """The files of Netcellar that hold a text; the cellar is searched with its objects unpacked."""
        files = [path for path in self.state.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
        return files + [self.repository] * (secret in self.git("log", "--all", "-p", "--format=%B"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A user's machine without an inventory yet."""
    return Site(tmp_path)
