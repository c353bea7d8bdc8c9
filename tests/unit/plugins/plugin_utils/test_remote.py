"""Addresses of remotes, and what git says of them in words for people; and the ssh that they are reached by."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git, GitError, without_credentials
from ansible_collections.netcellar.backup.plugins.plugin_utils.reaching import reach
from ansible_collections.netcellar.backup.plugins.plugin_utils.remote import Remote, checked_remote

from .cellar_kit import bare, capture, git, store


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("fatal: unable to access 'https://u:s3cret@h/': Could not resolve host: h", "cannot be reached"),
        ("ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote", "cannot be reached"),
        ("git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.", "does not let us in"),
        ("remote: error: GH006: Protected branch update failed", "by its rules"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "host key"),
        ("error: file write error: No space left on device\nfatal: unpack failed", "disk is full"),
        ("fatal: the remote end hung up unexpectedly\n ! [rejected] x -> main (fetch first)", "others kept pushing"),
        ("fatal: 'x' does not appear to be a git repository", "no repository at this address"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", "does not let us in"),
        ("ERROR: The key you are authenticating with has been marked as read only.", "read, and not write"),
        ("remote: GitLab: You are not allowed to push code to this project.", "read, and not write"),
        ("ERROR: This deploy key does not have write access to this project.", "read, and not write"),
        ("FATAL: W any backups reader DENIED by fallthru\n(or you mis-spelled the reponame)", "read, and not write"),
        ("remote: GitLab: You are not allowed to push code to protected branches", "by its rules"),
        ("remote: Permission to o/r.git denied to u.\nfatal: requested URL returned error: 403", "not let us in"),
        ("Gitea: Unauthorized\nfatal: Could not read from remote repository.", "not let us in"),
        ("fatal: protocol error: bad line length character: This", "does not speak Git"),
        ("fatal: detected dubious ownership in repository at '/x'", "belongs to another user"),
    ],
)
def test_each_fault_has_its_words_and_no_secret(tmp_path: Path, words: str, told: str) -> None:
    error = GitError("push", 128, without_credentials(words))
    fault = Remote(Git(tmp_path), "https://h/x", "main").fault(error)
    assert told in fault.message
    assert fault.error == "push"
    assert fault.remedy
    assert "s3cret" not in str(fault)


@pytest.mark.parametrize(
    "address",
    [
        *("-oProxyCommand=x", "ext::sh -c id", "fd::3", "http://h/x", "git://h/x", "https://u:p@h/x"),
        *("https://token@h/x", "ssh://u:p@h/x", "ssh://-oProxyCommand=x/y", "-x@h:y", "a\nb", "ssh://", "https:///x"),
        "u@-h:x",
    ],
)
def test_an_address_that_is_no_address_or_holds_a_secret_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(NetcellarError, match="is refused") as raised:
        Cellar(tmp_path / "cellar.git", remote=address)
    assert raised.value.error == "push"
    assert "u:p" not in str(raised.value)
    assert not (tmp_path / "cellar.git").exists()


@pytest.mark.parametrize("address", ["git@h:x/y.git", "ssh://git@h:2222/x", "ssh://git@[::1]/x", "https://h/x", "/a/b"])
def test_a_good_address_is_taken_as_it_is(address: str) -> None:
    assert checked_remote(address) == address


def test_a_remote_is_asked_before_there_is_a_cellar(tmp_path: Path) -> None:
    remote, cellar = tmp_path / "remote.git", tmp_path / "cellar.git"
    with pytest.raises(NetcellarError, match="no repository at this address") as raised:
        reach(cellar, str(remote), "main")
    assert (raised.value.error, "kept" in (raised.value.remedy or "")) == ("push", False)
    assert reach(cellar, str(bare(remote)), "main") is None
    assert not cellar.exists()
    store(Cellar(remote), capture("a", "A\n"))
    assert reach(cellar, str(remote), "main") == git(remote, "rev-parse", "main")


def test_the_ssh_of_the_users_git_configuration_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own-ssh"
    own.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\nexit 1\n')
    own.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GIT_SSH_COMMAND", raising=False)
    (tmp_path / ".gitconfig").write_text(f"[core]\n\tsshCommand = {own} -i key\n")
    with pytest.raises(NetcellarError):
        reach(tmp_path / "cellar.git", "ssh://git@example.com/x", "main")
    said = (tmp_path / "said").read_text()
    assert said.startswith("-i key ")
    assert "StrictHostKeyChecking=yes" in said
    assert "git-upload-pack" in said
