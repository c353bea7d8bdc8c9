"""kill -9 at random moments of each stage: nothing certified is lost, no date is without a receipt, the next run ends.

The moment is drawn between the beginning and the end of a stage. The date of a device is its capture's, so a date of
the killed run in Nautobot means: its text must be at the remote.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record
from ansible_collections.netcellar.backup.plugins.plugin_utils import stamping
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, OpenCellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.committing import Order, commit_run
from ansible_collections.netcellar.backup.plugins.plugin_utils.lock import locked
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.rooms import Rooms
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.stamping import Target, stamp_of

from tests.unit.plugins.plugin_utils.cellar_kit import bare, capture, files, sound
from tests.waiting import HANG_SECONDS

from .nautobot_stub import FIELD, TOKEN, NautobotStub, nautobot

DEVICES = tuple(f"{number:08d}-0000-4000-8000-000000000000" for number in range(8))
RUNS = {"first": "2026-11-20T00:00:00Z", "doomed": "2026-11-21T00:00:00Z", "next": "2026-11-22T00:00:00Z"}
# How long a stage takes about; a drawn moment behind its end is its end.
SECONDS = {"capture": 0.08, "commit": 0.12, "push": 0.15, "stamp": 0.06}
QUICK, DEEP = 2, 35
SEED = 20261121


def text_of(device: str, run: str) -> str:
    """A device's configuration in a run; half of them never change."""
    return f"{device} {run if int(device[:8]) % 2 else ''}\n" * 400


def one_run(base: Path, url: str, run: str, devices: tuple[str, ...]) -> None:
    """Capture (as far as it is ours), commit, push and stamp."""
    folder = RunFolder.of(base / "state", run)
    folder.create()
    stage_all(base, url, run, devices)
    order = Order(base / "cellar.git", "main", str(base / "remote.git"), About(run, "all"), folder)
    commit_run(order)
    stamping.stamp_proven(base / "cellar.git", folder, Target(FIELD, url, TOKEN))


def stage_all(base: Path, url: str, run: str, devices: tuple[str, ...]) -> None:
    """What the capture of a run leaves; a line in ``certified`` is written only when a capture is said to be safe."""
    staging, folder = Staging(base / "cellar.git"), RunFolder.of(base / "state", run)
    staging.open(run, Owner.of(os.getpid()))
    for device in devices:
        taken = capture(device, text_of(device, run), run=run, captured_at=RUNS[run], stamp=stamp_of(FIELD, url))
        note(base / "begun", run, device)
        staging.write(taken)
        note(base / "certified", run, device)
        record = Record(run, device, f"host-{device}", artifacts=(Kept("running", taken.path),))
        folder.append(record.failed("git", "captured and staged, not yet committed", stage="stage"))


def note(file: Path, run: str, device: str) -> None:
    """Add a line that outlives this process."""
    with file.open("a") as lines:
        lines.write(f"{run} {device}\n")


def doomed(base: Path, url: str, stage: str, seconds: float) -> None:
    """A run that is killed ``seconds`` after the beginning of a stage, or at its end."""
    places: dict[str, tuple[Any, str]] = {
        "capture": (globals(), "stage_all"),
        "commit": (OpenCellar, "commit"),
        "push": (OpenCellar, "push"),
        "stamp": (stamping, "stamp_proven"),
    }
    owner, name = places[stage]
    original = owner[name] if isinstance(owner, dict) else getattr(owner, name)

    @functools.wraps(original)
    def dying(*arguments: Any, **options: Any) -> None:
        threading.Timer(seconds, die).start()
        original(*arguments, **options)
        die()

    owner.update({name: dying}) if isinstance(owner, dict) else setattr(owner, name, dying)
    one_run(base, url, "doomed", DEVICES)


def die() -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(target: Callable[..., None], *arguments: Any) -> int | None:
    """The exit code of a process of its own."""
    process = multiprocessing.get_context("fork").Process(target=target, args=arguments)
    process.start()
    process.join(HANG_SECONDS)
    return process.exitcode


def noted(file: Path, run: str) -> set[str]:
    """The devices of a run that were noted in a file."""
    lines = file.read_text().splitlines() if file.exists() else []
    return {device for name, _, device in (line.partition(" ") for line in lines) if name == run}


def dates_are_true(base: Path, stub: NautobotStub) -> None:
    """Each date that was ever written is that of a text which the remote has."""
    held = files(base / "remote.git")
    runs = {date[:10]: run for run, date in RUNS.items()}
    for device, date in stub.writes:
        run = runs[date[:10]]
        there = held[f"backups/{device}.running-config"]
        later = [each for each in RUNS if list(RUNS).index(each) >= list(RUNS).index(run)]
        assert there in {text_of(device, each) for each in later}, f"{device} was stamped {date} and is not there"


@pytest.fixture
def stub() -> Iterator[NautobotStub]:
    with nautobot(DEVICES) as served:
        yield served


@pytest.mark.parametrize("stage", SECONDS)
@pytest.mark.parametrize(
    "number", [*range(QUICK), *(pytest.param(each, marks=pytest.mark.deep) for each in range(QUICK, DEEP))]
)
def test_killed_at_a_random_moment_of(stage: str, number: int, tmp_path: Path, stub: NautobotStub) -> None:
    seed = f"{SEED}/{stage}/{number}"
    seconds = random.Random(seed).uniform(0.0, SECONDS[stage])
    print(f"seed {seed}: killed {seconds:.4f} s after the beginning of {stage}")
    bare(tmp_path / "remote.git")
    one_run(tmp_path, stub.url, "first", DEVICES[:6])

    assert in_a_process(doomed, tmp_path, stub.url, stage, seconds) == -signal.SIGKILL

    with locked(Rooms(tmp_path / "cellar.git").lock, "test"):
        sound(tmp_path / "cellar.git")
    sound(tmp_path / "remote.git")
    dates_are_true(tmp_path, stub)
    one_run(tmp_path, stub.url, "next", DEVICES[:1])
    held = files(tmp_path / "remote.git")
    safe = noted(tmp_path / "certified", "doomed")
    # The one that was being written then may be there or not.
    doubtful = noted(tmp_path / "begun", "doomed") - safe
    safe |= {device for device in doubtful if str(stub.dates[device]).startswith("2026-11-21")}
    expected = dict.fromkeys(DEVICES[:6], "first") | dict.fromkeys(safe, "doomed") | {DEVICES[0]: "next"}
    assert {device: held[f"backups/{device}.running-config"] for device in expected} == {
        device: text_of(device, run) for device, run in expected.items()
    }
    dates_are_true(tmp_path, stub)
    assert {device: str(stub.dates[device])[:10] for device in expected} == {
        device: RUNS[run][:10] for device, run in expected.items()
    }
    assert RunFolder.of(tmp_path / "state", "next").records()[DEVICES[0]].stamped
    for repository in ("cellar.git", "remote.git"):
        sound(tmp_path / repository)


def test_the_programme_sees_a_capture_that_is_lost(tmp_path: Path, stub: NautobotStub) -> None:
    """What it looks for, it finds: a date whose text never reached the remote."""
    bare(tmp_path / "remote.git")
    one_run(tmp_path, stub.url, "first", DEVICES[:2])
    stub.writes.append((DEVICES[1], RUNS["doomed"]))
    with pytest.raises(AssertionError, match="is not there"):
        dates_are_true(tmp_path, stub)
