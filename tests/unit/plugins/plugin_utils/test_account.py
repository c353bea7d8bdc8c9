"""Git: the account at a remote is for that server alone; no secret and no program of the user gets in."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.account import Account
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import clean_environment
from ansible_collections.netcellar.backup.plugins.plugin_utils.secrets import ENVIRONMENT, FILE_VARIABLE

from .cellar_kit import backup, capture


@pytest.mark.parametrize(
    ("asks", "is_told"),
    [
        ("protocol=https\nhost=git.example.com:8443\npath=backups.git\n", True),
        ("protocol=https\nhost=git.example.com\n", False),
        ("protocol=https\nhost=elsewhere.example.com:8443\n", False),
        ("protocol=http\nhost=git.example.com:8443\n", False),
    ],
)
def test_no_other_server_gets_the_token_though_the_remote_sends_git_there(asks: str, is_told: bool) -> None:
    account = Account("ann", "tok-3f9c51d2", "https://git.example.com:8443/backups.git")
    with account.told() as told:
        done = subprocess.run(
            ["git", *told.settings, "credential", "fill"],
            input=asks,
            capture_output=True,
            text=True,
            check=False,
            pass_fds=[told.descriptor],
            env=clean_environment(),
        )
    assert ("password=tok-3f9c51d2" in done.stdout) is is_told
    assert (done.returncode == 0) is is_told


@pytest.mark.parametrize("name", [*ENVIRONMENT.values(), FILE_VARIABLE, "GIT_CONFIG_COUNT", "SSH_ASKPASS"])
def test_git_and_the_hooks_and_helpers_that_it_starts_see_no_secret(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "3f9c51d2")
    assert "3f9c51d2" not in clean_environment().values()


def test_no_configuration_of_the_user_runs_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "ran"
    hook = tmp_path / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f'[core]\n\thooksPath = {hook.parent}\n[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n'
        f'[url "ext::touch {mark} #"]\n\tinsteadOf = https://h.invalid/\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    _, proof = backup(Cellar(tmp_path / "cellar.git", remote="https://h.invalid/x"), capture())
    assert proof.fault is not None
    assert "not allowed" in proof.fault.message
    assert proof.commit is not None
    assert not mark.exists()
