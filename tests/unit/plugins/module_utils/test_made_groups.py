"""Which names the groups of a saved inventory may have, as far as the file can tell."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.made_groups import may_be_keyed, named_groups


def test_groups_that_are_named_also_as_ansible_may_write_them() -> None:
    assert named_groups({"groups": {"a-b": "true", 7: "false"}}) == {"a-b", "a_b", "7"}
    assert named_groups({"groups": None}) == named_groups({}) == set()


@pytest.mark.parametrize(
    ("entry", "name", "may"),
    [
        ({"prefix": "os"}, "os_ios", True),
        ({"prefix": "os"}, "osaka", False),
        ({"prefix": "o-s", "separator": "-"}, "o_s_ios", True),
        ({}, "_ios", True),
        ({}, "ios", False),
        ({"prefix": "x", "parent_group": "sites"}, "sites", True),
        ({"prefix": "x", "parent_group": "in_{{ place }}"}, "in_ulm", True),
        ("no mapping", "r1", False),
    ],
)
def test_how_keyed_groups_may_begin(entry: Any, name: str, may: bool) -> None:
    assert may_be_keyed({"keyed_groups": [entry]}, [None, name]) is may


def test_without_a_separator_any_name_may_be_one() -> None:
    assert may_be_keyed({"keyed_groups": [{}], "leading_separator": False}, ["r1"])
    assert not may_be_keyed({"leading_separator": False}, ["r1"])
