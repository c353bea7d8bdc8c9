"""A name that does not exist is an error, and never an empty answer."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Condition,
    ConditionError,
    Leaf,
    Not,
)
from ansible_collections.netcellar.backup.plugins.module_utils.fields import Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.vocabulary import require, vocabulary

TREE = All(
    (
        Leaf("role", "in", ("router", "switch")),
        Not(Leaf("role", "equals", "router")),
        Leaf("tag", "contains", "core"),
        Leaf("location", "not_equals", "Berlin"),
        Leaf("tenant", "contains", "Ac"),
        Leaf("name", "equals", "r1"),
        Leaf("cf_site", "equals", "x"),
    )
)


def test_names_by_field() -> None:
    assert vocabulary(TREE) == {"role": ("router", "switch"), "tag": ("core",), "location": ("Berlin",)}


def test_known_names_pass() -> None:
    require(TREE, {"role": {"router", "switch"}, "tag": {"core"}, "location": {"Berlin"}, "tenant": set()})


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Leaf("role", "equals", "roter", "match"), r"match\.value: there is no role 'roter'.*\"router\""),
        (Not(Leaf("role", "not_in", ("router", "nope"), "match.not")), r"match\.not\.value: there is no role 'nope'"),
        (Leaf("role", "equals", "Router", "match"), r"did you mean \"router\""),
    ],
)
def test_unknown_names_are_errors(condition: Condition, words: str) -> None:
    with pytest.raises(ConditionError, match=f"(?i){words}"):
        require(condition, {"role": {"router", "switch"}})


def test_a_place_with_a_type_is_two_names() -> None:
    leaf = check(Leaf("location.parent", "in", ("Bonn", {"name": "Berlin", "type": "City"}), "match"), Schema())
    assert vocabulary(leaf) == {"location": ("Bonn", "Berlin"), "location_type": ("City",)}
    known = {"location": {"Berlin", "Bonn"}, "location_type": {"City"}}
    require(leaf, known)
    with pytest.raises(ConditionError, match=r"match\.value: there is no location type 'City'"):
        require(leaf, known | {"location_type": {"Town"}})
    with pytest.raises(ConditionError, match=r"match\.value: there is no location 'Berlin'"):
        require(leaf, known | {"location": {"Bonn"}})


PARTS = [("starts_with", "x"), ("matches", "^x"), ("is_set", None), ("contains", "x")]


@pytest.mark.parametrize(("operator", "value"), PARTS)
def test_what_is_no_whole_name_need_not_exist(operator: str, value: Any) -> None:
    for field in ("role", "location"):
        assert vocabulary(check(Leaf(field, operator, value), Schema())) == {}
