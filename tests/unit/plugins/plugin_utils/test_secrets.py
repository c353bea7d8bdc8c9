"""The one door to secrets."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.secrets import (
    credential_entry,
    mask_key,
    no_mask_key,
    secret,
)

CONTENT = {"nautobot_token": "tok-1", "credentials": {"lab": {"user": "u", "password": "Pass-1"}}}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps(CONTENT))
    path.chmod(0o600)
    monkeypatch.setenv("NETCELLAR_SECRETS", str(path))
    monkeypatch.setenv("NAUTOBOT_TOKEN", "tok-2")
    return path


def test_the_file_comes_before_the_environment(path: Path) -> None:
    assert secret("nautobot_token") == "tok-1"
    path.write_text("{}")
    assert secret("nautobot_token") == "tok-2"
    assert secret("something_else") is None


def test_credentials_are_found_by_name(path: Path) -> None:
    assert credential_entry("lab") == {"user": "u", "password": "Pass-1"}
    assert credential_entry("other") is None


def test_without_a_file_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETCELLAR_SECRETS", raising=False)
    monkeypatch.delenv("NAUTOBOT_TOKEN", raising=False)
    assert secret("nautobot_token") is None
    assert credential_entry("lab") is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(NetcellarError, match="can be read by others"):
        secret("nautobot_token")


@pytest.mark.parametrize("content", ["", "[1]", '{"nautobot_token": "tok-1', '{"nautobot_token": 7}'])
def test_a_file_that_is_none_is_refused_without_showing_it(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(NetcellarError) as caught:
        secret("nautobot_token")
    assert "tok-1" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETCELLAR_SECRETS", str(tmp_path / "gone.json"))
    with pytest.raises(NetcellarError, match=r"gone\.json"):
        secret("nautobot_token")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused_at_once(path: Path, tmp_path: Path, make: Callable[[Path, int], None]) -> None:
    for own in (path, tmp_path / "mask.key"):
        own.unlink(missing_ok=True)
        make(own, 0o600)
    with pytest.raises(NetcellarError, match=r"secrets\.json is no file|directory"):
        secret("nautobot_token")
    path.rmdir() if path.is_dir() else path.unlink()
    path.write_text("{}")
    path.chmod(0o600)
    with pytest.raises(NetcellarError, match=r"mask\.key is no file|directory"):
        mask_key("", tmp_path)


def test_the_key_for_masking_has_three_places(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "mask.key"
    assert mask_key("", tmp_path) is None
    own.write_text("key of the state folder\n")
    own.chmod(0o600)
    assert mask_key("", tmp_path) == "key of the state folder"
    monkeypatch.setenv("NETCELLAR_MASK_KEY", "key of the environment")
    assert mask_key("", tmp_path) == "key of the environment"
    path.write_text(json.dumps({"mask_key": "key of the secrets file"}))
    assert mask_key("", tmp_path) == "key of the secrets file"
    assert mask_key("key of a variable", tmp_path) == "key of a variable"


@pytest.mark.parametrize("fault", ["short", "shared"])
def test_a_key_that_protects_nothing_is_refused(tmp_path: Path, fault: str) -> None:
    own = tmp_path / "mask.key"
    own.write_text("short" if fault == "short" else "a key that is long enough")
    own.chmod(0o600 if fault == "short" else 0o644)
    with pytest.raises(NetcellarError, match=r"shorter than|read by others") as caught:
        mask_key("", tmp_path)
    assert "a key" not in str(caught.value)


def test_the_refusal_names_a_command_that_makes_a_key(tmp_path: Path) -> None:
    state = tmp_path / "a state's folder"
    command = no_mask_key(state).remedy.removeprefix("Make one, once: ").partition("; or")[0]
    subprocess.run(["sh", "-c", command], check=True)
    key = mask_key("", state)
    assert key is not None
    assert len(key) == 64
