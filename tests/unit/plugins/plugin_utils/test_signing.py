"""Signed commits, and ``verify``: what is sound is called so, and each kind of damage is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import INDEX_REF
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.verifying import Verified, verify

from .cellar_kit import RUN, backup, bare, capture, git, person_commits, sound, store


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A private SSH key; ``signers`` beside it allows it and no other."""
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    (tmp_path / "signers").write_text(f"netcellar@* {path.with_suffix('.pub').read_text()}")
    return path


def looked_at(cellar: Cellar, signers: Path | None = None) -> Verified:
    return verify(Library(cellar.repository), signers)


def test_each_commit_is_signed_and_verified(tmp_path: Path, key: Path) -> None:
    cellar = Cellar(tmp_path / "cellar.git", signing_key=str(key))
    store(cellar, capture("a", "1\n"))
    store(cellar, capture("a", "2\n", captured_at="2026-11-22T00:00:00Z"))
    found = looked_at(cellar, tmp_path / "signers")
    assert (found.commits, found.signed, found.unsigned, found.faults) == (2, 2, 0, ())
    assert git(cellar.repository, "log", "-1", "--format=%s").startswith("backup: 1 of 1 devices changed")
    assert git(cellar.repository, "log", "-1", "--format=%(trailers:key=Netcellar-Run,valueonly)").strip() == RUN
    sound(cellar.repository)


def test_what_is_replayed_on_a_remote_that_moved_is_signed_too(tmp_path: Path, key: Path) -> None:
    remote = bare(tmp_path / "remote.git")
    cellar = Cellar(tmp_path / "cellar.git", remote=str(remote), signing_key=str(key))
    backup(cellar, capture("a", "1\n"))
    away = remote.rename(tmp_path / "away.git")
    backup(cellar, capture("b", "2\n"))
    away.rename(remote)
    person_commits(remote, "README.md", "hello\n")
    _, proof = backup(cellar, capture("c", "3\n"))
    assert proof.fault is None
    found = looked_at(cellar, tmp_path / "signers")
    assert (found.commits, found.signed) == (4, 3)
    assert len(found.faults) == 1 and "it is not signed" in found.faults[0]


def test_commits_from_before_the_first_signature_are_counted_and_no_fault(tmp_path: Path, key: Path) -> None:
    store(Cellar(tmp_path / "cellar.git"), capture("a", "1\n"))
    cellar = Cellar(tmp_path / "cellar.git", signing_key=str(key))
    store(cellar, capture("b", "2\n"))
    found = looked_at(cellar, tmp_path / "signers")
    assert (found.signed, found.unsigned, found.faults) == (1, 1, ())


@pytest.mark.parametrize("text", ["", "no key\n"])
def test_a_key_that_cannot_sign_commits_nothing_and_loses_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    (tmp_path / "key").chmod(0o600)
    cellar = Cellar(tmp_path / "cellar.git", signing_key=str(tmp_path / "key"))
    with pytest.raises(NetcellarError, match="cannot be signed") as raised:
        store(cellar, capture("a", "1\n"))
    assert raised.value.error == "git" and "netcellar_signing_key" in raised.value.remedy
    assert git(cellar.repository, "for-each-ref", "refs/heads") == ""
    assert len(Staging(cellar.repository).pending(RUN).staged) == 1


def test_a_stranger_s_signature_and_a_branch_without_any_are_faults(tmp_path: Path, key: Path) -> None:
    cellar = Cellar(tmp_path / "cellar.git", signing_key=str(key))
    store(cellar, capture("a", "1\n"))
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    (tmp_path / "strangers").write_text(f"netcellar@* {other.with_suffix('.pub').read_text()}")
    (fault,) = looked_at(cellar, tmp_path / "strangers").faults
    assert "nobody of the allowed signers" in fault
    plain = Cellar(tmp_path / "plain.git")
    store(plain, capture("a", "1\n"))
    assert looked_at(plain, tmp_path / "signers").faults == ("no commit is signed",)
    assert looked_at(plain).faults == ()


def test_a_lost_object_is_named(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path / "cellar.git")
    store(cellar, capture("a", "1\n"))
    blob = git(cellar.repository, "rev-parse", "main:backups/a.running-config")
    (pack,) = (cellar.repository / "objects/pack").glob("*.pack")
    aside = pack.rename(tmp_path / "aside.pack")
    with aside.open("rb") as stream:
        command = ["git", f"--git-dir={cellar.repository}", "unpack-objects", "-q"]
        subprocess.run(command, stdin=stream, check=True)
    (cellar.repository / "objects" / blob[:2] / blob[2:]).unlink()
    assert any(blob in fault for fault in looked_at(cellar).faults)


def test_an_entry_of_the_index_that_no_commit_backs_is_named(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path / "cellar.git")
    store(cellar, capture("a", "1\n"))
    first = git(cellar.repository, "rev-parse", "main")
    store(cellar, capture("a", "2\n", captured_at="2026-11-22T00:00:00Z"))
    assert looked_at(cellar).faults == ()
    git(cellar.repository, "update-ref", "refs/heads/main", first)
    (fault,) = looked_at(cellar).faults
    assert fault == "name-a: the running that the index names is nowhere in main"
    assert git(cellar.repository, "rev-parse", INDEX_REF)
