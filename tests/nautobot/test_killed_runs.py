"""A run that is killed around its proof: a real Nautobot never has a date whose text the remote lacks."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import push
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About
from ansible_collections.netcellar.backup.plugins.plugin_utils.committing import Order, commit_run
from ansible_collections.netcellar.backup.plugins.plugin_utils.ledger import Ledger
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.stamping import Target, stamp_of, stamp_proven
from netcellar.demo.nautobot import Server

from tests.unit.plugins.plugin_utils.cellar_kit import bare, capture, files, stage
from tests.waiting import HANG_SECONDS

from .releases import on_every_version
from .rest import Rest

pytestmark = on_every_version

FIELD = "last_backup"
KILLED, LATER = "2026-12-01", "2026-12-02"


def one_run(base: Path, server: Server, run: str, day: str, *devices: str) -> None:
    """Stage, commit, push and stamp."""
    folder = RunFolder.of(base / "state", run)
    folder.create()
    changes = {"run": run, "captured_at": f"{day}T06:00:00Z", "stamp": stamp_of(FIELD, server.url)}
    stage(base / "cellar.git", *(capture(device, f"{device} {day}\n", **changes) for device in devices))
    commit_run(Order(base / "cellar.git", "main", str(base / "remote.git"), About(run), folder))
    stamp_proven(base / "cellar.git", folder, Target(FIELD, server.url, server.token))


def doomed(base: Path, server: Server, place: tuple[Any, str], when: str, devices: list[str]) -> None:
    """A run that dies before or after one step."""
    owner, name = place
    original = getattr(owner, name)

    def dying(*arguments: Any, **options: Any) -> None:
        if when == "after":
            original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)
    one_run(base, server, "killed", KILLED, *devices)


@pytest.mark.parametrize(
    ("place", "when", "number"),
    [
        ((push.Remote, "push"), "before", 180),
        ((push.Remote, "push"), "after", 183),
        ((Ledger, "flush"), "after", 186),
        ((Ledger, "stamped"), "before", 189),
    ],
    ids=["unpushed", "unproven", "unstamped", "stamped and not noted"],
)
def test_no_date_without_its_text(
    tmp_path: Path,
    server: Server,
    rest: Rest,
    rows: list[dict[str, Any]],
    place: tuple[Any, str],
    when: str,
    number: int,
) -> None:
    devices = [row["id"] for row in rows[number : number + 3]]
    bare(tmp_path / "remote.git")
    arguments = (tmp_path, server, place, when, devices[:2])
    process = multiprocessing.get_context("fork").Process(target=doomed, args=arguments)
    process.start()
    process.join(HANG_SECONDS)
    assert process.exitcode == -signal.SIGKILL

    def date(device: str) -> str:
        return str(rest.ask("GET", f"dcim/devices/{device}")["custom_fields"][FIELD])[:10]

    pushed = (place[1], when) != ("push", "before")
    held = files(tmp_path / "remote.git") if pushed else {}
    for device in devices[:2]:
        assert date(device) != KILLED or held.get(f"backups/{device}.running-config") == f"{device} {KILLED}\n"
    one_run(tmp_path, server, "later", LATER, devices[2])
    assert [date(device) for device in devices] == [KILLED, KILLED, LATER]
    held = files(tmp_path / "remote.git")
    assert [held[f"backups/{device}.running-config"] for device in devices[:2]] == [
        f"{d} {KILLED}\n" for d in devices[:2]
    ]
