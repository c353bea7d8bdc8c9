"""``netcellar hostkeys learn``: what is read from the playbook, what is told, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from netcellar.cli import run_cli
from netcellar.commands.hostkeys import show_learned
from netcellar.hostkeys import Learned, _count, read_meetings
from netcellar.order import Order
from netcellar.project import load_project
from netcellar.tail import Count

from .conftest import SOUND

LINES = (
    {"host": "r2", "result": "changed", "message": "r2 shows B", "shown": "SHA256:B", "known": ["SHA256:A"]},
    {"host": "r1", "result": "learned", "message": "", "shown": "SHA256:C", "known": []},
    {"host": "r3", "result": "failed", "message": "no route", "shown": "", "known": []},
    {"host": "r4", "result": "failed", "message": "cannot write", "shown": "SHA256:D", "known": []},
)


@pytest.fixture
def learned(write: Callable[[str], Path], tmp_path: Path) -> Callable[[int], Learned]:
    """What comes of the first few lines."""
    order = Order(load_project(write(SOUND)).jobs["nightly"])

    def of(count: int, start: int = 0) -> Learned:
        lines = LINES[start : start + count]
        (tmp_path / "hostkeys.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return Learned(order, read_meetings(tmp_path), ())

    return of


def test_results_by_host(learned: Callable[..., Learned]) -> None:
    value = learned(4)
    assert [(each.host, each.result) for each in value.meetings] == [
        ("r1", "learned"),
        ("r2", "changed"),
        ("r3", "unreachable"),
        ("r4", "failed"),
    ]
    assert value.as_dict()["counts"] == {"learned": 1, "known": 0, "changed": 1, "unreachable": 1, "failed": 1}
    assert (value.exit_code, learned(1, 1).exit_code, learned(1, 2).exit_code) == (1, 0, 1)


def test_whoever_was_not_met_counts_as_such_and_progress_is_seen(tmp_path: Path) -> None:
    waiting = [json.dumps({"host": f"r{number}", "result": "waiting", "message": "", "shown": "", "known": []})
               for number in (1, 2, 3, 4)]  # fmt: skip
    met = [json.dumps(line) for line in LINES[:2]]
    (tmp_path / "hostkeys.jsonl").write_text("\n".join([*waiting, *met]) + "\n" + json.dumps(LINES[2])[:9])

    assert _count(tmp_path) == Count(total=4, good=1, bad=1)
    assert {each.host: each.result for each in read_meetings(tmp_path)} == {
        "r1": "learned", "r2": "changed", "r3": "unreachable", "r4": "unreachable",
    }  # fmt: skip


def test_a_person_sees_both_fingerprints_and_what_to_do(
    learned: Callable[..., Learned], capsys: pytest.CaptureFixture[str]
) -> None:
    show_learned(learned(4).as_dict())
    told = capsys.readouterr().out
    assert "known SHA256:A" in told
    assert "shown SHA256:B" in told
    assert "1 learned, 1 changed, 1 unreachable, 1 failed." in told
    assert told.count("Next: ") == 3


def test_nothing_was_met(tmp_path: Path) -> None:
    assert read_meetings(tmp_path) == ()


def test_wrong_usage_is_2(write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    project = str(write(SOUND))
    assert run_cli(["--project", project, "hostkeys", "learn", "nightli"]) == 2
    assert "nightly" in capsys.readouterr().err
    assert run_cli(["--project", project, "hostkeys", "learn", "nightly", "--limit", "@file"]) == 2
