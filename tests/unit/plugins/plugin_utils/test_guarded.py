"""Which set of devices a run may have: the guards, the last known set, the cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.guard import RefusedError
from ansible_collections.netcellar.backup.plugins.plugin_utils import guarded as module
from ansible_collections.netcellar.backup.plugins.plugin_utils.device_sets import DeviceSets, accept
from ansible_collections.netcellar.backup.plugins.plugin_utils.guarded import (
    Guarded,
    Guards,
    Recall,
    guarded,
    guards_of,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_wire import NautobotError, SourceDownError
from ansible_collections.netcellar.backup.plugins.plugin_utils.saved_file import SavedFile, read_saved

HEAD = "plugin: netcellar.backup.devices\ndevices: devices.yml\nname: routers\nmatch: {all: true}\n"


class Site:
    """A saved inventory of ``count`` devices, and its state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sets = DeviceSets(folder / "state")
        self.has(20)

    def has(self, count: int) -> None:
        rows = "".join(f"  - {{name: r{number}}}\n" for number in range(count))
        (self.folder / "devices.yml").write_text(f"devices:\n{rows}")

    def file(self, more: str = "") -> SavedFile:
        (self.folder / "saved.yml").write_text(HEAD + more)
        return read_saved(self.folder / "saved.yml")

    def ask(self, more: str = "", recall: Recall | None = None, **stronger: Any) -> Guarded:
        file = self.file(more)
        guards = guards_of(file, stronger)
        return guarded(file, self.nautobot, self.sets, guards, recall)

    def run(self, more: str = "", **stronger: Any) -> Guarded:
        """A run that ends well."""
        found = self.ask(more, **stronger)
        accept(self.sets.propose(found.set))
        return found

    def nautobot(self) -> Nautobot:
        raise AssertionError("it is not for a device file")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def down(monkeypatch: pytest.MonkeyPatch) -> None:
    def select(*_: Any) -> None:
        raise SourceDownError("Nautobot cannot be reached", remedy="look")

    monkeypatch.setattr(module, "select", select)


def test_a_first_run_has_nothing_to_compare_with(site: Site) -> None:
    found = site.ask("max_change: 0\n")
    assert len(found.set.devices) == 20
    assert "no good run of routers yet" in found.warnings[0]


@pytest.mark.parametrize("limit", ["1", "5%", "6"])
def test_a_change_within_the_limit_passes(site: Site, limit: str) -> None:
    site.run()
    site.has(19)
    assert len(site.ask(f"max_change: {limit}\n").set.devices) == 19


@pytest.mark.parametrize(("limit", "count"), [("1", 18), ("4%", 19), ("0", 21), ("10%", 23)])
def test_a_change_beyond_it_is_refused_and_named(site: Site, limit: str, count: int) -> None:
    site.run()
    site.has(count)
    with pytest.raises(RefusedError, match="refused: of 20 devices") as caught:
        site.ask(f"max_change: {limit}\n")
    assert ("r19" if count < 20 else "r20") in str(caught.value)
    assert str(site.folder / "saved.yml") in str(caught.value)
    assert "--accept-change" in caught.value.remedy


def test_a_refused_set_never_becomes_the_good_one(site: Site) -> None:
    site.run()
    site.has(1)
    for _ in range(2):
        with pytest.raises(RefusedError):
            site.ask("max_change: 1\n")
    site.has(20)
    assert len(site.ask("max_change: 0\n").set.devices) == 20


def test_a_change_that_is_accepted_becomes_the_good_one(site: Site) -> None:
    site.run()
    site.has(5)
    file = site.file("max_change: 1\n")
    found = guarded(file, site.nautobot, site.sets, replace(guards_of(file, {}), accept=True))
    accept(site.sets.propose(found.set))
    assert len(site.ask("max_change: 1\n").set.devices) == 5


