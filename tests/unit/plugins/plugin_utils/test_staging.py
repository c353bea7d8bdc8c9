"""Staged captures are whole, durable, and found again after their run died."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from .cellar_kit import RUN, capture

LIVE = Owner.of(os.getpid())


def dead_owner() -> Owner:
    """The owner that was a process which has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = Owner.of(process.pid)
        process.communicate(b"\n")
    return owner


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    made = Staging(tmp_path / "cellar.git")
    made.open(RUN, LIVE)
    return made


def files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "cellar.git").rglob("*") if path.is_file())


def test_what_was_staged_is_read_back_whole(staging: Staging) -> None:
    written = capture(text="hostname ü\r\nraw \udcff byte\n")
    staging.write(written)
    (staged,) = staging.pending(RUN).staged
    assert staged.capture == replace(written, text="")
    assert staged.read() == written.text.encode("utf-8", "surrogateescape")
    git_id = subprocess.run(["git", "hash-object", "--stdin"], input=staged.read(), capture_output=True, check=True)
    assert staged.blob == git_id.stdout.decode().strip()


def test_folders_and_files_are_private(staging: Staging, tmp_path: Path) -> None:
    staging.write(capture())
    for path in (tmp_path / "cellar.git").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_newer_capture_of_the_same_artifact_takes_the_place(staging: Staging) -> None:
    staging.write(capture(text="old"))
    staging.write(capture(text="new"))
    staging.write(capture(text="start", artifact="startup"))
    assert sorted(staged.read() for staged in staging.pending(RUN).staged) == [b"new", b"start"]


def test_an_older_capture_that_is_written_later_does_not_take_it(staging: Staging) -> None:
    staging.write(capture(text="new", captured_at="2026-11-21T00:01:00Z"))
    staging.write(capture(text="old"))
    (kept,) = staging.pending(RUN).staged
    assert kept.read() == b"new"


def test_removing_keeps_what_was_staged_after_the_reading(staging: Staging) -> None:
    staging.write(capture(text="old"))
    read = staging.pending(RUN)
    staging.write(capture("d2", text="new"))
    staging.remove(read)
    read = staging.pending(RUN)
    assert {each.read() for each in read.staged} == {b"old", b"new"}
    staging.remove(read)
    staging.remove(read)
    assert staging.pending(RUN).staged == ()
    staging.write(capture(text="again"))
    assert [each.read() for each in staging.pending(RUN).staged] == [b"again"]


def segment_of(staging: Staging) -> Path:
    """The one segment that was written so far."""
    ((path, _),) = staging.pending(RUN).segments
    return path


@pytest.mark.parametrize("cut", [-1, -2, -30, -300, "garbage"])
def test_the_end_that_a_killed_writer_left_is_set_aside_and_told(
    staging: Staging, tmp_path: Path, cut: int | str
) -> None:
    staging.write(capture("d1"))
    staging.write(capture("d2"))
    path = segment_of(staging)
    whole = path.read_bytes()
    path.write_bytes(whole + b"x" if isinstance(cut, str) else whole[:cut])
    pending = staging.pending(RUN)
    kept = ["d1", "d2"] if isinstance(cut, str) else ["d1"]
    assert [each.capture.device_id for each in pending.staged] == kept
    (damaged,) = pending.damaged
    assert damaged.is_relative_to(tmp_path / "cellar.git/netcellar/quarantine/staged")
    assert (whole + b"x").find(damaged.read_bytes()) > 0
    staging.remove(pending)
    assert staging.pending(RUN).damaged == ()


def test_a_broken_line_costs_what_follows_but_loses_nothing(staging: Staging) -> None:
    for device in ("d1", "d2", "d3"):
        staging.write(capture(device))
    path = segment_of(staging)
    whole = path.read_bytes()
    second = whole.index(b'{"artifact"', 1)
    path.write_bytes(whole[:second] + b"?" + whole[second + 1 :])
    pending = staging.pending(RUN)
    assert [each.capture.device_id for each in pending.staged] == ["d1"]
    assert pending.damaged[0].read_bytes()[1:] == whole[second + 1 :]


def test_changed_bytes_of_equal_length_are_noticed_when_read(staging: Staging) -> None:
    staging.write(capture(text="aaaa"))
    path = segment_of(staging)
    path.write_bytes(path.read_bytes()[:-5] + b"aaab\n")
    (again,) = staging.pending(RUN).staged
    with pytest.raises(ValueError, match="does not hold"):
        again.read()


