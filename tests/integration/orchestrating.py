"""A project on a laboratory, and the ``netcellar`` command as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from netcellar.demo.devices import Lab
from netcellar.demo.scene import write_scene
from netcellar.processes import end_processes, processes_of
from netcellar.tail import Tail

from tests.waiting import HANG_SECONDS, until


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The result JSON that it printed."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Bench:
    """``folder`` is the project's."""

    folder: Path

    @classmethod
    def on(cls, folder: Path, lab: Lab, **settings: int | str) -> Bench:
        """A project like the demonstration's; ``settings`` are added to its job."""
        write_scene(folder, lab, None)
        file = folder / "netcellar.yml"
        lines = file.read_text().rstrip().splitlines()
        kept = [line for line in lines if line.strip().partition(":")[0] not in settings]
        added = [f"    {name}: {value}" for name, value in settings.items()]
        file.write_text("\n".join([*kept, *added]) + "\n")
        return cls(folder)

    @property
    def environment(self) -> dict[str, str]:
        """A shell's environment, with a token in it that must get nowhere."""
        return {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "NAUTOBOT_TOKEN": "token-of-the-shell",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "netcellar", "--project", str(self.folder), *arguments]

    def run(self, *arguments: str) -> Ran:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=HANG_SECONDS,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def job(self, *arguments: str) -> Ran:
        """Run the job, and print its result as JSON."""
        return self.run("run", "nightly", "--output", "json", *arguments)

    @contextmanager
    def started(self, umask: int = -1) -> Iterator[subprocess.Popen[str]]:
        """A run that is on its way, in a process group of its own; what is left of it is killed at the end."""
        process = subprocess.Popen(
            self.command("run", "nightly", "--output", "json"),
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
            umask=umask,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()
                for run_id in self.run_ids:
                    end_processes(run_id, grace=0.0)

    @property
    def run_ids(self) -> list[str]:
        """All runs so far, oldest first."""
        folder = self.folder / ".netcellar" / "runs"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def wait_for(self, captured: int, failed: int = 0) -> str:
        """Wait until that many devices of the only run are captured, and that many have failed; its id."""
        until(lambda: bool(self.run_ids))
        (run_id,) = self.run_ids
        tail = Tail(self.folder / ".netcellar" / "runs" / run_id)

        def enough() -> bool:
            tail.look()
            return tail.count().good >= captured and tail.count().bad >= failed

        until(enough)
        return run_id

    def git(self, *arguments: str) -> str:
        """What Git says about the cellar. Raises CalledProcessError."""
        command = ["git", f"--git-dir={self.folder / 'cellar.git'}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """All that lies in the project but its own secrets, and all objects of the cellar unpacked."""
        for path in self.folder.rglob("*"):
            if path.is_file() and "secrets" not in path.parts:
                yield str(path), path.read_bytes()
        yield "git", self.git("log", "--all", "-p", "--format=%B").encode()


def main_process(run_id: str) -> psutil.Process:
    """The ``ansible-playbook`` of a run: the one whose parent is the launcher."""
    (launcher,) = [one for one in processes_of(run_id) if "netcellar.launch" in _words(one)]
    (playbook,) = [one for one in launcher.children() if any("ansible-playbook" in word for word in _words(one))]
    return playbook


def _words(process: psutil.Process) -> list[str]:
    """A command line; nothing of a process that has just ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
