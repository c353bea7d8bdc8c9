"""Housekeeping: it makes the repository quicker, harms nothing, and is never in the way."""

from __future__ import annotations

import os
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


def packs(cellar: Cellar) -> int:
    return len(list((cellar.repository / "objects/pack").glob("*.pack")))


def test_changed_paths_are_noted_after_each_commit(cellar: Cellar) -> None:
    assert care(Git(cellar.repository)) == ""
    assert (cellar.repository / "objects/info/commit-graphs/commit-graph-chain").exists()
    git(cellar.repository, "commit-graph", "verify")
    sound(cellar.repository)


def test_many_objects_are_brought_together_and_nothing_is_lost(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    held = files(cellar.repository)
    assert care(Git(cellar.repository)) == ""
    assert packs(cellar) == 0
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
    assert "count: 0" not in git(cellar.repository, "count-objects", "-v")
    os.utime(tidied, (0, 0))
    care(Git(cellar.repository))
    assert "count: 0" in git(cellar.repository, "count-objects", "-v")


def test_what_takes_too_long_is_ended_and_told(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
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
