"""Housekeeping: it makes the repository quicker, harms nothing, and is never in the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import care as care_module
from ansible_collections.netcellar.backup.plugins.plugin_utils.care import care
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git
from ansible_collections.netcellar.backup.plugins.plugin_utils.recover import recover

from .cellar_kit import capture, files, git, sound, store


@pytest.fixture
def cellar(tmp_path: Path) -> Cellar:
    """A repository with a few commits."""
    made = Cellar(tmp_path / "cellar.git")
    for number in range(4):
        store(made, capture("a", f"{number}\n", captured_at=f"2026-11-21T00:00:0{number}Z"))
    return made


@pytest.fixture
def hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``hang(words)`` lets every git whose arguments hold the words do nothing for ever."""
    git = tmp_path / "programs" / "git"

    def hanging(words: str) -> None:
        git.parent.mkdir()
        real = shutil.which("git")
        git.write_text(f"#!/bin/sh\ncase \"$*\" in *'{words}'*) exec sleep 600 ;; esac\nexec '{real}' \"$@\"\n")
        git.chmod(0o755)
        monkeypatch.setenv("PATH", f"{git.parent}{os.pathsep}{os.environ['PATH']}")

    return hanging


def packs(cellar: Cellar) -> int:
    return len(list((cellar.repository / "objects/pack").glob("*.pack")))


def test_changed_paths_are_noted_after_each_commit(cellar: Cellar) -> None:
    assert care(Git(cellar.repository)) == ""
    assert (cellar.repository / "objects/info/commit-graphs/commit-graph-chain").exists()
    git(cellar.repository, "commit-graph", "verify")
    sound(cellar.repository)


def test_a_text_is_kept_as_its_difference_from_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care_module, "MOST_PACKS", -1)
    made, text = Cellar(tmp_path / "cellar.git"), os.urandom(20_000).hex()
    for number in range(3):
        store(made, capture("a", f"{text}\n{number}\n", captured_at=f"2026-11-21T00:00:0{number}Z"))
    care(Git(made.repository))
    (pack,) = (made.repository / "objects/pack").glob("*.pack")
    assert pack.stat().st_size < 1.5 * 20_000


def test_many_objects_are_brought_together_and_nothing_is_lost(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    held = files(cellar.repository)
    assert care(Git(cellar.repository)) == ""
    assert packs(cellar) == 4
    monkeypatch.setattr(care_module, "MOST_PACKS", -1)
    assert care(Git(cellar.repository)) == ""
    assert packs(cellar) == 1
    assert "count: 0" in git(cellar.repository, "count-objects", "-v")
    assert files(cellar.repository) == held
    sound(cellar.repository)


def test_it_is_tried_once_a_day_however_it_ended(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(care_module, "MOST_PACKS", -1)
    care(Git(cellar.repository))
    tidied = cellar.repository / "netcellar/tidied"
    store(cellar, capture("b", "B\n"))
    care(Git(cellar.repository))
    assert packs(cellar) == 2
    os.utime(tidied, (0, 0))
    care(Git(cellar.repository))
    assert packs(cellar) == 1


def test_what_could_not_be_done_in_time_is_done_in_part_until_a_month_has_passed(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch, hang: Callable[[str], None]
) -> None:
    monkeypatch.setattr(care_module, "MOST_PACKS", -1)
    hang("repack -a")
    verbs: list[str] = []
    tend = Git.tend

    def noting(self: Git, verb: str, *words: str, seconds: float) -> bytes:
        verbs.extend(word for word in words if word in {"-a", "--geometric=2"})
        return tend(self, verb, *words, seconds=0.0 if "-a" in words else seconds)

    monkeypatch.setattr(Git, "tend", noting)
    for _ in range(3):
        care(Git(cellar.repository))
        (cellar.repository / "netcellar/tidied").unlink()
    assert verbs == ["-a", "--geometric=2", "--geometric=2"]
    os.utime(cellar.repository / "netcellar/tidied-whole", (0, 0))
    care(Git(cellar.repository))
    assert verbs[3:] == ["-a"]
    sound(cellar.repository)


def test_what_takes_too_long_is_ended_and_told(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch, hang: Callable[[str], None]
) -> None:
    hang("commit-graph write")
    monkeypatch.setattr(care_module, "SECONDS", 0.0)
    assert "no end after 0 s" in care(Git(cellar.repository))
    recover(Git(cellar.repository))
    sound(cellar.repository)
    monkeypatch.undo()
    assert care(Git(cellar.repository)) == ""


def test_what_killed_housekeeping_leaves_is_taken_away(cellar: Cellar) -> None:
    assert care(Git(cellar.repository)) == ""
    objects = cellar.repository / "objects"
    left = [
        objects / "info/commit-graphs/commit-graph-chain.lock",
        objects / "info/commit-graphs/tmp_graph_x1",
        objects / "pack/.tmp-77-pack-ab.pack",
        objects / "pack/multi-pack-index.lock",
    ]
    for path in left:
        path.touch()
    recover(Git(cellar.repository))
    assert not any(path.exists() for path in left)
    assert care(Git(cellar.repository)) == ""
