"""Whatever is captured, the branch holds what a plain dictionary would; and a full disk loses nothing."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.decide import decide
from ansible_collections.netcellar.backup.plugins.plugin_utils.fastimport import quoted
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import Entry
from ansible_collections.netcellar.backup.plugins.plugin_utils.paths_in_git import path_fault
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .cellar_kit import RUN, backup, bare, capture, files, sound, stage, store

DEVICES = st.sampled_from(["a", "b", "c", "d"])
PATHS = st.sampled_from(["x", "y", "x/y", "y/z", "ü b", 'q"\\', "../x", ".git/x"])
TEXTS = st.text('ab\n\r\0"\\ü', max_size=6)
TURNS = st.lists(st.dictionaries(DEVICES, st.tuples(PATHS, TEXTS), max_size=4), min_size=1, max_size=4)


def entries(captures: dict[str, tuple[str, str]], turn: int) -> list[Entry]:
    return [
        Entry.of(
            capture(device, text, path=path, captured_at=f"2026-11-21T00:00:{turn:02d}Z"), blob=f"{device}:{text!r}"
        )
        for device, (path, text) in captures.items()
    ]


@given(TURNS)
def test_decisions_never_take_a_file_from_its_owner(turns: list[dict[str, tuple[str, str]]]) -> None:
    held: dict[str, str] = {}
    index: dict[tuple[str, str], Entry] = {}
    for number, captures in enumerate(turns):
        before = dict(held)
        plan = decide(entries(captures, number), held, index, datetime(2026, 11, 21, tzinfo=UTC))
        index |= plan.index
        held = {path: blob for path, blob in held.items() if path not in plan.remove} | dict(plan.write)
        for device, (path, text) in captures.items():
            verdict = plan.decisions[device, "running"].verdict
            assert (verdict == "rejected") == (held.get(path) != f"{device}:{text!r}")
        quiet = {path: blob for path, blob in before.items() if blob.partition(":")[0] not in captures}
        assert quiet.items() <= held.items()
        assert all(not path_fault(path) for path in held)
        owners = [blob.partition(":")[0] for blob in held.values()]
        assert len(owners) == len(set(owners))
        assert not any(other.startswith(f"{path}/") for path in held for other in held)


@given(turns=TURNS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_branch_holds_what_was_decided(turns: list[dict[str, tuple[str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cellar = Cellar(Path(folder) / "cellar.git")
        model: dict[str, bytes] = {}
        places: dict[str, str] = {}
        for number, captures in enumerate(turns):
            result = store(
                cellar,
                *(
                    capture(device, text, path=path, captured_at=f"2026-11-21T00:00:{number:02d}Z")
                    for device, (path, text) in captures.items()
                ),
            )
            good = [device for (device, _), each in result.decisions.items() if each.verdict != "rejected"]
            kept = {device: captures[device] for device in good}
            model = {path: text for path, text in model.items() if path not in {places.get(device) for device in kept}}
            places |= {device: path for device, (path, _) in kept.items()}
            model |= {path: text.encode() for path, text in kept.values()}
            assert tree(cellar.repository) == model
        if model:
            sound(cellar.repository)


def tree(repository: Path) -> dict[str, bytes]:
    """Path to bytes of everything on the branch, exactly."""
    command = ["git", f"--git-dir={repository}", "ls-tree", "-r", "-z", "refs/heads/main"]
    listing = subprocess.run(command, capture_output=True, check=False).stdout.split(b"\0")[:-1]
    found = {}
    for line in listing:
        facts, _, path = line.partition(b"\t")
        command = ["git", f"--git-dir={repository}", "cat-file", "blob", facts.split()[2].decode()]
        found[path.decode()] = subprocess.run(command, capture_output=True, check=True).stdout
    return found


@given(st.text(min_size=1).filter(lambda path: "\0" not in path and not path_fault(path)))
def test_a_quoted_path_is_one_line_that_ends_with_its_quote(path: str) -> None:
    line = quoted(path)
    assert b"\n" not in line
    assert line.decode().replace("\\\\", "").replace('\\"', "").count('"') == 2


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """No file may grow beyond ``limit`` bytes, for this process and what it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)


def test_a_disk_that_is_full_during_the_commit_loses_nothing(tmp_path: Path) -> None:
    remote = bare(tmp_path / "remote.git")
    cellar = Cellar(tmp_path / "cellar.git", remote=str(remote))
    backup(cellar, capture("a", "old\n"), run=RUN)
    big = os.urandom(300_000).hex()
    stage(cellar.repository, capture("a", big), capture("b", "B\n"))
    with small_files(100_000), cellar.open("r2") as work, pytest.raises(NetcellarError) as raised:
        work.commit(Staging(cellar.repository).pending(RUN), About("r2"))
    assert raised.value.error == "git"
    assert files(cellar.repository)["backups/a.running-config"] == "old\n"
    sound(cellar.repository)
    assert len(Staging(cellar.repository).pending(RUN).staged) == 2
    backup(cellar, run=RUN)
    assert files(remote)["backups/a.running-config"] == big + "\n"
    sound(cellar.repository)
    assert not list(cellar.repository.glob("objects/pack/tmp_*"))
    assert not list(cellar.repository.glob("fast_import_crash_*"))
