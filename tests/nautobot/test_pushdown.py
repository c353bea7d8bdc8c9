"""Whatever is asked of a real Nautobot, of every operator on every type, its answer loses no device that is meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import Condition, Everything, Leaf, Not
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.evaluate import predicate
from ansible_collections.netcellar.backup.plugins.module_utils.field_table import ALLOWED, FIELDS, LISTS, kind_of
from ansible_collections.netcellar.backup.plugins.module_utils.fields import Schema, check
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import Plan, plan
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from netcellar.demo.nautobot import Server

from .estate import COUNT
from .naive import VALUES
from .releases import on_every_version
from .rest import Rest

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
MOMENTS = ["2025-06-01T05:00:00Z", "2025-06-01T07:00:00+02:00", "2025-05-31T23:00:00Z", "2024-01-01T00:00:00Z"]
OWN: dict[str, list[Any]] = VALUES | {
    "location": [*VALUES["location"], {"name": "Springfield", "type": "City"}],
    "location.parent": ["East", "Köln", {"name": "West", "type": "Region"}],
    "primary_ip": ["10.9.0.2", "10.9.1.77"],
    "cf_seen": MOMENTS,
    "cf_facts.n": [1, 2],
}
SPECIAL: dict[str, list[Any]] = {
    "text": ["Ber", "or", "1", "50%", "a\\b", "_", "CORE", "SN0"],
    "pattern": ["^dev0", "1$", "(?i)CORE"],
    "duration": ["1w", "12h", "2d"],
    "prefix": ["10.9.0.0/24", "10.9.0.2/32", "0.0.0.0/0"],
    "moment": ["2025-06-01", *MOMENTS],
    "number": [0, 1, 1.5],
    "nothing": [None],
}


@pytest.fixture(scope="session")
def nautobot(server: Server) -> Nautobot:
    return Nautobot(server.url, server.token)


@pytest.fixture(scope="session")
def devices(nautobot: Nautobot) -> list[Device]:
    return nautobot.devices(*plan(Everything(), Schema()).queries)


@pytest.fixture(scope="session")
def schema(nautobot: Nautobot) -> Schema:
    return nautobot.schema()


def leaves_of(field: str, schema: Schema, every_value: bool) -> Iterator[Condition]:
    """Leaves of every operator that the field takes, each also negated, with one of the values or with all."""
    kind = schema.type_of(Leaf(field, "equals", None))
    for operator in ALLOWED[kind]:
        wanted = kind_of(kind, operator)
        values = OWN[field] if wanted == kind else SPECIAL[wanted]
        written = [tuple(values[:1]), tuple(values[:2]), tuple(values)] if operator in LISTS else values
        for value in written if every_value else written[-1:]:
            leaf = check(Leaf(field, operator, value, "match"), schema, NOW)
            yield leaf
            yield Not(leaf)


def answer(rest: Rest, asked: Plan, known: dict[str, set[str]]) -> set[str]:
    """The ids that a plan's queries find; a query that was asked before is not asked again."""
    found: set[str] = set()
    for query in asked.queries:
        key = f"{query.ids} {query.variables}"
        if key not in known:
            body = {"query": query.ids, "variables": query.variables}
            known[key] = {row["id"] for row in rest.ask("POST", "graphql", json=body)["data"]["devices"]}
        found |= known[key]
    return found


@on_every_version
@pytest.mark.parametrize("field", sorted({*OWN, *FIELDS} - {"id", "rack"}))
def test_no_device_is_lost(rest: Rest, devices: list[Device], schema: Schema, field: str, deep: bool) -> None:
    if field not in FIELDS and schema.custom(field) is None:
        return  # 2.4 has no datetime
    known: dict[str, set[str]] = {}
    assert len(devices) == COUNT
    for condition in leaves_of(field, schema, deep):
        asked = plan(condition, schema)
        if all(query.variables for query in asked.queries):
            holds = predicate(condition)
            wanted = {device.id for device in devices if holds(device)}
            assert wanted <= answer(rest, asked, known), asked
