"""A cellar and real remotes, by ssh and by https: pushed and proven, and each fault with its class and its remedy."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.account import Account
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar

from tests.sshd import SSHD, sshd
from tests.unit.plugins.plugin_utils.cellar_kit import backup, bare, capture, git, sound, truly_there

from .git_servers import GIT_SHELL, https_server

TOKEN = "tok-3f9c51d2-very-secret"
LATER = "2026-11-22T00:00:00Z"


@dataclass
class Place:
    """A server's repository, how to get there, and the cellar that is pushed there."""

    remote: Path
    url: str
    cellar: Cellar
    folder: Path


@pytest.fixture(params=["ssh", "https"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A remote by ssh or by https."""
    folder = tmp_path / "server"
    (folder / "repositories").mkdir(parents=True)
    remote = bare(folder / "repositories" / "backups.git")
    git(remote, "config", "http.receivepack", "true")
    if request.param == "ssh":
        if not SSHD.exists():
            pytest.skip("there is no sshd here")
        with sshd(folder, GIT_SHELL) as port:
            known = f"-o UserKnownHostsFile={folder}/known_hosts -o GlobalKnownHostsFile=/dev/null"
            monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -F none -i {folder}/user_key -o IdentitiesOnly=yes {known}")
            url = f"ssh://127.0.0.1:{port}{remote}"
            yield Place(remote, url, Cellar(tmp_path / "cellar.git", remote=url), folder)
    else:
        with https_server(folder, remote.parent, TOKEN) as port:
            (tmp_path / ".gitconfig").write_text(f"[http]\n\tsslCAInfo = {folder}/cert.pem\n")
            monkeypatch.setenv("HOME", str(tmp_path))
            url = f"https://localhost:{port}/backups.git"
            yield Place(remote, url, Cellar(tmp_path / "cellar.git", "main", url, Account("git", TOKEN)), folder)


def test_pushed_and_proven_by_a_real_server(place: Place) -> None:
    _, proof = backup(place.cellar, capture("a", "A\n" * 100_000), capture("b", os.urandom(2_000_000).hex()))
    assert proof.fault is None
    assert truly_there(proof, place.remote)
    _, proof = backup(place.cellar, capture("a", "A2\n", captured_at=LATER))
    assert truly_there(proof, place.remote)
    sound(place.remote)


def hook(remote: Path, text: str) -> Path:
    """A pre-receive hook."""
    path = remote / "hooks" / "pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_protected_branch_is_told_and_what_waits_goes_with_the_next_run(place: Place) -> None:
    path = hook(place.remote, "echo 'GitLab: You are not allowed to push code to protected branches.' >&2; exit 1")
    _, proof = backup(place.cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "refuses this push by its rules" in proof.fault.message
    assert "not allowed to push code" in proof.fault.message
    assert "netcellar_branch" in (proof.fault.remedy or "")
    path.unlink()
    _, proof = backup(place.cellar, run="r2")
    assert truly_there(proof, place.remote)


def test_a_repository_that_is_gone_is_told(place: Place) -> None:
    place.remote.rename(place.remote.with_name("away.git"))
    _, proof = backup(place.cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "there is no repository at this address" in proof.fault.message
    assert proof.fault.error == "push"


def test_a_server_whose_disk_is_full_is_told(place: Place) -> None:
    hook(place.remote, "echo 'fatal: write error: No space left on device' >&2; exit 1")
    _, proof = backup(place.cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "its disk is full" in proof.fault.message


def test_a_rewritten_branch_gets_our_captures_back(place: Place) -> None:
    backup(place.cellar, capture("a", "A\n"))
    backup(place.cellar, capture("b", "B\n", run="r2"), run="r2")
    git(place.remote, "update-ref", "refs/heads/main", "main~")
    _, proof = backup(place.cellar, capture("c", "C\n", run="r3"), run="r3")
    assert truly_there(proof, place.remote)
    assert len(git(place.remote, "ls-tree", "-r", "--name-only", "main").splitlines()) == 3


@pytest.mark.parametrize("place", ["ssh"], indirect=True)
def test_a_key_that_is_not_known_there_is_told(place: Place) -> None:
    (place.folder / "authorized_keys").write_text("")
    _, proof = backup(place.cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "does not let us in" in proof.fault.message
    assert "Permission denied" in proof.fault.message


@pytest.mark.parametrize("place", ["ssh"], indirect=True)
def test_a_host_key_that_is_not_known_here_is_told(place: Place) -> None:
    (place.folder / "known_hosts").write_text("")
    _, proof = backup(place.cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "host key is not known" in proof.fault.message


@pytest.mark.parametrize("place", ["ssh"], indirect=True)
def test_the_git_shell_takes_no_other_command(place: Place) -> None:
    command = [*os.environ["GIT_SSH_COMMAND"].split(), "-p", place.url.split(":")[2].split("/")[0], "127.0.0.1", "id"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "uid=" not in done.stdout


@pytest.mark.parametrize("place", ["https"], indirect=True)
@pytest.mark.parametrize(
    ("account", "told"),
    [
        (Account("git", "wrong"), "does not let us in"),
        (Account("reader", TOKEN), "does not let us in"),
        (None, "does not let us in"),
    ],
    ids=["wrong", "readonly", "none"],
)
def test_a_token_without_the_right_is_told(place: Place, account: Account | None, told: str) -> None:
    cellar = Cellar(place.cellar.repository, "main", place.url, account)
    _, proof = backup(cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert told in proof.fault.message
    assert TOKEN not in str(proof.fault) + repr(account)
    assert truly_there(backup(place.cellar, run="r2")[1], place.remote)


@pytest.mark.parametrize("place", ["https"], indirect=True)
def test_the_token_is_in_no_argument_environment_or_file(place: Place) -> None:
    seen: list[str] = []
    hook(place.remote, "sleep 0.5")
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for process in psutil.Process().children(recursive=True):
                try:
                    seen.append(" ".join([*process.cmdline(), *process.environ().values()]))
                except psutil.Error:
                    continue

    watch = threading.Thread(target=look)
    watch.start()
    _, proof = backup(place.cellar, capture("a", "A\n"))
    done.set()
    watch.join()
    assert truly_there(proof, place.remote)
    assert any("credential.helper" in words for words in seen)
    assert not any(TOKEN in words for words in seen)
    command = ["grep", "-rlF", TOKEN, str(place.cellar.repository.parent)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.parametrize("place", ["https"], indirect=True)
def test_a_credential_helper_of_the_user_is_used_where_no_token_is_given(place: Place, tmp_path: Path) -> None:
    with (tmp_path / ".gitconfig").open("a") as config:
        config.write(f'[credential]\n\thelper = "!f() {{ echo username=git; echo password={TOKEN}; }}; f"\n')
    _, proof = backup(Cellar(tmp_path / "cellar.git", remote=place.url), capture("a", "A\n"))
    assert truly_there(proof, place.remote)


@pytest.mark.parametrize("place", ["https"], indirect=True)
def test_a_server_that_is_down_is_told(place: Place) -> None:
    cellar = Cellar(place.cellar.repository, remote="https://localhost:9/backups.git")
    _, proof = backup(cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "cannot be reached" in proof.fault.message