def test_accepting_a_change_leaves_min_devices(site: Site) -> None:
    file = site.file("min_devices: 21\n")
    with pytest.raises(RefusedError, match="min_devices is 21"):
        guarded(file, site.nautobot, site.sets, guards_of(file, {}, accept=True))


def test_a_job_goes_before_the_file(site: Site) -> None:
    site.run()
    site.has(15)
    assert site.ask("max_change: 1\n", max_change="5")
    with pytest.raises(RefusedError):
        site.ask("max_change: 10\n", max_change="10%")


@pytest.mark.parametrize(
    ("more", "stronger", "says"),
    [
        ("max_change: many\n", {}, "saved.yml:5: max_change: a number of devices or a share"),
        ("max_change: 101%\n", {}, "max_change"),
        ("max_change: -1\n", {}, "max_change"),
        ("min_devices: 0\n", {}, "min_devices"),
        ("on_source_failure: carry_on\n", {}, "Write refuse or last_known"),
        ("", {"max_change": True}, "netcellar_max_change"),
    ],
)
def test_a_guard_that_is_none(site: Site, more: str, stronger: Mapping[str, Any], says: str) -> None:
    with pytest.raises(NetcellarError, match=says):
        site.ask(more, **stronger)


@pytest.mark.parametrize("key", ["accept_change: true", "state: /tmp"])
def test_what_may_not_stand_in_the_file(site: Site, key: str) -> None:
    with pytest.raises(NetcellarError, match="unknown key"):
        site.file(f"{key}\n")


@pytest.mark.usefixtures("down")
def test_a_source_that_is_down_is_refused_by_default(site: Site) -> None:
    with pytest.raises(SourceDownError):
        site.ask()


def test_the_last_known_set_is_taken_where_that_is_allowed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    good = site.run().set
    monkeypatch.setattr(module, "select", lambda *_: (_ for _ in ()).throw(SourceDownError("it is down")))
    found = site.ask("on_source_failure: last_known\nmax_change: 0\n")
    assert (found.set, found.known) == (good, True)
    assert "it is down. The 20 devices of routers are those of the last good set" in found.warnings[0]


@pytest.mark.usefixtures("down")
def test_no_last_known_set_is_an_error(site: Site) -> None:
    with pytest.raises(NetcellarError, match="no last good set of routers"):
        site.ask("on_source_failure: last_known\n")


def test_conditions_that_changed_meanwhile_are_not_answered_from_memory(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.run()
    monkeypatch.setattr(module, "select", lambda *_: (_ for _ in ()).throw(SourceDownError("it is down")))
    path = site.folder / "saved.yml"
    path.write_text(HEAD.replace("{all: true}", "{field: name, operator: equals, value: r1}"))
    file = read_saved(path)
    with pytest.raises(NetcellarError, match="conditions have changed"):
        guarded(file, site.nautobot, site.sets, Guards(last_known=True))


def test_only_a_source_that_is_down_is_passed_over(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is refused, or a condition that is wrong, is no outage."""
    site.run()
    monkeypatch.setattr(module, "select", lambda *_: (_ for _ in ()).throw(NautobotError("does not accept the token")))
    with pytest.raises(NautobotError, match="token"):
        site.ask("on_source_failure: last_known\n")


def test_the_cache_answers_once_it_is_filled(site: Site) -> None:
    kept: list[str] = []
    first = site.ask(recall=Recall(keep=lambda fresh: kept.append(json.dumps(fresh))))
    site.has(3)
    again = site.ask(recall=Recall(json.loads(kept[0])))
    assert (first.cached, again.cached, again.set) == (False, True, first.set)


@pytest.mark.parametrize("value", [{}, {"schema": 0}, {"schema": 1, "devices": "x"}])
def test_a_cache_that_cannot_be_read_is_passed_over(site: Site, value: Mapping[str, Any]) -> None:
    kept: list[Any] = []
    assert not site.ask(recall=Recall(value, kept.append)).cached
    assert len(kept) == 1
