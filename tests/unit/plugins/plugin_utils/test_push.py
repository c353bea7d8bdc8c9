"""Pushed and proven, or told: races, faults of the remote, and what a later run makes of them."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import push as push_module
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git
from ansible_collections.netcellar.backup.plugins.plugin_utils.remote import Remote
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from tests.waiting import HANG_SECONDS

from .cellar_kit import RUN, backup, bare, capture, files, git, person_commits, sound, stage, store, truly_there

LATER = "2026-11-22T00:00:00Z"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "remote.git")


@pytest.fixture
def cellar(tmp_path: Path, remote: Path) -> Cellar:
    return Cellar(tmp_path / "cellar.git", remote=str(remote))


@pytest.fixture
def other(tmp_path: Path, remote: Path) -> Cellar:
    return Cellar(tmp_path / "other.git", remote=str(remote))


def test_the_first_push_makes_branch_and_index_and_gives_true_receipts(cellar: Cellar, remote: Path) -> None:
    result, proof = backup(cellar, capture("a", "A\n"), capture("b", "B\n"))
    assert proof.pushed
    assert proof.fault is None
    assert {receipt.device_id for receipt in proof.receipts} == {"a", "b"}
    assert truly_there(proof, remote)
    assert git(remote, "rev-parse", "main") == result.commit
    assert git(remote, "rev-parse", "refs/netcellar/index") == git(
        cellar.repository, "rev-parse", "refs/netcellar/index"
    )
    sound(remote)


def test_an_unchanged_capture_is_proven_with_its_own_date_and_nothing_is_pushed(cellar: Cellar, remote: Path) -> None:
    backup(cellar, capture("a", "A\n"))
    refs = git(remote, "for-each-ref")
    _, proof = backup(cellar, capture("a", "A\n", captured_at=LATER))
    (receipt,) = proof.receipts
    assert receipt.captured_at == LATER
    assert truly_there(proof, remote)
    assert not proof.pushed
    assert git(remote, "for-each-ref") == refs


def test_without_a_remote_the_branch_here_is_the_proof(tmp_path: Path) -> None:
    alone = Cellar(tmp_path / "cellar.git")
    _, proof = backup(alone, capture("a", "A\n"))
    (receipt,) = proof.receipts
    assert receipt.remote == ""
    assert truly_there(proof, alone.repository)


def test_what_the_branch_no_longer_holds_gets_no_receipt(tmp_path: Path) -> None:
    alone = Cellar(tmp_path / "cellar.git")
    backup(alone, capture("a", "A\n"))
    store(alone, capture("b", "B\n"))
    git(alone.repository, "update-ref", "refs/heads/main", "refs/heads/main~1")
    with alone.open(RUN, wait=60) as work:
        assert work.push().receipts == ()


def test_a_receipt_names_a_commit_that_holds_the_text(cellar: Cellar, remote: Path) -> None:
    away = remote.rename(remote.with_name("away.git"))
    backup(cellar, capture("a", "A\n"))
    backup(cellar, capture("b", "B\n", run="r2"), run="r2")
    git(cellar.repository, "push", str(away), "refs/heads/main")
    away.rename(remote)
    person_commits(remote, "backups/a.running-config", "changed by hand\n")
    _, proof = backup(cellar, run="r3")
    assert {receipt.device_id for receipt in proof.receipts} == {"a", "b"}
    assert truly_there(proof, remote)


def test_what_could_not_be_pushed_goes_with_the_next_run_and_keeps_its_date(cellar: Cellar, remote: Path) -> None:
    away = remote.rename(remote.with_name("away.git"))
    result, proof = backup(cellar, capture("a", "A\n"))
    assert result.files_changed == 1
    assert proof.receipts == ()
    assert proof.fault is not None
    assert proof.fault.error == "push"
    assert "there is no repository at this address" in proof.fault.message
    away.rename(remote)
    _, proof = backup(cellar, capture("b", "B\n", run="r2", captured_at=LATER), run="r2")
    dates = {receipt.device_id: receipt.captured_at for receipt in proof.receipts}
    assert dates == {"a": "2026-11-21T00:00:00Z", "b": LATER}
    assert truly_there(proof, remote)


def test_a_run_without_captures_still_pushes_what_is_left(cellar: Cellar, remote: Path) -> None:
    away = remote.rename(remote.with_name("away.git"))
    backup(cellar, capture("a", "A\n"))
    away.rename(remote)
    _, proof = backup(cellar, run="r2")
    assert [receipt.run for receipt in proof.receipts] == [RUN]
    assert truly_there(proof, remote)


def test_a_persons_commit_at_the_remote_stays_in_the_history(cellar: Cellar, remote: Path) -> None:
    backup(cellar, capture("a", "A\n"))
    person_commits(remote, "README.md", "hello\n")
    _, proof = backup(cellar, capture("a", "A2\n", captured_at=LATER))
    assert truly_there(proof, remote)
    assert files(remote) == {"README.md": "hello\n", "backups/a.running-config": "A2\n"}
    assert git(remote, "log", "--format=%s", "main").splitlines()[1] == "person"


def test_a_remote_that_began_with_a_readme_takes_our_first_commit(cellar: Cellar, remote: Path) -> None:
    away = remote.rename(remote.with_name("away.git"))
    backup(cellar, capture("a", "A\n"))
    away.rename(remote)
    person_commits(remote, "README.md", "hello\n")
    _, proof = backup(cellar, run="r2")
    assert truly_there(proof, remote)
    assert set(files(remote)) == {"README.md", "backups/a.running-config"}


def test_every_version_of_an_outage_is_replayed_on_what_moved_meanwhile(
    cellar: Cellar, other: Cellar, remote: Path
) -> None:
    backup(cellar, capture("a", "A1\n"), capture("p", "P\n"))
    away = remote.rename(remote.with_name("away.git"))
    backup(cellar, capture("a", "A2\n", captured_at="2026-11-22T01:00:00Z"))
    backup(cellar, capture("a", "A3\n", captured_at="2026-11-22T02:00:00Z"), capture("p", "P\n", captured_at=LATER))
    away.rename(remote)
    backup(other, capture("b", "B\n"))
    person_commits(remote, "backups/p.running-config", "edited\n")
    _, proof = backup(cellar, run="r9")
    assert truly_there(proof, remote)
    assert {receipt.device_id for receipt in proof.receipts} == {"a", "p"}
    assert files(remote)["backups/b.running-config"] == "B\n"
    path = "backups/a.running-config"
    texts = [git(remote, "show", f"{each}:{path}") for each in git(remote, "log", "--format=%H", "--", path).split()]
    assert texts == ["A3", "A2", "A1"]
    assert git(remote, "rev-list", "--merges", "main") == ""
    sound(remote)
    sound(cellar.repository)


def test_across_clones_the_newer_capture_wins_whoever_pushes_last(cellar: Cellar, other: Cellar, remote: Path) -> None:
    backup(cellar, capture("a", "A1\n"))
    stage(cellar.repository, capture("a", "older\n", captured_at="2026-11-22T01:00:00Z"))
    with cellar.open(RUN) as work:
        work.sync()
        work.commit(Staging(cellar.repository).pending(RUN), About(RUN))
        backup(other, capture("a", "newer\n", captured_at="2026-11-22T02:00:00Z"))
        work.push()
    assert files(remote)["backups/a.running-config"] == "newer\n"
    sound(remote)


def test_a_path_that_another_clone_gave_to_a_device_first_is_kept_for_it(
    cellar: Cellar, other: Cellar, remote: Path
) -> None:
    backup(cellar, capture("z"))
    stage(cellar.repository, capture("a", "A\n", path="x"))
    with cellar.open(RUN) as work:
        work.sync()
        work.commit(Staging(cellar.repository).pending(RUN), About(RUN))
        backup(other, capture("b", "B\n", path="x"))
        proof = work.push()
    assert files(remote)["x"] == "B\n"
    assert proof.receipts == ()
    assert git(cellar.repository, "for-each-ref", "refs/netcellar/superseded/") != ""


def test_a_lost_race_is_rebuilt_and_pushed_again(
    cellar: Cellar, other: Cellar, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(cellar, capture("a", "A\n"))
    push = Remote.push
    raced: list[str] = []

    def late(self: Remote, tips: object) -> None:
        if not raced:
            raced.append("once")
            backup(other, capture("b", "B\n"))
        push(self, tips)  # type: ignore[arg-type]

    monkeypatch.setattr(Remote, "push", late)
    _, proof = backup(cellar, capture("a", "A2\n", captured_at=LATER))
    assert truly_there(proof, remote)
    assert files(remote) == {"backups/a.running-config": "A2\n", "backups/b.running-config": "B\n"}


def test_a_rewritten_remote_gets_our_captures_back(cellar: Cellar, remote: Path) -> None:
    backup(cellar, capture("a", "A\n"))
    backup(cellar, capture("b", "B\n"))
    git(remote, "update-ref", "refs/heads/main", "main~")
    _, proof = backup(cellar, capture("c", "C\n"))
    assert truly_there(proof, remote)
    assert len(files(remote)) == 3


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_a_hook_that_refuses_is_told_once_with_its_words(cellar: Cellar, remote: Path, hook: str) -> None:
    path = remote / "hooks" / hook
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho run >> $GIT_DIR/count\necho 'main is protected, ask Ann' >&2\nexit 1\n")
    path.chmod(0o755)
    _, proof = backup(cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert "refuses this push by its rules" in proof.fault.message
    assert "ask Ann" in proof.fault.message
    assert len((remote / "count").read_text().splitlines()) <= 2
    path.unlink()
    _, proof = backup(cellar, run="r2")
    assert truly_there(proof, remote)


def test_a_lock_that_was_left_at_the_remote_is_told(
    cellar: Cellar, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_module, "LOCKED_SECONDS", 0.1)
    backup(cellar, capture("a", "A\n"))
    lock = remote / "refs/heads/main.lock"
    lock.touch()
    _, proof = backup(cellar, capture("a", "A2\n", captured_at=LATER))
    assert proof.receipts == ()
    assert "lock" in str(proof.fault)
    lock.unlink()
    assert truly_there(backup(cellar, run="r2")[1], remote)


def test_a_push_counts_only_when_it_is_read_back(cellar: Cellar, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Remote, "push", lambda self, tips: None)
    _, proof = backup(cellar, capture("a", "A\n"))
    assert proof.receipts == ()
    assert proof.fault is not None


def test_secrets_of_the_environment_do_not_reach_git(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("GIT_ASKPASS", "/bin/false")
    _, proof = backup(cellar, capture("a", "A\n"))
    assert proof.receipts


def _one_of_many(base: Path, clone: str, number: int, rounds: int, queue: multiprocessing.Queue[str]) -> None:
    # Nobody is killed here, so each lock goes away, be it late.
    push_module.LOCKED_SECONDS = push_module.RACE_SECONDS = HANG_SECONDS
    cellar = Cellar(base / clone, remote=str(base / "remote.git"))
    for turn in range(rounds):
        run = f"run-{number}-{turn}"
        changes = {"run": run, "captured_at": f"2026-11-21T00:00:{turn:02d}Z"}
        _, proof = backup(cellar, capture(f"d{number}", f"{number} {turn}\n", **changes), run=run)
        if proof.fault or len(proof.receipts) < 1:
            queue.put(f"{run}: {proof.fault and proof.fault.message} {len(proof.receipts)} receipts")


@pytest.mark.parametrize("clones", [1, 4])
def test_eight_processes_lose_nothing(tmp_path: Path, remote: Path, clones: int, deep: bool) -> None:
    rounds = 50 if deep else 2
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[str] = context.Queue()
    workers = [
        context.Process(target=_one_of_many, args=(tmp_path, f"c{number % clones}.git", number, rounds, queue))
        for number in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 8
    assert [queue.get() for _ in iter(queue.empty, True)] == []
    assert files(remote) == {f"backups/d{number}.running-config": f"{number} {rounds - 1}\n" for number in range(8)}
    assert git(remote, "rev-list", "--merges", "main") == ""
    assert int(git(remote, "rev-list", "--count", "main")) == 8 * rounds
    for repository in (remote, *tmp_path.glob("c?.git")):
        sound(repository)


def test_a_server_that_takes_branches_only_gets_the_branch_and_the_rest_is_told(
    cellar: Cellar, other: Cellar, remote: Path
) -> None:
    git(remote, "config", "receive.hideRefs", "refs/netcellar")
    _, proof = backup(cellar, capture("a", "A\n"))
    assert truly_there(proof, remote)
    assert "does not take refs/netcellar/index" in proof.warning
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    _, proof = backup(other, capture("b", "B\n"))
    assert truly_there(proof, remote)
    _, proof = backup(cellar, capture("a", "A2\n", captured_at=LATER))
    assert truly_there(proof, remote)
    assert files(remote) == {"backups/a.running-config": "A2\n", "backups/b.running-config": "B\n"}
    git(remote, "config", "--unset", "receive.hideRefs")
    _, proof = backup(cellar, run="r2")
    assert (proof.fault, proof.warning) == (None, "")
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/main\nrefs/netcellar/index"


def test_a_hook_that_refuses_the_index_alone_is_a_warning(cellar: Cellar, remote: Path) -> None:
    path = remote / "hooks/pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\nif grep -q refs/netcellar; then echo 'only branches here' >&2; exit 1; fi\n")
    path.chmod(0o755)
    _, proof = backup(cellar, capture("a", "A\n"))
    assert truly_there(proof, remote)
    assert "only branches here" in proof.warning


def test_a_remote_that_is_out_of_reach_is_tried_once(
    cellar: Cellar, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    talk = Git.talk

    def counted(self: Git, verb: str, *arguments: str) -> bytes:
        asked.append(verb)
        return talk(self, verb, *arguments)

    monkeypatch.setattr(Git, "talk", counted)
    remote.rename(remote.with_name("away.git"))
    _, proof = backup(cellar, capture("a", "A\n"))
    assert proof.fault is not None
    assert asked == ["ls-remote"]
