"""Devices that leave: kept, moved or removed by policy; never by accident, and back when they return."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.guard import Limit
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.departing import (
    Departure,
    Leaving,
    Policy,
    checked_most,
    checked_policy,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library

from .cellar_kit import RUN, capture, files, git, person_commits, sound, store

HERE = About(RUN, inventory="berlin")
PLACES = {name: f"backups/{name}.running-config" for name in "abcd"}


@pytest.fixture
def cellar(tmp_path: Path) -> Cellar:
    """Three devices of one inventory, and one of another."""
    made = Cellar(tmp_path / "cellar.git")
    store(made, *(capture(name, f"{name}\n") for name in "abc"), about={"inventory": "berlin"})
    store(made, capture("d", "d\n"), about={"inventory": "munich"})
    return made


def leave(cellar: Cellar, policy: Policy, present: Collection[str], most: str = "10%") -> Departure:
    with cellar.open(RUN) as work:
        return work.depart(Leaving(policy, checked_most(most), frozenset()), HERE, present)


def places(cellar: Cellar) -> set[str]:
    return set(files(cellar.repository))


def test_kept_by_default(cellar: Cellar) -> None:
    tip = git(cellar.repository, "rev-parse", "main")
    assert leave(cellar, "keep", {"a", "b"}) == Departure()
    assert git(cellar.repository, "rev-parse", "main") == tip


def test_moved_to_the_attic_as_a_rename_and_back(cellar: Cellar) -> None:
    assert leave(cellar, "attic", {"a", "b"}).names == ("name-c",)
    assert places(cellar) == {PLACES["a"], PLACES["b"], PLACES["d"], "attic/" + PLACES["c"]}
    assert git(cellar.repository, "log", "-1", "--format=%s") == "backup: 1 devices left berlin (attic)"
    assert git(cellar.repository, "diff", "--name-status", "-M", "main~1", "main").startswith("R100")
    assert Library(cellar.repository).device("c").path == "attic/" + PLACES["c"]
    assert leave(cellar, "attic", {"a", "b"}) == Departure()
    store(cellar, capture("c", "c\n"), about={"inventory": "berlin"})
    assert places(cellar) == set(PLACES.values())
    sound(cellar.repository)


def test_a_device_with_a_new_name_keeps_its_history_for_git_too(cellar: Cellar) -> None:
    text = "hostname r1\n" + "interface x\n shutdown\n" * 30
    store(cellar, capture("a", text, path="sites/old.cfg"))
    store(cellar, capture("a", text.replace("r1", "r2"), path="sites/new.cfg", name="new"))
    log = git(cellar.repository, "log", "--follow", "--format=", "--name-status", "main", "--", "sites/new.cfg")
    assert [line.split("\t")[0][0] for line in log.splitlines() if line][:2] == ["R", "A"]
    assert "sites/old.cfg\tsites/new.cfg" in log


def test_removed_from_the_tip_and_kept_in_the_history(cellar: Cellar) -> None:
    leave(cellar, "remove", {"a", "b"})
    assert places(cellar) == {PLACES["a"], PLACES["b"], PLACES["d"]}
    assert {entry.device_id for entry in Library(cellar.repository).entries} == {"a", "b", "d"}
    assert git(cellar.repository, "show", f"main~1:{PLACES['c']}") == "c"
    sound(cellar.repository)


def test_many_at_once_and_none_is_touched(cellar: Cellar) -> None:
    found = leave(cellar, "remove", {"a"})
    assert found.refused.startswith("2 of 3 devices have left berlin, more than 10%")
    assert places(cellar) == set(PLACES.values())
    assert leave(cellar, "remove", {"a"}, most="2").names == ("name-b", "name-c")


@pytest.mark.parametrize("present", [{"a", "b", "c"}, set()])
def test_an_empty_or_a_whole_set_touches_nothing(cellar: Cellar, present: set[str]) -> None:
    assert leave(cellar, "remove", present, most="100%") == Departure()


def test_another_inventory_s_device_is_not_looked_at(cellar: Cellar) -> None:
    store(cellar, capture("a", "a\n"), about={"inventory": "munich"})
    with cellar.open(RUN) as work:
        found = work.depart(Leaving("remove", Limit(devices=9), frozenset()), About(RUN, "munich"), {"d"})
    assert found == Departure()


def test_a_place_in_the_attic_that_is_taken_stays_with_its_device(cellar: Cellar) -> None:
    person_commits(cellar.repository, "attic/" + PLACES["c"].upper(), "theirs\n")
    leave(cellar, "attic", {"a", "b"})
    assert {"attic/" + PLACES["c"].upper(), "attic/c/" + PLACES["c"]} <= places(cellar)


def test_a_file_that_a_person_changed_is_left_alone(cellar: Cellar) -> None:
    person_commits(cellar.repository, PLACES["c"], "theirs\n")
    leave(cellar, "attic", {"a", "b"})
    assert PLACES["c"] in places(cellar)


def test_values_that_cannot_be_meant() -> None:
    with pytest.raises(NetcellarError, match="netcellar_departed"):
        checked_policy("delete")
    with pytest.raises(NetcellarError, match="netcellar_max_departed"):
        checked_most("many")
