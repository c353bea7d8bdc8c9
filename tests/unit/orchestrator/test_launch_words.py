"""What Ansible said, as one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from netcellar.launch_words import LONGEST, OUTPUT, reason_of, unmatched_patterns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / OUTPUT).parent.mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("output", "log", "reason"),
    [
        ("PLAY\n[ERROR]: no such role.\nOrigin: x\n[ERROR]: more\n", "", "no such role"),
        ("ERROR! old form\n", "", "old form"),
        ("[ERROR]: Task failed: Action failed: Task is late\n", "", "Task is late"),
        ("fatal: [r1 -> localhost]: FAILED! => {}\n", "", ""),
        ("PLAY\n", "Traceback\n  File x\nKeyError: 'y'\n", "KeyError: 'y'"),
        ("", "", ""),
        ("[ERROR]: " + "x" * 5000, "", "x" * LONGEST),
    ],
)
def test_the_first_error_is_the_reason(output: str, log: str, reason: str, folder: Path) -> None:
    (folder / OUTPUT).write_text(output)
    (folder / "launch.log").write_text(log)
    assert reason_of(folder) == reason


def test_without_any_output(tmp_path: Path) -> None:
    assert reason_of(tmp_path) == ""
    assert unmatched_patterns(tmp_path) == []


def test_patterns_that_matched_nothing(folder: Path) -> None:
    line = "[WARNING]: Could not match supplied host pattern, ignoring: "
    (folder / OUTPUT).write_text(f"{line}a*\n{line}b\nPLAY\n{line}a*\n")
    assert unmatched_patterns(folder) == ["a*", "b"]
