"""The saved-inventory file: its own keys, and those it leaves to the plugin."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    Any_,
    ConditionError,
    Everything,
    Leaf,
)
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.saved import (
    CONSUMED,
    PLUGIN_OPTIONS,
    SavedInventory,
    require_listed,
    saved_inventory,
)

EVERY = {"match": {"all": True}}


def test_a_whole_file() -> None:
    document = {"plugin": "netcellar.backup.nautobot", "name": "core", "description": "Core routers", **EVERY}
    assert saved_inventory(document) == SavedInventory("core", "Core routers", Everything())


def test_name_and_description_may_be_left_out() -> None:
    assert saved_inventory(EVERY) == SavedInventory("", "", Everything())


def test_the_plugins_options_pass() -> None:
    assert saved_inventory(dict.fromkeys(PLUGIN_OPTIONS) | EVERY).condition == Everything()
    assert saved_inventory({"own": 1} | EVERY, options=("own",)).condition == Everything()
    assert set(CONSUMED).isdisjoint(PLUGIN_OPTIONS)


@pytest.mark.parametrize(
    ("document", "where", "words"),
    [
        (None, "", "is empty"),
        ([], "", "not a mapping"),
        ("plugin", "", "not a mapping"),
        ({"descripton": "x", **EVERY}, "descripton", 'did you mean "description"'),
        ({"keyed_group": [], **EVERY}, "keyed_group", 'did you mean "keyed_groups"'),
        ({True: 1, **EVERY}, "True", "unknown key"),
        ({"name": 5, **EVERY}, "name", "put it in quotes"),
        ({"description": ["x"], **EVERY}, "description", "text is expected"),
        ({"names": []}, "names", "at least one device"),
        ({"names": "r1"}, "names", "at least one device"),
        ({"names": ["r1", 5]}, "names[1]", 'put it in quotes: "5"'),
        ({"ids": ["a", None]}, "ids[1]", "remove it"),
        ({"ids": ["a", "b", "a"]}, "ids[2]", "listed twice"),
        ({"names": ["r1"], **EVERY}, "names", "stands beside conditions"),
        ({"dynamic_group": ""}, "dynamic_group", "name of the group is missing"),
        ({"dynamic_group": None}, "dynamic_group", "name of the group is missing"),
        ({"dynamic_group": 5}, "dynamic_group", "put it in quotes"),
        ({"dynamic_group": "core", "plugin": "netcellar.backup.devices"}, "dynamic_group", "only Nautobot"),
        ({"plugin": "netcellar.backup.nautobot"}, "", "neither conditions nor match"),
    ],
)
def test_a_bad_file_says_where(document: Any, where: str, words: str) -> None:
    with pytest.raises(ConditionError, match=f"(?i){words}") as caught:
        saved_inventory(document)
    assert caught.value.where == where


def test_a_static_list_of_names_and_ids() -> None:
    found = saved_inventory({"names": ["r1", "r2"], "ids": ["x"]})
    names, ids = Leaf("name", "in", ("r1", "r2")), Leaf("id", "in", ("x",))
    assert (found.condition, found.listed) == (Any_((names, ids)), (names, ids))
    assert saved_inventory({"names": ["r1", "r2"]}).condition == names


def test_each_listed_device_must_exist() -> None:
    saved = saved_inventory({"names": ["r1", "r2"], "ids": ["x"]})
    require_listed(saved, [Device("x", "r1"), Device("y", "r2")])
    with pytest.raises(ConditionError, match=r"names\[1\]: there is no device with the name 'r2'"):
        require_listed(saved, [Device("x", "r1")])
    with pytest.raises(ConditionError, match=r"ids\[0\]: there is no device with the id 'x'"):
        require_listed(saved, [Device("z", "r1"), Device("y", "r2")])


def test_a_dynamic_group_may_be_narrowed() -> None:
    assert saved_inventory({"dynamic_group": "core"}) == SavedInventory("", "", Everything(), (), "core")
    role = {"match": {"field": "role", "operator": "equals", "value": "router"}}
    assert saved_inventory({"dynamic_group": "core", **role}).condition == Leaf("role", "equals", "router")
    listed = saved_inventory({"dynamic_group": "core", "names": ["r1"]})
    assert (listed.condition, listed.dynamic_group) == (Leaf("name", "in", ("r1",)), "core")
