"""The shape of conditions: what is read, and what is refused with its position and a remedy."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    ConditionError,
    Everything,
    Leaf,
    Not,
    leaves,
    parse,
)
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.saved import saved_inventory

ROUTER = Leaf("role", "equals", "router")
BERLIN = Leaf("location", "equals", "Berlin")
SCHEMA = Schema(
    {
        "site": CustomField("site", "select", choices=("production", "laboratory")),
        "last_backup": CustomField("last_backup", "date"),
        "slots": CustomField("slots", "integer"),
        "managed": CustomField("managed", "boolean"),
    }
)


def read(text: str) -> Any:
    return parse(yaml.safe_load(text))


def test_flat_list_joined_by_and() -> None:
    condition = read("""
        conditions:
          - {field: role, operator: equals, value: router}
          - {field: location, operator: equals, value: Berlin, logic: AND}
    """)
    assert condition == All((ROUTER, BERLIN))
    assert [leaf.where for leaf in leaves(condition)] == ["conditions[0]", "conditions[1]"]


def test_flat_list_joined_by_or() -> None:
    condition = read("""
        conditions:
          - {field: role, operator: equals, value: router, logic: OR}
          - {field: location, operator: equals, value: Berlin, logic: OR}
    """)
    assert condition == Any_((ROUTER, BERLIN))


def test_one_condition_needs_no_logic() -> None:
    assert read("conditions: [{field: role, operator: equals, value: router}]") == All((ROUTER,))


def test_tree_to_any_depth_keeps_positions() -> None:
    condition = read("""
        match:
          all:
            - {field: role, operator: in, value: [router, firewall]}
            - any:
                - {field: location, operator: equals, value: Berlin}
                - not: {field: role, operator: equals, value: router}
    """)
    assert condition == All((Leaf("role", "in", ("router", "firewall")), Any_((BERLIN, Not(ROUTER)))))
    assert [leaf.where for leaf in leaves(condition)] == [
        "match.all[0]",
        "match.all[1].any[0]",
        "match.all[1].any[1].not",
    ]


def test_a_single_leaf_and_a_single_group_are_trees() -> None:
    assert read("match: {field: role, operator: equals, value: router}") == ROUTER
    assert read("match: {not: {any: [{field: role, operator: equals, value: router}]}}") == Not(Any_((ROUTER,)))


def test_every_device_must_be_written_out() -> None:
    assert read("match: {all: true}") == Everything()
    assert list(leaves(Everything())) == []


def test_a_tree_inside_itself_ends() -> None:
    with pytest.raises(ConditionError, match="nested deeper than 50"):
        read("match: &a {all: [*a]}")


TYPOS = [
    # the document, the position, a word of the fault, a word of the remedy
    ("conditions: []", "conditions", "empty", "all: true"),
    ("conditions:", "conditions", "nothing", "- "),
    ("match: {}", "match", "empty", "field"),
    ("match:", "match", "nothing", "group"),
    ("match: {all: []}", "match.all", "empty", "remove"),
    ("match: {any: []}", "match.any", "empty", "remove"),
    ("match: {any: true}", "match.any", "stands inside", "match: {all: true}"),
    ('match: {all: "true"}', "match", "said exactly", "match: {all: true}"),
    ("match: {all: {field: role, operator: equals, value: router}}", "match.all", "a mapping", "- "),
    ("match: {not: []}", "match.not", "a list", "group"),
    ("match: {not: {all: true}}", "match.not.all", "stands inside", "match: {all: true}"),
    ("match: [{field: role, operator: equals, value: router}]", "match", "a list", "group"),
    ("match: {al: [{field: role, operator: equals, value: router}]}", "match.al", "unknown key", '"all"'),
    ("condition: [{field: role, operator: equals, value: a}]", "condition", "unknown key", '"conditions"'),
    ("name: all of them", "", "neither conditions nor match", "all: true"),
    ("match: {all: true}\nconditions: []", "match", "both", "one of the two"),
    ("conditions: {field: role, operator: equals, value: a}", "conditions", "a mapping", "- "),
    ("conditions: [role]", "conditions[0]", "'role'", "operator"),
    ("conditions: [{feild: role, operator: equals, value: a}]", "conditions[0].feild", "unknown key", '"field"'),
    ("conditions: [{field: role, op: equals, value: a}]", "conditions[0].op", "unknown key", '"operator"'),
    ("conditions: [{field: role, operator: equals, values: a}]", "conditions[0].values", "unknown key", '"value"'),
    ("conditions: [{field: role, operator: equals}]", "conditions[0]", "value is missing", "operator"),
    ("conditions: [{operator: equals, value: a}]", "conditions[0]", "field is missing", "operator"),
    ("conditions: [{field: roll, operator: equals, value: a}]", "conditions[0].field", "'roll'", '"role"'),
    ("conditions: [{field: cf_, operator: equals, value: a}]", "conditions[0].field", "'cf_'", "custom fields"),
    ("conditions: [{field: cf_sight, operator: equals, value: a}]", "conditions[0].field", "cf_sight", '"cf_site"'),
    ("conditions: [{field: role, operator: equal, value: a}]", "conditions[0].operator", "'equal'", '"equals"'),
    ("conditions: [{field: role, operator: '==', value: a}]", "conditions[0].operator", "'=='", 'write "equals"'),
    ("conditions: [{field: role, operator: equals, value: [a, b]}]", "conditions[0].value", "list [a, b]", "in"),
    ("conditions: [{field: role, operator: in, value: a}]", "conditions[0].value", "list", "[a, b]"),
    ("conditions: [{field: role, operator: in, value: []}]", "conditions[0].value", "at least one", "[a, b]"),
    ("conditions: [{field: role, operator: equals, value: ''}]", "conditions[0].value", "''", "every device"),
    ("conditions: [{field: role, operator: equals, value: }]", "conditions[0].value", "nothing", "every device"),
    ("conditions: [{field: name, operator: equals, value: 2026}]", "conditions[0].value", "2026 (int)", "quotes"),
    ("conditions: [{field: status, operator: equals, value: on}]", "conditions[0].value", "True (bool)", "quotes"),
    ("conditions: [{field: has_primary_ip, operator: equals, value: 'yes'}]", "conditions[0].value", "'yes'", "true"),
    ("conditions: [{field: has_primary_ip, operator: in, value: [true]}]", "conditions[0].operator", "in", "equals"),
    ("conditions: [{field: cf_slots, operator: equals, value: '4'}]", "conditions[0].value", "'4'", "without quotes"),
    ("conditions: [{field: cf_slots, operator: equals, value: true}]", "conditions[0].value", "True", "whole number"),
    (
        "conditions: [{field: cf_managed, operator: equals, value: 1}]",
        "conditions[0].value",
        "1 (int)",
        "true or false",
    ),
    (
        "conditions: [{field: cf_last_backup, operator: equals, value: '2026-13-01'}]",
        "conditions[0].value",
        "-13-",
        "YYYY",
    ),
    ("conditions: [{field: cf_site, operator: equals, value: prodction}]", "conditions[0].value", "", '"production"'),
    (
        "match: {all: [{field: role, operator: equals, value: a}, {any: [{field: role, operator: eqals, value: b}]}]}",
        "match.all[1].any[0].operator",
        "'eqals'",
        '"equals"',
    ),
    (
        "match: {all: [{field: role, operator: equals, value: a}], any: [{field: role, operator: equals, value: b}]}",
        "match.any",
        "all stands beside any",
        "indentation",
    ),
    (
        "match: {all: [{field: role, operator: equals, value: a}], field: role}",
        "match.field",
        "all stands beside field",
        "indentation",
    ),
    (
        "match: {all: [{field: role, operator: equals, value: a, logic: AND}]}",
        "match.all[0].logic",
        "unknown key",
        "flat list",
    ),
    (
        "conditions: [{any: [{field: role, operator: equals, value: a}]}]",
        "conditions[0].any",
        "is a group",
        "use `match`",
    ),
    (
        "conditions: [{field: role, operator: equals, value: a}, {field: role, operator: equals, value: b}]",
        "conditions[1].logic",
        "missing",
        "logic: AND",
    ),
    (
        "conditions: [{field: role, operator: equals, value: a}, {field: tag, operator: equals, value: b, logic: and}]",
        "conditions[1].logic",
        "'and'",
        "capitals",
    ),
    (
        "conditions: [{field: role, operator: equals, value: a, logic: AND},"
        " {field: role, operator: equals, value: b, logic: OR}]",
        "conditions[1].logic",
        "OR is mixed with AND",
        "use `match`",
    ),
]


@pytest.mark.parametrize(("text", "where", "fault", "remedy"), TYPOS)
def test_typo_is_an_error_that_helps(text: str, where: str, fault: str, remedy: str) -> None:
    document = {"plugin": "netcellar.backup.nautobot", **yaml.safe_load(text)}
    with pytest.raises(ConditionError) as caught:
        check(saved_inventory(document).condition, SCHEMA)
    assert caught.value.where == where
    assert str(caught.value).startswith(f"{where}: " if where else "")
    assert fault in caught.value.message
    assert remedy.lower() in str(caught.value).lower()


def test_typos_are_many() -> None:
    assert len(TYPOS) >= 30
