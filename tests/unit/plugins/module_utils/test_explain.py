"""Why a device is in or out: the leaf that decided, with what it wanted and what the device had."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import Condition, leaves, parse
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import matches
from ansible_collections.netcellar.backup.plugins.module_utils.explain import Part, explain, explain_leaves
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import plan
from hypothesis import given, settings

from tests.unit.plugins.module_utils.condition_trees import SCHEMA as TREES
from tests.unit.plugins.module_utils.condition_trees import conditions, devices

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_KINDS = {"last_backup": "date", "flag": "boolean", "facts": "json"}
SCHEMA = Schema({key: CustomField(key, kind) for key, kind in _KINDS.items()})
DEVICE = Device(
    "1",
    "r1",
    role="switch",
    location=(Place("Berlin", "City"), Place("DC1", "Room")),
    tags=("core", "edge"),
    custom_fields={"last_backup": "2026-11-20", "flag": False, "facts": {"u": "12", "l": ["a,b", " x", {"k": "null"}]}},
)


def checked(match: Any) -> Condition:
    return check(parse({"match": match}), SCHEMA, NOW)


@pytest.mark.parametrize(
    ("leaf", "sentence"),
    [
        (("role", "equals", "router"), "r1 is out: match: role equals router, but it is switch"),
        (("role", "in", ["switch", "x"]), "r1 is in: match: role in [switch, x], and it is switch"),
        (("serial", "equals", "SN1"), "r1 is out: match: serial equals SN1, but it is empty"),
        (("serial", "is_empty", None), "r1 is in: match: serial is_empty, and it is empty"),
        (("tag", "equals", "x"), "r1 is out: match: tag equals x, but it is core, edge"),
        (
            ("location", "equals", {"name": "Bonn", "type": "City"}),
            "r1 is out: match: location equals Bonn (City), but it is Berlin (City), DC1 (Room)",
        ),
        (
            ("cf_last_backup", "older_than", "2d"),
            "r1 is out: match: cf_last_backup older_than 2d (that is 2026-11-19T12:00:00Z), but it is 2026-11-20",
        ),
        (("cf_flag", "equals", True), "r1 is out: match: cf_flag equals true, but it is false"),
        (("cf_facts.u", "equals", 12), 'r1 is out: match: cf_facts.u equals 12, but it is "12"'),
        (
            ("cf_facts.l", "in", ["a,b", "c"]),
            'r1 is in: match: cf_facts.l in ["a,b", c], and it is "a,b", " x", {"k": "null"}',
        ),
    ],
)
def test_the_sentence(leaf: tuple[str, str, Any], sentence: str) -> None:
    written = {"field": leaf[0], "operator": leaf[1]} | ({} if leaf[2] is None else {"value": leaf[2]})
    assert explain(checked(written), DEVICE).sentence == sentence


def test_every_device_needs_no_reason() -> None:
    assert explain(checked({"all": True}), DEVICE).sentence == "r1 is in: every device is meant"


def test_each_leaf_says_whether_the_server_was_asked() -> None:
    condition = checked(
        {
            "all": [
                {"field": "role", "operator": "equals", "value": "switch"},
                {"not": {"field": "network_driver", "operator": "equals", "value": "x"}},
                {"any": [{"field": "name", "operator": "matches", "value": "^r"}]},
            ]
        }
    )
    found = explain(condition, DEVICE, plan(condition, SCHEMA))
    assert [(part.where, part.way, part.holds) for part in findings(found.tree)] == [
        ("match.all[0]", "pushed", True),
        ("match.all[1].not", "local", False),
        ("match.all[2].any[0]", "local", True),
    ]
    assert [part.way for part in findings(explain(condition, DEVICE).tree)] == ["", "", ""]
    assert (found.tree.kind, [item.kind for item in found.tree.items]) == ("all", ["leaf", "not", "any"])


def test_what_each_leaf_matches_by_itself() -> None:
    role = {"field": "role", "operator": "equals", "value": "switch"}
    condition = checked({"any": [role, {"field": "tenant", "operator": "is_set"}]})
    rows = [DEVICE, Device("2", "b", role="switch", tenant="Acme"), Device("3", "c")]
    found = explain_leaves(condition, iter(rows), plan(condition, SCHEMA))
    assert [(row.where, row.way, row.matched, row.of) for row in found] == [
        ("match.any[0]", "pushed", 2, 3),
        ("match.any[1]", "pushed", 1, 3),
    ]


def findings(part: Part) -> list[Any]:
    own = [part.finding] if part.finding else []
    return own + [found for item in part.items for found in findings(item)]


@given(devices(), conditions())
@settings(max_examples=60, deadline=None)
def test_the_explanation_agrees_with_the_decision(found: tuple[Device, ...], condition: Condition) -> None:
    planned = plan(condition, TREES)
    for device in found[:3]:
        explanation = explain(condition, device, planned)
        assert explanation.matched is explanation.tree.holds is matches(condition, device)
        assert [part.where for part in findings(explanation.tree)] == [leaf.where for leaf in leaves(condition)]
        assert json.loads(json.dumps(explanation.as_dict()))["matched"] is explanation.matched
        if explanation.decided:
            assert explanation.decided in findings(explanation.tree)
