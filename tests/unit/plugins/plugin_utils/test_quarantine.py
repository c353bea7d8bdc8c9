"""Texts that failed their checks."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import KEEP_FILES, Quarantine, Suspect
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
