"""Devices whose files change places: by the index each keeps its own history, whatever Git makes of the texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import writer
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.departing import Leaving, checked_most
from ansible_collections.netcellar.backup.plugins.plugin_utils.differences import difference, run_difference
from ansible_collections.netcellar.backup.plugins.plugin_utils.grep import Pattern
from ansible_collections.netcellar.backup.plugins.plugin_utils.history import history, text
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
from ansible_collections.netcellar.backup.plugins.plugin_utils.search import search_history

from .cellar_kit import backup, bare, capture, git, in_clone, person_commits, store

FIRST = 1_795_219_200  # 2026-11-21T00:00:00Z
PORTS = "".join(f"interface e{number}\n no shutdown\n" for number in range(10))

Day = dict[str, tuple[str, str]]


class Days:
    """A cellar with one run a day: ``{device: (line, path)}``. Without the line, the texts of all are much alike."""

    def __init__(self, cellar: Cellar, patch: pytest.MonkeyPatch) -> None:
        self.cellar, self.number, self._patch = cellar, 0, patch

    def run(self, day: Day, *, push: bool = False) -> None:
        """The run of a day."""
        self.begin()
        run = f"run-{self.number}"
        at = f"2026-11-{20 + self.number}T00:00:00Z"
        captures = [
            capture(device, f"{line}\n{PORTS}", path=path, captured_at=at, run=run)
            for device, (line, path) in day.items()
        ]
        backup(self.cellar, *captures, run=run) if push else store(
            self.cellar, *captures, run=run, about={"inventory": "all"}
        )

    def begin(self) -> None:
        """Let the next day come."""
        self.number += 1
        seconds = FIRST + self.number * 86_400
        self._patch.setattr(writer.time, "time", lambda: seconds)

    def leave(self, policy: str, *present: str) -> None:
        """A day on which some devices are no longer there."""
        self.begin()
        leaving = Leaving(policy, checked_most("100%"), frozenset({"h"}))  # type: ignore[arg-type]
        run = f"run-{self.number}"
        with self.cellar.open(run) as work:
            assert work.depart(leaving, About(run, inventory="all"), present).names

    def told(self, device: str) -> list[tuple[str, str, int, int]]:
        """The history of a device."""
        library = Library(self.cellar.repository)
        versions = history(library, library.device(device))
        return [(each.run, each.path, each.added, each.removed) for each in versions]


@pytest.fixture
def days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Two devices of three days: on the second both change, on the third they swap their names and change again."""
    days = Days(Cellar(tmp_path / "cellar.git"), monkeypatch)
    days.run({"1": ("ntp 1", "x/a"), "2": ("snmp 1", "x/b")})
    days.run({"1": ("ntp 2", "x/a"), "2": ("snmp 2", "x/b")})
    days.run({"1": ("ntp 3", "x/b"), "2": ("snmp 3", "x/a")})
    return days


def test_two_devices_that_swap_their_names_keep_their_own_histories(days: Days) -> None:
    paths = ("x/b", "x/a", "x/a")
    assert days.told("1") == [
        (f"run-{3 - at}", path, 1 if at < 2 else 21, int(at < 2)) for at, path in enumerate(paths)
    ]
    assert [told[:2] for told in days.told("2")] == [("run-3", "x/a"), ("run-2", "x/b"), ("run-1", "x/b")]
    days.run({"1": ("ntp 4", "x/a"), "2": ("snmp 4", "x/b")})
    assert [told[:2] for told in days.told("1")] == [
        ("run-4", "x/a"), ("run-3", "x/b"), ("run-2", "x/a"), ("run-1", "x/a"),
    ]  # fmt: skip


def test_what_changed_on_them_is_what_changed_on_each(days: Days) -> None:
    library = Library(days.cellar.repository)
    told = difference(library, library.device("1"))
    assert [change.lines for change in told.comparison.changes] == [("- ntp 2", "+ ntp 3")]
    assert text(library, library.device("1"), "2026-11-23").startswith(b"ntp 2\n")
    found = {each.devices: each.change.lines for each in run_difference(library, "run-3").shared}
    assert found == {("name-1",): ("- ntp 2", "+ ntp 3"), ("name-2",): ("- snmp 2", "+ snmp 3")}
    past = search_history(library, Pattern("ntp"), "name-1")
    assert [(each.run, each.path, each.removed, each.added) for each in past] == [
        ("run-3", "x/b", ("ntp 2",), ("ntp 3",)),
        ("run-2", "x/a", ("ntp 1",), ("ntp 2",)),
        ("run-1", "x/a", (), ("ntp 1",)),
    ]


