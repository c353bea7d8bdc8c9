"""The last good device sets: whole or not there, apart from each other, accepted only once."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.device_sets import DeviceSet, DeviceSets, accept

DEVICES = (
    Device("1", "a", location=(Place("East", "Region", "x"), Place("Köln")), tags=("t",), custom_fields={"n": [1]}),
    Device("2", None),
)
FOUND = DeviceSet(
    "routers", "digest", "2026-11-21T02:00:00+00:00", DEVICES, {"1": {"ansible_port": 22}}, ({"query": "q"},)
)


def accepted(state: Path, found: DeviceSet = FOUND) -> DeviceSets:
    sets = DeviceSets(state)
    accept(sets.propose(found))
    return sets


def test_a_set_comes_back_as_it_was(tmp_path: Path) -> None:
    assert accepted(tmp_path).good("routers") == FOUND
    assert FOUND.names == {"1": "a", "2": ""}


def test_a_proposal_is_not_yet_good(tmp_path: Path) -> None:
    sets = DeviceSets(tmp_path)
    sets.propose(FOUND)
    assert sets.good("routers") is None


def test_a_proposal_is_accepted_by_each_batch_of_a_run(tmp_path: Path) -> None:
    sets = DeviceSets(tmp_path)
    proposal = sets.propose(FOUND)
    accept(proposal)
    accept(proposal)
    assert sets.good("routers") == FOUND
    assert not proposal.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "Kern ü", "x" * 300, ".hidden", ""])
def test_no_name_leaves_the_folder_or_meets_another(tmp_path: Path, name: str) -> None:
    sets = accepted(tmp_path)
    other = DeviceSet(name, "d", "t", DEVICES[:1])
    accept(sets.propose(other))
    assert sets.good(name) == other
    assert sets.good("routers") == FOUND
    assert len(list((tmp_path / "inventories").glob("*.json"))) == 2


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    accepted(tmp_path / "state")
    for path in (tmp_path / "state").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 2}', '{"schema": 1, "devices": [{}]}'])
def test_a_damaged_file_is_an_error_and_not_no_set(tmp_path: Path, damage: str) -> None:
    sets = accepted(tmp_path)
    (tmp_path / "inventories" / "routers.json").write_text(damage)
    with pytest.raises(NetcellarError, match="is damaged"):
        sets.good("routers")


def test_old_proposals_go_and_young_ones_stay(tmp_path: Path) -> None:
    sets = DeviceSets(tmp_path)
    old, young = (sets.propose(DeviceSet(name, "d", "t", DEVICES)) for name in ("old", "young"))
    os.utime(old, (0, 0))
    accept(sets.propose(FOUND))
    assert (old.exists(), young.exists()) == (False, True)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NetcellarError, match="Set netcellar_state"):
        DeviceSets(tmp_path / "file").propose(FOUND)
