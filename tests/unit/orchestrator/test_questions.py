"""The questions on the command line: their output for people and for machines, and their exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from netcellar import core
from netcellar.cli import run_cli
from netcellar.project import load_project
from netcellar.scaffold import write_scaffold

from tests.unit.plugins.plugin_utils.cellar_kit import capture, store


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose repository holds two versions of one device, and its startup configuration."""
    write_scaffold(tmp_path)
    monkeypatch.chdir(tmp_path)
    (repository,) = load_project(tmp_path / "netcellar.yml").repositories.values()
    cellar = Cellar(repository.path, repository.branch)
    for run, words in {"run-1": "ntp 1\n", "run-2": "ntp 2 [bold]\x1b\n"}.items():
        store(cellar, capture("d1", words, run=run), run=run)
    store(cellar, capture("d1", "ntp 1\n", artifact="startup", path="backups/d1.startup", run="run-2"), run="run-2")


def ask(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code of a question, and its answer."""
    code = run_cli(words)
    said = capfd.readouterr()
    return code, said.out + said.err


def test_history_and_show(capfd: pytest.CaptureFixture[str]) -> None:
    code, told = ask(capfd, "history", "name-d1", "--output", "json")
    assert (code, [each["run"] for each in json.loads(told)]) == (0, ["run-2", "run-1"])
    oldest = json.loads(told)[1]["commit"]
    assert "+1 -1" in ask(capfd, "history", "d1")[1]
    assert ask(capfd, "show", "d1", "--at", oldest) == (0, "ntp 1\n")
    assert json.loads(ask(capfd, "show", "d1", "--output", "json")[1])["text"] == "ntp 2 [bold]\x1b\n"


def test_diff(capfd: pytest.CaptureFixture[str]) -> None:
    code, told = ask(capfd, "diff", "d1")
    assert (code, told.startswith("name-d1 (running) from 20")) == (0, True)
    assert told.endswith("\n\nmanagement\n  - ntp 1\n  + ntp 2 [bold]\\x1b\n\n")
    assert "\n-ntp 1\n+ntp 2" in ask(capfd, "diff", "d1", "--text")[1]
    value = json.loads(ask(capfd, "diff", "d1", "--output", "json")[1])
    lines = ["- ntp 1", "+ ntp 2 [bold]\x1b"]
    assert value["changes"] == [{"class": "management", "parents": [], "lines": lines}]
    assert "\n-ntp 1\n+ntp 2" in value["diff"]
    assert ask(capfd, "diff", "d1", "--artifact", "startup") == (0, "no difference: there is one version\n")


def test_diff_of_a_run(capfd: pytest.CaptureFixture[str]) -> None:
    code, told = ask(capfd, "diff", "--run", "run-2")
    assert code == 0
    assert "management on 1 device: name-d1\n  - ntp 1\n  + ntp 2" in told
    assert "stored for the first time: 1 device: name-d1 (startup)" in told
    run = json.loads(ask(capfd, "diff", "--run", "run-2", "--output", "json")[1])
    assert run["paths"] == ["backups/d1.running-config", "backups/d1.startup"]
    assert len(run["commits"]) == 2
    assert run["changes"][0]["devices"] == ["name-d1"]
    assert "\n-ntp 1\n+ntp 2" in ask(capfd, "diff", "--run", "run-2", "--text")[1]
    assert "run run-2: 2 files changed" in ask(capfd, "diff", "--run", "last")[1]


def test_search_snapshot_and_unsaved(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ask(capfd, "search", "ntp 2") == (0, "name-d1:1: ntp 2 [bold]\\x1b\n")
    assert ask(capfd, "search", "nothing") == (1, "")
    assert len(json.loads(ask(capfd, "search", "ntp", "--history", "--output", "json")[1])) == 3
    assert "name-d1: - ntp 1\n" in ask(capfd, "search", "ntp", "--history")[1]
    code, told = ask(capfd, "search", "ntp", "--most", "1")
    assert (code, told.count("ntp"), "the first 1." in told) == (0, 1, True)
    code, told = ask(capfd, "snapshot", "--at", "2999-01-01", str(tmp_path / "then"), "--output", "json")
    assert (code, json.loads(told)["files"]) == (0, 2)
    code, told = ask(capfd, "unsaved")
    assert code == 1
    assert "name-d1" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "nobody"], "nothing is stored"),
        (["show", "d1", "--at", "2001-01-01"], "nothing was stored yet"),
        (["diff", "--run", "run-7"], "no run 'run-7' changed anything"),
        (["diff", "d1", "..2026-11-21"], "has no beginning"),
        (["diff"], "name either a device or --run"),
        (["history", "d1", "--repository", "x"], "there is no repository `x`"),
        (["search", "(("], "cannot search"),
        (["search", "x", "--since", "2026-01-01"], "goes with --history"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told(
    capfd: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    code, said = ask(capfd, *words)
    assert code == 2
    assert told in said
    assert "Traceback" not in said


def test_the_core_gives_every_name_that_it_tells_of() -> None:
    assert [name for name in core.__all__ if getattr(core, name, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        core.no_such_name  # noqa: B018 (it is asked for)


def test_a_question_does_not_wait_for_libraries_that_it_does_not_need() -> None:
    asked = "import sys; from netcellar.cli import run_cli; code = run_cli(['history', 'd1']); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert "run-2" in told or "backups/d1" in told
    heavy = {
        "sqlalchemy",
        "alembic",
        "asyncssh",
        "pynautobot",
        "requests",
        "ansible_runner",
        "ansible",
        "psutil",
        "jinja2",
    }
    assert heavy.intersection(told.split()) == set()
