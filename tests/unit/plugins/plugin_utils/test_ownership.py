"""A repository that a stranger laid where ours is to be is neither written nor read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from .cellar_kit import RUN, bare, capture, git, store

Use = Callable[[Path], object]


def stage(repository: Path) -> None:
    Staging(repository).open(RUN, Owner.of(os.getpid()))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of another user, which is not root, and a home without a configuration of Git."""
    found = bare(tmp_path / "cellar.git")
    store(Cellar(found), capture())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SUDO_UID", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    status = os.stat
    monkeypatch.setattr(Path, "stat", lambda path, **how: _of_stranger(status(path, **how)))
    return found


def _of_stranger(status: os.stat_result) -> os.stat_result:
    values = list(status)
    values[4] = 12345
    return os.stat_result(values)


@pytest.mark.parametrize("use", [stage, lambda path: Library(path).tips, lambda path: store(Cellar(path), capture())])
@pytest.mark.parametrize("declared", [False, True])
def test_a_strangers_repository(repository: Path, use: Use, declared: bool) -> None:
    if declared:
        git(repository, "config", "--global", "safe.directory", str(repository))
        use(repository)
    else:
        with pytest.raises(NetcellarError, match=r"belongs to another user .*safe\.directory") as caught:
            use(repository)
        assert caught.value.error == "git"
