"""``netcellar verify``, what ``netcellar check`` says of a repository, and the account at a remote."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from netcellar.check import check_project
from netcellar.cli import run_cli
from netcellar.errors import ProjectError
from netcellar.project import load_project
from netcellar.references import Resolver
from netcellar.secrets_file import remote_secrets
from netcellar.variables import variables_of

from tests.unit.plugins.plugin_utils.cellar_kit import backup, bare, capture, git, stage, store

from .conftest import SOUND

REMOTE = """
    remote: https://git.example.com/backups.git
    token: {env: GIT_TOKEN}
    user: netcellar
    signing_key: signing
"""


def with_repository(text: str, lines: str) -> str:
    """A project file with other keys for its repository."""
    before, _, after = text.partition("    remote: remote.git\n")
    assert after
    return before + lines.lstrip("\n") + after


@pytest.fixture
def cellar(write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Cellar:
    project = load_project(write(SOUND))
    monkeypatch.chdir(project.folder)
    (repository,) = project.repositories.values()
    return Cellar(repository.path, repository.branch)


def test_a_sound_repository_and_a_broken_one(cellar: Cellar, capfd: pytest.CaptureFixture[str]) -> None:
    store(cellar, capture("a", "1\n"))
    assert run_cli(["verify"]) == 0
    assert "All well." in capfd.readouterr().out
    store(cellar, capture("a", "2\n", captured_at="2026-11-22T00:00:00Z"))
    git(cellar.repository, "update-ref", f"refs/heads/{cellar.branch}", f"{cellar.branch}~1")
    assert run_cli(["verify", "--output", "json"]) == 1
    (fault,) = json.loads(capfd.readouterr().out)["faults"]
    assert "nowhere in" in fault


def test_signers_that_signed_nothing(cellar: Cellar, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store(cellar, capture("a", "1\n"))
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    (tmp_path / "signers").write_text(f"a@b {(tmp_path / 'key.pub').read_text()}")
    assert run_cli(["verify", "--signers", str(tmp_path / "signers")]) == 1
    assert "WRONG  no commit is signed" in capfd.readouterr().out


def test_check_tells_what_waits(cellar: Cellar, tmp_path: Path, write: Callable[[str], Path]) -> None:
    def said() -> tuple[str, str]:
        findings = check_project(load_project(write(SOUND)), {}, online=False)
        found = next(each for each in findings if each.subject.startswith("repository "))
        return found.state, found.message

    store(cellar, capture("a", "1\n"))
    stage(cellar.repository, capture("b", "2\n"))
    state, message = said()
    assert state == "todo"
    assert "1 capture staged and not committed, 1 capture committed and not proven at the remote" in message
    backup(Cellar(cellar.repository, cellar.branch, str(bare(tmp_path / "remote.git"))))
    assert "2 captures stored and not stamped in Nautobot" in said()[1]


def test_the_account_and_the_key_of_a_repository(write: Callable[[str], Path]) -> None:
    project = load_project(write(with_repository(SOUND, REMOTE)))
    (repository,) = project.repositories.values()
    found = remote_secrets(repository, Resolver({"GIT_TOKEN": "t0ken"}, print))
    assert found == {"remote_token": "t0ken", "remote_user": "netcellar"}
    job = next(iter(project.jobs.values()))
    values = variables_of(project, job, "run")
    assert values["netcellar_signing_key"] == str(project.folder / "signing")
    assert "t0ken" not in str(values)
    assert any("token of repository" in finding.subject for finding in check_project(project, {}, online=False))


def test_a_token_for_a_remote_that_is_not_by_https(write: Callable[[str], Path]) -> None:
    with pytest.raises(ProjectError, match="is for a remote by https"):
        load_project(write(with_repository(SOUND, "\n    token: {env: GIT_TOKEN}\n")))
