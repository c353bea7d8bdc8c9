"""The saved-inventory file: its own keys, and those it leaves to the plugin."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import ConditionError, Everything
from ansible_collections.netcellar.backup.plugins.module_utils.saved import (
    CONSUMED,
    PLUGIN_OPTIONS,
    SavedInventory,
    saved_inventory,
)

EVERY = {"match": {"all": True}}


def test_a_whole_file() -> None:
    document = {"plugin": "netcellar.backup.nautobot", "name": "core", "description": "Core routers", **EVERY}
    assert saved_inventory(document) == SavedInventory("core", "Core routers", Everything())


def test_name_and_description_may_be_left_out() -> None:
    assert saved_inventory(EVERY) == SavedInventory("", "", Everything())


def test_the_plugins_options_pass() -> None:
    assert saved_inventory(dict.fromkeys(PLUGIN_OPTIONS, "x") | EVERY).condition == Everything()
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
    ],
)
def test_a_bad_file_says_where(document: Any, where: str, words: str) -> None:
    with pytest.raises(ConditionError, match=words) as caught:
        saved_inventory(document)
    assert caught.value.where == where
