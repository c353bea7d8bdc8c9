"""kill -9 at every step of a commit: the repository is sound, nothing is lost, and the next run's receipts are true."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import cellar as cellar_module
from ansible_collections.netcellar.backup.plugins.plugin_utils import push as push_module
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git
from ansible_collections.netcellar.backup.plugins.plugin_utils.ledger import Ledger
from ansible_collections.netcellar.backup.plugins.plugin_utils.remote import Remote
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from .cellar_kit import backup, bare, capture, files, git, person_commits, sound, truly_there

DEVICES = ("a", "b", "c")
DATE = "2026-11-22T00:00:00Z"
STEPS: dict[str, tuple[Any, str]] = {
    "write": (cellar_module, "write_step"),
    "move": (cellar_module, "move"),
    "ledger": (Ledger, "flush"),
    "unstage": (Staging, "remove"),
    "push": (Remote, "push"),
    "read back": (Remote, "tips"),
    "prove": (Ledger, "prove"),
    "replay": (push_module, "move"),
    "replay ledger": (Ledger, "replace"),
}


def die() -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(step: str, when: str, nth: int) -> None:
    """Let this process die before or after the n-th call of a step, or in the middle of what fast-import is given."""
    owner, name = (Git, "feed") if when == "during" else STEPS[step]
    original = getattr(owner, name)
    calls = iter(range(1, 1000))

    def dying(*arguments: Any, **options: Any) -> Any:
        fatal = next(calls) == nth
        if fatal and when == "before":
            die()
        if fatal and when == "during":
            options["stdin"] = half(options["stdin"])
        result = original(*arguments, **options)
        if fatal:
            die()
        return result

    setattr(owner, name, dying)


def half(stream: Iterable[bytes]) -> Iterator[bytes]:
    """The beginning of a stream, and then death."""
    for number, piece in enumerate(stream):
        if number == 6:
            die()
        yield piece


def doomed(base: Path, step: str, when: str, nth: int) -> None:
    """A run that does not survive its commit."""
    kill_at(step, when, nth)
    one_run(base)


def one_run(base: Path) -> None:
    """A run that commits new texts of all devices."""
    cellar = Cellar(base / "cellar.git", remote=str(base / "remote.git"))
    texts = [capture(device, f"{device} new\n" * 2000, run="doomed", captured_at=DATE) for device in DEVICES]
    backup(cellar, *texts, run="doomed")


def prepared(base: Path) -> Cellar:
    """A repository and its remote with one commit."""
    cellar = Cellar(base / "cellar.git", remote=str(bare(base / "remote.git")))
    backup(cellar, *(capture(device, f"{device} old\n", run="first") for device in "ab"), run="first")
    return cellar


def run_and_die(target: Callable[..., None], *arguments: Any) -> None:
    """Run in a process of its own, which must be killed by itself."""
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def nothing_is_lost(cellar: Cellar, base: Path) -> None:
    """The next run, of another device, finds all in order and brings everything home."""
    remote = base / "remote.git"
    for repository in (cellar.repository, remote):
        if (repository / "HEAD").exists():
            sound(repository)
    for line in Ledger(cellar.repository).proven():
        assert line.receipt
        git(remote, "merge-base", "--is-ancestor", line.receipt.commit, "main")
        assert git(remote, "rev-parse", f"{line.receipt.commit}:{line.receipt.path}") == line.receipt.blob
    _, proof = backup(cellar, capture("z", "z\n", run="next", captured_at=DATE), run="next")
    assert proof.fault is None
    assert truly_there(proof, remote)
    texts = {f"backups/{device}.running-config": f"{device} new\n" * 2000 for device in DEVICES}
    assert {path: text for path, text in files(remote).items() if path in texts} == texts
    proven = {line.key[0]: line.captured_at for line in Ledger(cellar.repository).proven()}
    assert proven == dict.fromkeys([*DEVICES, "z"], DATE)
    assert Staging(cellar.repository).pending("doomed").staged == ()
    sound(cellar.repository)
    sound(remote)


@pytest.mark.parametrize(
    ("step", "when", "nth"),
    [
        *((step, "before", 1) for step in ("write", "move", "ledger", "unstage", "push", "prove")),
        *((step, "after", 1) for step in ("write", "move", "ledger", "unstage", "push", "prove")),
        ("write", "during", 1),
        ("read back", "before", 1),
        ("read back", "after", 1),
        ("read back", "before", 2),
        ("read back", "after", 2),
    ],
)
def test_a_run_killed_at_this_step_loses_nothing(tmp_path: Path, step: str, when: str, nth: int) -> None:
    cellar = prepared(tmp_path)
    run_and_die(doomed, tmp_path, step, when, nth)
    nothing_is_lost(cellar, tmp_path)


@pytest.mark.parametrize(
    ("step", "when"),
    [(step, when) for step in ("replay", "replay ledger") for when in ("before", "after")] + [("write", "during")],
)
def test_a_run_killed_while_it_replays_on_a_moved_remote_loses_nothing(tmp_path: Path, step: str, when: str) -> None:
    cellar = prepared(tmp_path)
    away = (tmp_path / "remote.git").rename(tmp_path / "away.git")
    one_run(tmp_path)
    away.rename(tmp_path / "remote.git")
    person_commits(tmp_path / "remote.git", "README.md", "hello\n")
    run_and_die(doomed, tmp_path, step, when, 1)
    nothing_is_lost(cellar, tmp_path)
    assert files(tmp_path / "remote.git")["README.md"] == "hello\n"


def test_a_first_run_killed_while_it_makes_the_repository(tmp_path: Path) -> None:
    bare(tmp_path / "remote.git")
    run_and_die(doomed_at_birth, tmp_path)
    nothing_is_lost(Cellar(tmp_path / "cellar.git", remote=str(tmp_path / "remote.git")), tmp_path)


def doomed_at_birth(base: Path) -> None:
    """A first run that dies when half of the repository is there."""
    original = Git.run

    def dying(self: Git, verb: str, *arguments: str, stdin: bytes = b"") -> bytes:
        if verb == "init":
            (self.repository / "objects").mkdir()
            die()
        return original(self, verb, *arguments, stdin=stdin)

    Git.run = dying  # type: ignore[method-assign]
    one_run(base)


@pytest.mark.parametrize("number", [*range(4), *(pytest.param(each, marks=pytest.mark.deep) for each in range(4, 60))])
def test_a_run_killed_at_a_random_moment_loses_nothing(tmp_path: Path, number: int) -> None:
    seed = 20261121 + number
    delay = random.Random(seed).uniform(0.0, 0.5)
    print(f"seed {seed}: killed {delay:.3f} s after its captures were staged")
    cellar = prepared(tmp_path)
    context = multiprocessing.get_context("spawn")
    staged = context.Event()
    process = context.Process(target=run_when_told, args=(tmp_path, staged))
    process.start()
    staged.wait()
    process.join(delay)
    process.kill()
    process.join()
    nothing_is_lost(cellar, tmp_path)


def run_when_told(base: Path, staged: Any) -> None:
    """A run that tells when its captures are staged."""
    opened = Cellar.open

    def telling(self: Cellar, run: str, wait: float = 60.0) -> Any:
        staged.set()
        return opened(self, run, wait)

    Cellar.open = telling  # type: ignore[method-assign,assignment]
    one_run(base)
