"""The tutorial, typed through as a new user would: every command, and what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.waiting import HANG_SECONDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "first-project.md"
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
DEVICE, PORT = "berlin-rtr-2", "20023"
# What is another one each time, and where a line of a table is broken; a slow machine tells how far it is.
VARIABLE = (
    (r"(?m)^0/1 devices, 0 ok, 0 not\n", ""),
    (r"\d{8}T\d{6}Z-[0-9a-f]{6}", "RUN"),
    (r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME"),
    (r"\b[0-9a-f]{10}(?:[0-9a-f]{2})?\b", "COMMIT"),
    (r"\bin [\d.]+ s\b", "in N s"),
    (r"[ \t]+", " "),
)


class Shell:
    """A shell that stays: its folder and what was exported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def type(self, line: str) -> str:
        """Type a line; what it prints, with the folder left out."""
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            return ""
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value
            return ""
        words = ["/bin/sh", "-c", line]
        options = {"cwd": self.folder, "env": self.environment, "stderr": subprocess.STDOUT, "text": True}
        done = subprocess.run(words, stdout=subprocess.PIPE, check=False, timeout=HANG_SECONDS, **options)  # type: ignore[call-overload]
        return str(done.stdout).replace(f"{self.folder.parent}/", "")

    def patch(self, text: str) -> None:
        """Edit files as a diff says."""
        command = ["git", "apply", "--unidiff-zero", "-"]
        subprocess.run(command, cwd=self.folder, input=text, text=True, check=True, env=self.environment)


def tidied(text: str) -> list[str]:
    """The lines of a text, without what is another each time."""
    for pattern, word in VARIABLE:
        text = re.sub(pattern, word, text)
    return [line.strip() for line in text.strip().splitlines()]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short name, as people have: tables with long paths are folded."""
    with TemporaryDirectory(prefix="nc") as folder:
        yield Path(folder)


def test_the_tutorial_prints_what_it_says(lab: Callable[..., Lab], home: Path) -> None:
    port = str(lab(LabDevice(DEVICE, "cisco_ios")).ports[DEVICE])
    shell, typed = Shell(home), 0
    for kind, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "diff":
            shell.patch(block.replace(PORT, port))
            continue
        for line, expected in TYPED.findall(block):
            if line.startswith("pip "):  # tests/packaging installs the wheel
                continue
            printed = shell.type(line).replace(port, PORT)
            assert tidied(printed) == tidied(expected), line
            typed += 1
    assert typed >= 12
    assert (home / "network" / "report.html").stat().st_size > 3000
