"""A disk that is full at any moment, here or at the remote: it is told, nothing is lost, and the next run heals.

The disk is a small one of its own (tmpfs), filled up to so many pages before a run; each further page brings the run
a step further: staging, texts, commit, refs, ledger.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import ErrorClass, NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About
from ansible_collections.netcellar.backup.plugins.plugin_utils.committing import Order, commit_run
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.stamping import Target, stamp_of, stamp_proven
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.unit.plugins.plugin_utils.cellar_kit import bare, capture, files, sound
from tests.waiting import HANG_SECONDS

from .nautobot_stub import FIELD, TOKEN, NautobotStub, nautobot
from .orchestrating import Bench

DEVICES = tuple(f"{number:08d}-0000-4000-8000-000000000000" for number in range(8))
RUNS = {"first": "2026-11-20T00:00:00Z", "full": "2026-11-21T00:00:00Z", "next": "2026-11-22T00:00:00Z"}
TOLD = {"cellar": ("git", "Make room on that disk"), "remote": ("push", "its disk is full")}
QUICK = {"cellar": (0, 12, 48, 64, 76), "remote": (0, 26)}
DEEP = {"cellar": range(0, 100, 2), "remote": range(36)}


@dataclass
class Place:
    """``small`` is the full disk; ``cellar`` or ``remote`` is on it."""

    base: Path
    small: Path
    cellar: Path
    remote: Path
    stub: NautobotStub

    def run(self, run: str, devices: tuple[str, ...]) -> tuple[list[str], list[tuple[ErrorClass, str]]]:
        """Stage, commit, push and stamp. The devices whose captures were staged, and the faults that were told."""
        folder = RunFolder.of(self.base / "state", run)
        folder.create()
        certified, faults = self._stage(folder, run, devices)
        outcome = commit_run(Order(self.cellar, "main", str(self.remote), About(run, "all"), folder))
        faults += [(outcome.fault.error, str(outcome.fault))] if outcome.fault else []
        stamped = stamp_proven(self.cellar, folder, Target(FIELD, self.stub.url, TOKEN))
        faults += [("git", line) for line in stamped.lines()]
        assert bool(outcome.fault) == any(record.error for record in folder.records().values()) or not certified
        return certified, faults

    def _stage(
        self, folder: RunFolder, run: str, devices: tuple[str, ...]
    ) -> tuple[list[str], list[tuple[ErrorClass, str]]]:
        staging = Staging(self.cellar)
        certified: list[str] = []
        faults: list[tuple[ErrorClass, str]] = []
        try:
            staging.open(run, Owner.of(os.getpid()))
        except NetcellarError as error:
            return [], [(error.error, str(error))]
        for device in devices:
            stamp = stamp_of(FIELD, self.stub.url)
            taken = capture(device, text_of(device, run), run=run, captured_at=RUNS[run], stamp=stamp)
            try:
                staging.write(taken)
            except NetcellarError as error:
                faults.append((error.error, str(error)))
                continue
            certified.append(device)
            record = Record(run, device, f"host-{device}", artifacts=(Kept("running", taken.path),))
            folder.append(record.failed("git", "captured and staged, not yet committed", stage="stage"))
        return certified, faults

    def run_elsewhere(self, run: str, devices: tuple[str, ...]) -> tuple[list[str], list[tuple[ErrorClass, str]]]:
        """The same in a process that is gone afterwards, so that what it leaves is taken over."""
        context = multiprocessing.get_context("fork")
        answer: Any = context.SimpleQueue()
        process = context.Process(target=lambda: answer.put(self.run(run, devices)))
        process.start()
        process.join(HANG_SECONDS)
        assert process.exitcode == 0
        found: tuple[list[str], list[tuple[ErrorClass, str]]] = answer.get()
        return found


def text_of(device: str, run: str) -> str:
    """A device's configuration in a run, which does not shrink; half of them never change."""
    seed = f"{device} {run if int(device[:8]) % 2 else ''}"
    chance = random.Random(seed)
    return f"{seed}\n" + "".join(f"{chance.getrandbits(64):x}\n" for _ in range(600))


@contextmanager
def small_disk(small: Path, size: str) -> Iterator[Path]:
    """A disk of its own at ``small``, while the test lasts."""
    small.mkdir()
    command: list[str | Path] = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", small]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("NO FULL DISK IS TESTED HERE: nothing can be mounted")
    try:
        yield small
    finally:
        subprocess.run(["umount", small], check=True)