def test_a_run_names_devices_as_they_were_called_then(days: Days) -> None:
    found = run_difference(Library(days.cellar.repository), "run-2")
    assert {each.devices for each in found.shared} == {("name-1",), ("name-2",)}


def test_devices_that_move_up_one_after_the_other_are_not_mixed_up(days: Days) -> None:
    days.run({"1": ("ntp 4", "x/c"), "2": ("snmp 4", "x/b"), "3": ("log 4", "x/a")})
    assert [told[:2] for told in days.told("1")][:2] == [("run-4", "x/c"), ("run-3", "x/b")]
    assert [told[:2] for told in days.told("2")][:2] == [("run-4", "x/b"), ("run-3", "x/a")]
    assert [told[:2] for told in days.told("3")] == [("run-4", "x/a")]
    found = run_difference(Library(days.cellar.repository), "last")
    assert {each.devices: each.change.lines for each in found.shared} == {
        ("name-1",): ("- ntp 3", "+ ntp 4"),
        ("name-2",): ("- snmp 3", "+ snmp 4"),
    }
    assert found.new == ("name-3",)
    past = search_history(Library(days.cellar.repository), Pattern(" 3"))
    assert [(each.run, each.device, each.removed, each.added) for each in past] == [
        ("run-4", "name-2", ("snmp 3",), ()),
        ("run-4", "name-1", ("ntp 3",), ()),
        ("run-3", "name-2", (), ("snmp 3",)),
        ("run-3", "name-1", (), ("ntp 3",)),
    ]


def test_a_device_that_takes_the_place_of_one_that_left_does_not_inherit_its_history(days: Days) -> None:
    days.leave("remove", "1")
    days.run({"9": ("log 5", "x/a")})
    assert [told[:2] for told in days.told("9")] == [("run-5", "x/a")]
    past = search_history(Library(days.cellar.repository), Pattern("snmp"), "name-2")
    assert [each.run for each in past] == ["run-4", "run-3", "run-2", "run-1"]
    days.run({"2": ("snmp 6", "x/z")})
    days.leave("attic", "1", "9")
    assert [told[:2] for told in days.told("2")] == [("run-7", "attic/x/z"), ("run-6", "x/z")]


def test_a_device_that_comes_back_to_its_place_has_its_history_again(days: Days) -> None:
    days.leave("remove", "1")
    days.run({"2": ("snmp 5", "x/a")})
    assert [told[:2] for told in days.told("2")] == [
        ("run-5", "x/a"), ("run-4", "x/a"), ("run-3", "x/a"), ("run-2", "x/b"), ("run-1", "x/b"),
    ]  # fmt: skip


def test_swaps_that_two_clones_committed_apart_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = bare(tmp_path / "remote.git")
    here, other = (Days(Cellar(tmp_path / name, remote=str(remote)), monkeypatch) for name in ("one.git", "two.git"))
    here.run({"1": ("ntp 1", "x/a"), "2": ("snmp 1", "x/b"), "3": ("log 1", "x/c")}, push=True)
    remote.rename(tmp_path / "away.git")
    here.run({"1": ("ntp 2", "x/b"), "2": ("snmp 2", "x/a")}, push=True)
    (tmp_path / "away.git").rename(remote)
    other.number = here.number
    other.run({"3": ("log 3", "x/c")}, push=True)
    here.number = other.number
    here.run({"3": ("log 4", "x/c")}, push=True)
    assert git(remote, "rev-parse", "main") == git(here.cellar.repository, "rev-parse", "main")
    assert here.told("1") == [("run-2", "x/b", 1, 1), ("run-1", "x/a", 21, 0)]
    assert [told[0] for told in here.told("3")] == ["run-4", "run-3", "run-1"]


def test_moves_that_are_older_than_our_index_are_followed_as_git_finds_them(days: Days, tmp_path: Path) -> None:
    person_commits(days.cellar.repository, "old/d", f"log 1\n{PORTS}")
    clone = tmp_path / "person-cellar.git"
    in_clone(clone, "mv", "old/d", "kept")
    in_clone(clone, "-c", "user.name=p", "-c", "user.email=p@x", "commit", "-qm", "moved")
    in_clone(clone, "push", "-q", "origin", "HEAD:main")
    days.run({"4": ("log 4", "kept")})
    assert [told[1:] for told in days.told("4")] == [("kept", 1, 1), ("kept", 0, 0), ("old/d", 21, 0)]
    person_commits(days.cellar.repository, "kept", None)
    days.run({"4": ("log 5", "new")})
    assert [told[1] for told in days.told("4")] == ["new", "kept", "kept", "kept", "old/d"]
