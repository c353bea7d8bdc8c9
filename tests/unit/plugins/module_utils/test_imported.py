"""Saved conditions of an older tool become ours, whole, or are an error."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import ConditionError
from ansible_collections.netcellar.backup.plugins.module_utils.imported import imported
from ansible_collections.netcellar.backup.plugins.module_utils.saved import saved_inventory

ROLE = {"field": "role", "operator": "equals", "value": "router"}
SITE = {"field": "cf_site", "operator": "contains", "value": "prod"}
TAG = {"field": "tag", "operator": "equals", "value": "core"}


def of(document: Any) -> dict[str, Any]:
    """The part that says which devices; the whole is a saved inventory that we read ourselves."""
    found = imported(document, "old")
    assert (found.pop("plugin"), found.pop("name")) == ("netcellar.backup.nautobot", "old")
    saved_inventory({"plugin": "netcellar.backup.nautobot", **found})
    return found


@pytest.mark.parametrize("logic", ["AND", "OR"])
def test_a_flat_list(logic: str) -> None:
    found = of([ROLE | {"logic": logic}, SITE | {"logic": logic}, TAG | {"logic": logic}])
    assert found == {"conditions": [ROLE, SITE | {"logic": logic}, TAG | {"logic": logic}]}


def test_a_flat_list_that_says_no_logic_is_joined_by_and() -> None:
    assert of([ROLE, SITE]) == {"conditions": [ROLE, SITE | {"logic": "AND"}]}
    assert of({"conditions": [ROLE]}) == {"conditions": [ROLE]}


def test_a_flat_list_with_a_not() -> None:
    assert of([ROLE, TAG | {"logic": "NOT"}]) == {"match": {"all": [ROLE, {"not": TAG}]}}


def test_name_and_description_are_kept() -> None:
    found = imported({"name": "core", "description": "Core", "conditions": [ROLE]})
    assert (found["name"], found["description"]) == ("core", "Core")


def test_a_tree() -> None:
    tree = {
        "type": "root",
        "internalLogic": "AND",
        "logic": "AND",
        "items": [
            ROLE | {"type": "condition", "id": "x1"},
            {"type": "group", "internalLogic": "OR", "logic": "AND", "items": [SITE, TAG | {"logic": "OR"}]},
            {"type": "group", "internalLogic": "OR", "logic": "NOT", "items": [SITE, {**TAG, "logic": "NOT"}]},
        ],
    }
    expected = {"all": [ROLE, {"any": [SITE, TAG]}, {"not": {"any": [SITE, {"not": TAG}]}}]}
    assert of(tree) == {"match": expected}
    assert of({"tree": tree}) == {"match": expected}


def test_a_root_that_is_negated() -> None:
    assert of({"type": "root", "internalLogic": "OR", "logic": "NOT", "items": [ROLE]}) == {
        "match": {"not": {"any": [ROLE]}}
    }


@pytest.mark.parametrize(
    ("leaf", "ours"),
    [
        ({"field": "tags", "operator": "=", "value": "core"}, TAG),
        ({"field": "cf_x", "operator": "empty", "value": ""}, {"field": "cf_x", "operator": "is_empty"}),
        ({"field": "cf_x", "operator": "exists"}, {"field": "cf_x", "operator": "is_set"}),
        (
            {"field": "role", "operator": "in", "value": "a, b"},
            {"field": "role", "operator": "in", "value": ["a", "b"]},
        ),
        (
            {"field": "name", "operator": "startswith", "value": "r"},
            {"field": "name", "operator": "starts_with", "value": "r"},
        ),
        ({"field": "cf_n", "operator": ">=", "value": 5}, {"field": "cf_n", "operator": "gte", "value": 5}),
    ],
)
def test_words_of_other_tools(leaf: dict[str, Any], ours: dict[str, Any]) -> None:
    assert of([leaf]) == {"conditions": [ours]}


@pytest.mark.parametrize(
    ("document", "where", "says"),
    [
        ([], "", "no conditions"),
        ({}, "", "no conditions"),
        (None, "", "no conditions"),
        ("role", "", "no conditions"),
        ({"name": "x"}, "", "no conditions"),
        ({"conditions": [ROLE], "tree": {}}, "", "both conditions and tree"),
        ({"conditions": [ROLE], "limit": 5}, "limit", "unknown key"),
        ({"name": 5, "conditions": [ROLE]}, "name", "text is expected"),
        ([ROLE, SITE | {"logic": "AND"}, TAG | {"logic": "OR"}], "[2].logic", "OR is mixed with AND"),
        ([ROLE | {"logic": "XOR"}], "[0].logic", "'XOR' is no logic"),
        ({"type": "root", "logic": "OR", "items": [ROLE, TAG]}, "internalLogic", "missing, where logic says OR"),
        ([ROLE | {"negate": True}], "[0].negate", "not left out"),
        ([ROLE | {"field": "roles"}], "[0].field", "'roles' is no field"),
        ([ROLE | {"operator": "sounds_like"}], "[0].operator", "no operator"),
        ([ROLE | {"operator": None}], "[0].operator", "no operator"),
        ([ROLE | {"value": ""}], "[0].value", "empty"),
        ([ROLE | {"value": None}], "[0].value", "empty"),
        ([ROLE | {"operator": "in", "value": "a,,b"}], "[0].value", "empty"),
        (["role"], "[0]", "a condition is expected"),
        ({"type": "root", "items": []}, "items", "the group is empty"),
        ({"type": "root"}, "items", "a list is expected"),
        ({"type": "root", "internalLogic": "NAND", "items": [ROLE]}, "internalLogic", "'NAND' is no logic"),
        ({"type": "root", "logic": "MAYBE", "items": [ROLE]}, "logic", "'MAYBE' is no logic"),
        ({"type": "root", "internalLogic": "AND", "items": [ROLE | {"logic": "OR"}]}, "items[0].logic", "mixed"),
        ({"type": "tree", "items": [ROLE]}, "type", "no type of group"),
        ({"type": "root", "limit": 1, "items": [ROLE]}, "limit", "not left out"),
        ({"type": "root", "items": [{"type": "group", "items": []}]}, "items[0].items", "the group is empty"),
        ({"type": "root", "items": [ROLE | {"type": "subquery"}]}, "items[0].type", "no type of condition"),
        ({"type": "root", "items": [5]}, "items[0]", "a condition or group is expected"),
    ],
)
def test_what_cannot_be_translated_is_an_error(document: Any, where: str, says: str) -> None:
    with pytest.raises(ConditionError) as caught:
        imported(document)
    assert (caught.value.where, says in str(caught.value)) == (where, True), str(caught.value)


def test_a_tree_without_end() -> None:
    tree: dict[str, Any] = {"type": "group", "items": [ROLE]}
    for __ in range(60):
        tree = {"type": "group", "items": [tree]}
    with pytest.raises(ConditionError, match="nested deeper"):
        imported(tree)
