"""What the tests of the cellar share: captures, a runner of plain git, and a repository of one test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ansible_collections.netcellar.backup.plugins.module_utils.record import Capture
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar, CommitResult
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.push import Proof
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from tests.waiting import HANG_SECONDS

RUN = "20261121T000000Z-abcdef"


def capture(device: str = "d1", text: str = "hostname r1\nend\n", **changes: object) -> Capture:
    """A capture of a device; its path follows from its id, its ``same_as`` from its text."""
    base = Capture(
        device_id=device,
        name=f"name-{device}",
        host=f"host-{device}",
        artifact="running",
        platform="cisco_ios",
        path=f"backups/{device}.running-config",
        text=text,
        same_as="s:" + text,
        captured_at="2026-11-21T00:00:00Z",
        run=RUN,
        identity={"serial": "X1"},
        stamp={"field": "last_backup"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def git(repository: Path, *arguments: str) -> str:
    """What plain git says about a repository."""
    command = ["git", f"--git-dir={repository}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")


def files(repository: Path, branch: str = "main") -> dict[str, str]:
    """Path to text of everything on the branch."""
    names = git(repository, "ls-tree", "-r", "-z", "--name-only", branch).split("\0")[:-1]
    return {name: git(repository, "show", f"{branch}:{name}") + "\n" for name in names}


def stage(repository: Path, *captures: Capture, owner: int | None = None) -> None:
    """Stage captures as the process ``owner`` (this one) would."""
    staging = Staging(repository)
    for each in captures:
        staging.open(each.run, Owner.of(owner or os.getpid()))
        staging.write(each)


def store(cellar: Cellar, *captures: Capture, run: str = RUN, about: Mapping[str, str] | None = None) -> CommitResult:
    """Stage and commit, without a remote."""
    stage(cellar.repository, *captures)
    with cellar.open(run, wait=HANG_SECONDS) as work:
        pending = Staging(cellar.repository).pending(run)
        return work.commit(pending, About(run, **dict(about or {})))


def backup(cellar: Cellar, *captures: Capture, run: str = RUN) -> tuple[CommitResult, Proof]:
    """Stage, take over what moved, commit, push: what a run does."""
    stage(cellar.repository, *captures)
    with cellar.open(run, wait=HANG_SECONDS) as work:
        work.sync()
        result = work.commit(Staging(cellar.repository).pending(run), About(run))
        return result, work.push()


def truly_there(proof: Proof, remote: Path) -> bool:
    """Whether each receipt is true at the remote, as plain git sees it."""
    for receipt in proof.receipts:
        git(remote, "merge-base", "--is-ancestor", receipt.commit, receipt.ref)
        if git(remote, "rev-parse", f"{receipt.commit}:{receipt.path}") != receipt.blob:
            return False
    return bool(proof.receipts)


def bare(path: Path) -> Path:
    """A new empty bare repository."""
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", path], check=True)
    return path


def person_commits(repository: Path, path: str, text: str | None) -> None:
    """A person's commit on the branch, by plain git in a clone; without a text the file is removed."""
    clone = repository.with_name(f"person-{repository.name}")
    if not clone.exists():
        subprocess.run(["git", "clone", "-q", repository, clone], check=True, capture_output=True)
    if git(repository, "for-each-ref", "refs/heads/main"):
        in_clone(clone, "pull", "-q")
    if text is None:
        (clone / path).unlink()
    else:
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(text)
    in_clone(clone, "add", "-A")
    in_clone(clone, "-c", "user.name=p", "-c", "user.email=p@x", "commit", "-qm", "person")
    in_clone(clone, "push", "-q", "origin", "HEAD:main")


def in_clone(clone: Path, *arguments: str) -> None:
    """Plain git in a work tree."""
    subprocess.run(["git", "-C", clone, *arguments], check=True, capture_output=True)


def sound(repository: Path) -> None:
    """Git itself finds nothing wrong."""
    git(repository, "fsck", "--full", "--strict", "--no-dangling")