def fill(small: Path, pages: int) -> None:
    """Leave so many pages of 4 KB free."""
    free = os.statvfs(small)
    (small / "fill").write_bytes(bytes(max(0, free.f_bavail - pages) * free.f_bsize))


@pytest.fixture
def place(side: str, tmp_path: Path) -> Iterator[Place]:
    """A repository, its remote, a Nautobot, and a small disk."""
    with small_disk(tmp_path / "small", "2m") as small, nautobot(DEVICES) as stub:
        where = {name: (small if side == name else tmp_path) / f"{name}.git" for name in ("cellar", "remote")}
        bare(where["remote"])
        yield Place(tmp_path, small, where["cellar"], where["remote"], stub)


@pytest.mark.parametrize(
    ("side", "pages"),
    [
        pytest.param(side, pages, marks=[] if pages in QUICK[side] else pytest.mark.deep)
        for side in DEEP
        for pages in DEEP[side]
    ],
)
def test_a_disk_that_is_full(place: Place, side: str, pages: int) -> None:
    assert place.run("first", DEVICES[:6]) == (list(DEVICES[:6]), [])
    fill(place.small, pages)
    certified, faults = place.run_elsewhere("full", DEVICES)
    print(f"{side}, {pages} pages free: {len(certified)} certified, {len(place.stub.writes) - 6} stamped", *faults)
    for error, said in faults:
        assert (error, TOLD[side][1] in said, "Make room" in said) == (TOLD[side][0], True, True)
    assert bool(faults) == (len(place.stub.writes) == 6)
    sound(place.remote)
    sound(place.cellar)
    held = files(place.remote)
    for device, _ in place.stub.writes[6:]:
        assert held[f"backups/{device}.running-config"] == text_of(device, "full")

    (place.small / "fill").unlink()
    assert place.run("next", DEVICES[:1]) == ([DEVICES[0]], [])
    expected = dict.fromkeys(DEVICES[:6], "first") | dict.fromkeys(certified, "full") | {DEVICES[0]: "next"}
    held = files(place.remote)
    for device, run in expected.items():
        assert held[f"backups/{device}.running-config"] == text_of(device, run)
    assert {device: place.stub.dates[device] for device in expected} == {
        device: RUNS[run] for device, run in expected.items()
    }
    sound(place.cellar)
    sound(place.remote)


# Where the disk is full in a run of the command, and how full.
WHOLE = {"cellar.git": range(0, 20, 4), ".netcellar": range(0, 44, 4)}


@pytest.mark.parametrize(
    ("folder", "pages"),
    [
        pytest.param(folder, pages, marks=pytest.mark.deep if pages else [])
        for folder, steps in WHOLE.items()
        for pages in steps
    ],
)
def test_a_run_of_the_command_on_a_full_disk(folder: str, pages: int, lab: Callable[..., Lab], tmp_path: Path) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "arista_eos"))
    bench = Bench.on(tmp_path, opened)
    with small_disk(tmp_path / folder, "8m") as small:
        assert bench.run("run", "nightly").code == 0
        opened.change("r1", "hostname ", "ip domain name full.example\nhostname ")
        fill(small, pages)
        ran = bench.run("run", "nightly")
        check = bench.run("check")
        print(f"--- {folder}, {pages} pages free: exit code {ran.code}\n{ran.out}{ran.err}\n{check.out}")
        for name in ("remote.git", "cellar.git"):
            sound(tmp_path / name)
        stored = "full.example" in files(tmp_path / "remote.git")["backups/r1.running-config"]
        assert ran.code == 0 if stored else ran.code in {1, 3}
        assert stored or re.search(r"No space left|is full|disk I/O error.*free space", ran.out + ran.err, re.DOTALL)
        assert "Traceback" not in ran.out + ran.err
        assert "is full" in check.out

        (small / "fill").unlink()
        healed = bench.run("run", "nightly")
        assert healed.code == 0, healed.err
        assert "full.example" in files(tmp_path / "remote.git")["backups/r1.running-config"]
        assert files(tmp_path / "remote.git") == files(tmp_path / "cellar.git")
        assert bench.run("check").code == 0
        sound(tmp_path / "cellar.git")
