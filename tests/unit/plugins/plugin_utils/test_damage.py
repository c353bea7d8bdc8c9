"""A repository that is damaged: it is told with the file and what to do, nothing is lost, and the remedy heals."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.ledger import Ledger
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
from ansible_collections.netcellar.backup.plugins.plugin_utils.verifying import verify

from .cellar_kit import backup, bare, capture, files, git, sound, stage, truly_there

LATER = "2026-11-22T00:00:00Z"


def truncated_pack(cellar: Path) -> None:
    git(cellar, "repack", "-adfq")
    pack = next((cellar / "objects/pack").glob("*.pack"))
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])


def ref(text: str) -> Callable[[Path], None]:
    def write(cellar: Path) -> None:
        (cellar / "refs/heads").mkdir(parents=True, exist_ok=True)
        (cellar / "refs/heads/main").write_text(text)

    return write


def garbage_in_the_index(cellar: Path) -> None:
    (cellar / "refs/netcellar/index").write_text("garbage\n")


def lost_objects(cellar: Path) -> None:
    shutil.rmtree(cellar / "objects")


def garbage_in_the_configuration(cellar: Path) -> None:
    (cellar / "config").write_text("[core\ngarbage")


DAMAGES = {
    "pack": truncated_pack,
    "empty ref": ref(""),
    "garbage ref": ref("garbage\n"),
    "dangling ref": ref(f"{'12' * 20}\n"),
    "index": garbage_in_the_index,
    "objects": lost_objects,
    "config": garbage_in_the_configuration,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_repository_is_told_keeps_what_is_staged_and_is_made_anew(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    remote = bare(tmp_path / "remote.git")
    cellar = Cellar(tmp_path / "cellar.git", remote=str(remote))
    backup(cellar, capture("a", "A\n"), capture("b", "B\n"))
    remote.rename(tmp_path / "away.git")
    backup(cellar, capture("b", "B2\n", captured_at=LATER, run="r2"), run="r2")
    (tmp_path / "away.git").rename(remote)
    damage(cellar.repository)

    def asked() -> None:
        verify(Library(cellar.repository))

    def run() -> None:
        backup(cellar, capture("a", "A3\n", captured_at=LATER, run="r3"), run="r3")

    for question in (asked, run):
        with pytest.raises(NetcellarError) as raised:
            question()
        assert str(cellar.repository) in raised.value.message
        assert "the next run makes it anew" in (raised.value.remedy or "")
        assert raised.value.error == "git"

    old = tmp_path / "old.git"
    old.mkdir()
    for each in cellar.repository.iterdir():
        if each.name != "netcellar":
            each.rename(old / each.name)
    stage(cellar.repository, capture("a", "A3\n", captured_at=LATER, run="r3"))
    _, proof = backup(cellar, run="r3")
    assert proof.fault is None
    assert truly_there(proof, remote)
    assert files(remote) == files(cellar.repository)
    assert files(remote)["backups/a.running-config"] == "A3\n"
    assert Ledger(cellar.repository).unproven() == []
    sound(cellar.repository)
    # What had not been pushed is in the old one, and comes with the next capture.
    _, proof = backup(cellar, capture("b", "B2\n", captured_at=LATER, run="r4"), run="r4")
    assert files(remote)["backups/b.running-config"] == "B2\n"


def test_an_index_that_cannot_be_read_is_told_and_can_be_taken_away(tmp_path: Path) -> None:
    remote = bare(tmp_path / "remote.git")
    cellar = Cellar(tmp_path / "cellar.git", remote=str(remote))
    backup(cellar, capture("a", "A\n"), capture("b", "B\n"))
    folder = write_tree(
        cellar.repository, "040000 tree", "main", write_tree(cellar.repository, "100644 blob", "ab.json")
    )
    words = ("-c", "user.name=x", "-c", "user.email=x", "commit-tree", folder, "-m", "x")
    git(cellar.repository, "update-ref", "refs/netcellar/index", git(cellar.repository, *words))
    with pytest.raises(NetcellarError) as raised:
        backup(cellar, capture("a", "A2\n", captured_at=LATER, run="r2"), run="r2")
    command = (raised.value.remedy or "").partition(" takes")[0].split()
    subprocess.run(command, check=True)
    _, proof = backup(cellar, run="r2")
    assert proof.fault is None
    assert {entry.name for entry in Library(cellar.repository).entries} == {"name-a", "name-b"}
    assert files(remote)["backups/a.running-config"] == "A2\n"


def write_tree(repository: Path, kind: str, name: str, item: str = "") -> str:
    """A tree of one item; without one, of a file with garbage."""
    item = item or git(repository, "rev-parse", "main:backups/a.running-config")
    made = subprocess.run(
        ["git", f"--git-dir={repository}", "mktree"],
        input=f"{kind} {item}\t{name}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.strip()


def test_garbage_in_the_ledger_is_told_and_can_be_moved_away(tmp_path: Path) -> None:
    remote = bare(tmp_path / "remote.git")
    cellar = Cellar(tmp_path / "cellar.git", remote=str(remote))
    remote.rename(tmp_path / "away.git")
    backup(cellar, capture("a", "A\n"))
    (tmp_path / "away.git").rename(remote)
    file = cellar.repository / "netcellar/ledger/lines.json"
    file.write_text('[{"entry": 5}, garbage')
    with pytest.raises(NetcellarError) as raised:
        backup(cellar, capture("a", "A2\n", captured_at=LATER, run="r2"), run="r2")
    assert str(file) in raised.value.message
    assert "Move this file away" in (raised.value.remedy or "")
    file.unlink()
    _, proof = backup(cellar, run="r2")
    assert proof.fault is None
    assert files(remote) == {"backups/a.running-config": "A2\n"}
    sound(cellar.repository)
