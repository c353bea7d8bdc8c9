"""The one file in which secrets travel: private, and gone after the run, however it ends."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from netcellar.processes import Identity
from netcellar.project import load_project
from netcellar.references import Resolver
from netcellar.secrets_file import PREFIX, collect_secrets, memory_folder, remove_left_overs, secrets_file

from .conftest import SOUND


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runtime"
    folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def test_private_and_gone_afterwards(runtime: Path, tmp_path: Path) -> None:
    with secrets_file({"nautobot_token": "x"}, tmp_path) as path:
        assert path.parent == runtime
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert json.loads(path.read_text()) == {"nautobot_token": "x"}
    assert not path.exists()


def test_gone_after_an_error_too(tmp_path: Path) -> None:
    def fail() -> Path:
        with secrets_file({}, tmp_path) as path:
            raise KeyboardInterrupt(str(path))

    with pytest.raises(KeyboardInterrupt) as caught:
        fail()
    assert not Path(str(caught.value)).exists()


def test_left_overs_of_dead_processes_only(runtime: Path, tmp_path: Path) -> None:
    me = Identity.me()
    dead = runtime / f"{PREFIX}{me.pid}-{me.started - 1000:.0f}-x.json"
    foreign = runtime / "something.json"
    for path in (dead, foreign):
        path.write_text("{}")
    with secrets_file({}, tmp_path) as mine:
        assert remove_left_overs(tmp_path) == [dead]
        assert mine.exists()
    assert foreign.exists()


def test_what_others_lay_beside_stops_nothing(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid = runtime / f"{PREFIX}1-1-x.json"
    laid.symlink_to(tmp_path / "gone")
    (runtime / f"{PREFIX}{'9' * 30}-1-x.json").symlink_to(__file__)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert remove_left_overs(tmp_path) == []
    assert laid.is_symlink()


def test_the_state_folder_where_there_is_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netcellar.secrets_file.folders", lambda state: [tmp_path / "missing", state])
    assert memory_folder(tmp_path) == tmp_path


def test_only_what_the_job_names_is_resolved(write: Callable[[str], Path]) -> None:
    project = load_project(write(SOUND))
    environment = {"NAUTOBOT_TOKEN": "t", "LAB_PASSWORD": "p"}
    secrets = collect_secrets(project, ("lab",), Resolver(environment, print))
    assert secrets == {"nautobot_token": "t", "credentials": {"lab": {"user": "backup", "password": "p"}}}
    assert collect_secrets(project, (), Resolver({"NAUTOBOT_TOKEN": "t"}, print))["credentials"] == {}