def test_a_text_that_looks_like_a_record_is_only_a_text(staging: Staging) -> None:
    staging.write(capture("d1"))
    record = segment_of(staging).read_text()
    staging.write(capture("d2", text=record))
    assert [each.capture.device_id for each in staging.pending(RUN).staged] == ["d1", "d2"]


def test_a_segment_copied_into_another_run_is_not_believed(staging: Staging) -> None:
    staging.write(capture())
    staging.open("other", LIVE)
    path = segment_of(staging)
    (path.parent.parent / "other" / path.name).write_bytes(path.read_bytes())
    pending = staging.pending("other")
    assert (len(pending.staged), len(pending.damaged)) == (0, 1)


def test_threads_that_stage_at_once_lose_nothing(staging: Staging) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: staging.write(capture(f"d{number}", text=f"{number}\n" * number)), range(200)))
    found = {each.capture.device_id: each.read() for each in staging.pending(RUN).staged}
    assert found == {f"d{number}": f"{number}\n".encode() * number for number in range(200)}


def test_what_is_staged_while_another_removes_is_never_lost(staging: Staging) -> None:
    taken: set[str] = set()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [staging.write(capture(f"d{number}")) for number in range(200)])
        while not writing.done():
            pending = staging.pending(RUN)
            staging.remove(pending)
            taken |= {each.capture.device_id for each in pending.staged}
        writing.result()
    taken |= {each.capture.device_id for each in staging.pending(RUN).staged}
    assert len(taken) == 200


def test_only_runs_of_dead_owners_are_taken_along(staging: Staging, tmp_path: Path) -> None:
    staging.write(capture("mine"))
    for run, owner in {
        "dead": dead_owner(),
        "reused": replace(LIVE, started=LIVE.started - 100),
        "alive": LIVE,
        "elsewhere": replace(LIVE, host="other.example"),
    }.items():
        staging.open(run, owner)
        staging.write(capture(run, run=run))
    taken = {each.capture.device_id for each in staging.pending(RUN).staged}
    assert taken == {"mine", "dead", "reused"}
    old = LIVE.started - 10**6
    os.utime(tmp_path / "cellar.git/netcellar/staged/elsewhere", (old, old))
    assert "elsewhere" in {each.capture.device_id for each in staging.pending(RUN).staged}


def test_sweep_removes_only_empty_folders_of_dead_runs(staging: Staging, tmp_path: Path) -> None:
    owner = dead_owner()
    for run in ("empty", "full"):
        staging.open(run, owner)
    staging.write(capture(run="full"))
    staging.sweep(RUN)
    assert {each.name for each in (tmp_path / "cellar.git/netcellar/staged").iterdir()} == {RUN, "full"}


@pytest.mark.parametrize("run", ["", "..", ".hidden", "a/b", "x" * 65, "a\nb"])
def test_a_run_id_that_is_no_name_is_refused(staging: Staging, run: str, tmp_path: Path) -> None:
    before = files(tmp_path)
    with pytest.raises(NetcellarError):
        staging.open(run, LIVE)
    with pytest.raises(NetcellarError):
        staging.write(capture(run=run))
    assert files(tmp_path) == before


def test_a_device_id_is_never_a_path(staging: Staging, tmp_path: Path) -> None:
    staging.write(capture("../../../../etc/x\n"))
    assert {path.parent.parent.name for path in files(tmp_path)} == {"staged"}
    assert staging.pending(RUN).staged[0].capture.device_id == "../../../../etc/x\n"


def test_a_folder_that_is_no_repository_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(NetcellarError, match="not a bare Git repository"):
        Staging(tmp_path).open(RUN, LIVE)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_disk_full_is_told_with_the_path_and_the_old_capture_stays(staging: Staging) -> None:
    staging.write(capture(text="old"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(NetcellarError, match=r"cannot write .*cellar\.git") as raised:
            staging.write(capture(text="x" * 10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert raised.value.error == "git"
    (kept,) = staging.pending(RUN).staged
    assert kept.read() == b"old"
    assert staging.pending(RUN).damaged == ()
    staging.write(capture("d2"))
    assert len(staging.pending(RUN).staged) == 2


def test_the_first_line_is_json_without_the_text(staging: Staging) -> None:
    staging.write(capture(text="secret line\n"))
    (staged,) = staging.pending(RUN).staged
    header = json.loads(staged.path.read_bytes().partition(b"\n")[0])
    assert header["length"] == len("secret line\n")
    assert "text" not in header
