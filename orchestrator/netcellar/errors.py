"""The orchestrator's own errors. Library code raises them; ``cli.py`` alone makes them a message and an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class OrchestratorError(Exception):
    """A fault that a person can mend. ``exit_code`` is that of docs/reference/cli.md; ``remedy`` says what to do."""

    exit_code = 2

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}\n  -> {remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class BadInputError(OrchestratorError):
    """Wrong usage, or a file that cannot be used as it is (exit code 2)."""


class RunRefusedError(OrchestratorError):
    """The run did not happen: nothing was tried on any device (exit code 3)."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a file: where it is, what is wrong, and how to mend it. ``line`` counts from 1."""

    file: Path
    line: int
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        subject = f" {self.key}:" if self.key else ""
        remedy = f"\n  -> {self.remedy}" if self.remedy else ""
        return f"{where}:{subject} {self.message}{remedy}"


class ProjectError(BadInputError):
    """Every mistake that was found in the project file, in the order of its lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(dict.fromkeys(faults), key=lambda fault: fault.line)
        super().__init__("\n".join(str(fault) for fault in self.faults))
