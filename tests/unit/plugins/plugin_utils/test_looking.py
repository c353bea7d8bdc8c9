"""Looking into a saved inventory: the leaf that decided and its two values, what changed, and what cannot be said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils import preview as preview_module
from ansible_collections.netcellar.backup.plugins.plugin_utils.device_sets import DeviceSet, DeviceSets, accept
from ansible_collections.netcellar.backup.plugins.plugin_utils.looking import changed, convert, report, why
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access
from ansible_collections.netcellar.backup.plugins.plugin_utils.saved_file import read_saved

SWITCH = Device("3", "s1", role="switch")
ROUTERS = (Device("1", "r1", role="router"), Device("2", "r2", role="router"))


class Server:
    """A Nautobot whose queries bring ``rows``; it knows ``others``, too."""

    def __init__(self, rows: Sequence[Device], others: Sequence[Device] = ()) -> None:
        self.rows = list(rows)
        self.others = list(others)

    def known_names(self, wanted: Any) -> dict[str, set[str]]:
        return {field: {"router", "switch", "Lab"} for field in wanted}

    def devices(self, *queries: Any) -> list[Device]:
        return self.rows

    def devices_by_id(self, ids: Any) -> list[Device]:
        wanted = set(ids)
        return [device for device in (*self.rows, *self.others) if device.id in wanted]

    def devices_by_name(self, name: str) -> list[Device]:
        return [device for device in (*self.rows, *self.others) if device.name == name]


@pytest.fixture
def routers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(preview_module, "Nautobot", lambda *_: server)
    server = Server(ROUTERS, [SWITCH])
    path = tmp_path / "routers.yml"
    path.write_text("plugin: netcellar.backup.nautobot\nmatch: {field: role, operator: equals, value: router}\n")
    return path


def serve(monkeypatch: pytest.MonkeyPatch, server: Server) -> Access:
    monkeypatch.setattr(preview_module, "Nautobot", lambda *_: server)
    return Access()


def test_a_device_that_is_out_names_the_leaf_and_the_two_values(routers: Path) -> None:
    for word in ("s1", "3"):
        (found,) = why(routers, Access(), word)
        assert not found.matched
        assert found.sentence == "s1 is out: match: role equals router, but it is switch"


def test_a_device_that_is_in(routers: Path) -> None:
    assert why(routers, Access(), "r1")[0].matched


def test_namesakes_are_all_explained(routers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*ROUTERS, Device("4aaaaaaaaaaa", "r1", role="router")]
    access = serve(monkeypatch, Server(rows, [Device("5", "r1", role="switch")]))
    assert [found.matched for found in why(routers, access, "r1")] == [True, True, False]
    assert len(why(routers, access, "r1--4aaaaaaa")) == 1


def test_a_file_says_itself_how_its_server_is_asked(routers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_module, "Nautobot", lambda *given: given)
    access = Access("https://nautobot.example.com", "t")
    assert access.nautobot(read_saved(routers)) == (access.url, "t", True, 120.0)
    routers.write_text(f"{routers.read_text()}validate_certs: false\ntimeout: 7\n")
    assert access.nautobot(read_saved(routers)) == (access.url, "t", False, 7.0)


def test_a_device_that_nobody_knows(routers: Path) -> None:
    with pytest.raises(NetcellarError, match="no device with the name or id 'nope'"):
        why(routers, Access(), "nope")
    with pytest.raises(NetcellarError, match='Did you mean "r1"'):
        why(routers, Access(), "R1")


def test_what_each_condition_matches(routers: Path) -> None:
    found = report(routers, Access())
    assert (found.asked, found.found) == (2, 2)
    assert [(leaf.field, leaf.way, leaf.matched) for leaf in found.leaves] == [("role", "pushed", 2)]


def test_no_member_of_the_group(routers: Path) -> None:
    routers.write_text("plugin: netcellar.backup.nautobot\ndynamic_group: Lab\n")
    (found,) = why(routers, Access(), "s1")
    assert (found.matched, found.sentence) == (False, "s1 is out: it is no member of the Dynamic Group Lab")


def test_what_changed_since_the_last_good_run(routers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NetcellarError, match="no good run"):
        changed(routers, Access(), tmp_path)
    sets = DeviceSets(tmp_path)
    was = (*ROUTERS, Device("3", "s1", role="router"), Device("9", "gone", role="router"))
    accept(sets.propose(DeviceSet("routers", "d", "t", was)))
    access = serve(monkeypatch, Server([*ROUTERS, Device("5", "r5", role="router")], [SWITCH]))
    found = changed(routers, access, tmp_path)
    assert {moved.device_name: moved.why for moved in found.left} == {
        "s1": "match: role equals router, but it is switch; it was router",
        "gone": "the source has no such device any more",
    }
    assert [moved.device_name for moved in found.entered] == ["r5"]
    assert found.stayed == 2


def test_an_older_tools_file_becomes_ours(tmp_path: Path) -> None:
    old = tmp_path / "core.json"
    leaf = {"field": "role", "operator": "equals", "value": "router"}
    old.write_text(json.dumps({"type": "root", "internalLogic": "AND", "items": [leaf, leaf | {"logic": "NOT"}]}))
    assert "name: core\n" in convert(old)
    old.write_text(json.dumps([leaf | {"operator": "sounds_like"}]))
    with pytest.raises(NetcellarError, match=r"core\.json: "):
        convert(old)
    old.write_text(f"\ufeff{json.dumps([leaf])}")
    assert "value: router\n" in convert(old)
    for broken in ("{", "[" * 9999, '[{"field": "role", "field": "name"}]', '[{"value": NaN}]'):
        old.write_text(broken)
        with pytest.raises(NetcellarError, match="cannot be read as JSON"):
            convert(old)
