"""Texts that failed their checks."""

from __future__ import annotations

import json
import os
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import (
    KEEP_FILES,
    KEEP_SECONDS,
    Quarantine,
    Suspect,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.rooms import Rooms

SUSPECT = Suspect("../../id", "r1", "running", "cisco_ios", "run-1", "2026-11-21T02:00:00Z", "incomplete", "cut")


def test_a_text_is_kept_with_what_is_known_of_it(tmp_path: Path) -> None:
    path = Quarantine(tmp_path).keep(SUSPECT, "hostname r1\ncaf\u00e9")

    head, text = path.read_text().split("\n", 1)
    assert json.loads(head)["error"] == "incomplete"
    assert text == "hostname r1\ncaf\u00e9"


def test_it_lies_inside_the_quarantine_and_is_private(tmp_path: Path) -> None:
    path = Quarantine(tmp_path).keep(SUSPECT, "secret")

    assert path.resolve().is_relative_to(Rooms(tmp_path).quarantine.resolve())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_old_texts_of_a_device_go_and_others_stay(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    other = quarantine.keep(replace(SUSPECT, device_id="other"), "other")

    paths = [quarantine.keep(SUSPECT, str(number)) for number in range(KEEP_FILES + 3)]

    assert [path.exists() for path in paths] == [False] * 3 + [True] * KEEP_FILES
    assert other.exists()


def test_what_another_run_takes_away_at_that_moment_is_no_fault(tmp_path: Path) -> None:
    folder = Quarantine(tmp_path).keep(SUSPECT, "one").parent
    (folder / "listed").symlink_to("and-gone")

    assert Quarantine(tmp_path).keep(SUSPECT, "two").exists()


def test_what_is_held_is_told_the_newest_first(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    assert quarantine.held() == []
    for name in ("r1", "r2"):
        quarantine.keep(replace(SUSPECT, device_id=name, name=name), f"caf\u00e9 {name}\n")
    (tmp_path / "netcellar" / "quarantine" / "r3").mkdir()
    (tmp_path / "netcellar" / "quarantine" / "r3" / "note").write_text("of somebody else")

    held = quarantine.held()

    assert [(one.suspect.name, one.size) for one in held] == [("r2", 9), ("r1", 9)]
    assert quarantine.text(held[0]) == "caf\u00e9 r2\n"
    assert quarantine.find("r1") == quarantine.find(held[1].id) == quarantine.find(held[1].id[:6]) == held[1]


def test_one_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NetcellarError, match="nothing in quarantine is called 'r9'"):
        Quarantine(tmp_path).find("r9")


def test_a_released_text_is_the_users_alone(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    kept = [quarantine.keep(SUSPECT, text) for text in ("one", "two")]
    to = tmp_path / "mine.cfg"

    quarantine.release(quarantine.find("r1"), to)

    assert (to.read_text(), stat.S_IMODE(to.stat().st_mode), kept[1].exists()) == ("two", 0o600, False)
    with pytest.raises(NetcellarError, match="exists"):
        quarantine.release(quarantine.find("r1"), to)
    assert kept[0].exists()
    quarantine.release(quarantine.find("r1"))
    assert quarantine.held() == []


def test_what_is_too_old_goes_though_its_device_never_comes_again(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    old, new = (quarantine.keep(replace(SUSPECT, device_id=name), name) for name in ("old", "new"))
    then = time.time() - KEEP_SECONDS - 60
    os.utime(old, (then, then))

    quarantine.prune()

    assert (old.exists(), new.exists()) == (False, True)
