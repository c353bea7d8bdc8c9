"""The meaning of conditions once more, in few words and on REST rows, and random conditions to try it on."""

from __future__ import annotations

import random
from typing import Any

from . import estate

VALUES: dict[str, list[Any]] = {
    "role": ["router", "Router", "firewall", "access-switch"],
    "status": ["Active", "Planned", "Decommissioning"],
    "location": ["East", "West", "Springfield", "Köln", "Room 0"],
    "tag": ["backup", "Backup", "core"],
    "tenant": ["Acme", "Globex"],
    "platform": ["Cisco IOS", "FRR", "Juniper Junos"],
    "device_type": ["C9300", "6500", "Linux box"],
    "manufacturer": ["Cisco", "Ciena"],
    "network_driver": ["cisco_ios", "frr"],
    "name": [name for name in estate.HOSTILE if name] + ["dev0500", "DEV0501"],
    "serial": ["SN00011", "sn00012"],
    "asset_tag": ["A-4", "A-40"],
    "has_primary_ip": [True, False],
    "cf_site": ["production", "lab", "null site"],
    "cf_cycle": ["daily", "weekly", "monthly"],
    "cf_note": ["Core", "core", "null", "50%_off", "a\\b"],
    "cf_remark": ["Alpha", "alphabet", "ALPHA"],
    "cf_hidden": ["x", "y"],
    "cf_Upper": ["u1", "U1"],
    "cf_slot": [0, 1, 42, -5],
    "cf_managed": [True, False],
    "cf_bought": ["2025-01-01", "2025-01-15"],
    "cf_zones": ["red", "green", "blue"],
    "cf_link": ["https://a.example/"],
    "cf_text_md": ["**bold**", "plain"],
}
PARTS = {"role": "out", "location": "ring", "name": "EV01", "cf_note": "CORE", "cf_remark": "pha", "cf_site": "LA"}
LISTS = {"location", "tag", "cf_zones"}
EXACT = {"has_primary_ip", "cf_managed", "cf_slot", "cf_bought"}


def means(condition: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a row is meant."""
    if "all" in condition:
        return all(means(item, row) for item in condition["all"])
    if "any" in condition:
        return any(means(item, row) for item in condition["any"])
    return not means(condition["not"], row) if "not" in condition else _holds(condition, row)


def _holds(condition: dict[str, Any], row: dict[str, Any]) -> bool:
    field, operator, value = condition["field"], condition["operator"], condition["value"]
    if operator.startswith("not_"):
        positive = {"not_equals": "equals", "not_in": "in", "not_contains": "contains"}[operator]
        return not _holds(condition | {"operator": positive}, row)
    has = row.get(field)
    values = [one for one in (has if isinstance(has, list) else [has]) if one not in (None, "")]
    if operator == "in":
        return any(one == wanted for one in values for wanted in value)
    if operator == "contains" and field not in {"tag", "cf_zones"}:
        return any(value.lower() in one.lower() for one in values)
    return any(one == value for one in values)


def random_condition(dice: random.Random, depth: int = 3) -> dict[str, Any]:
    """A random tree of conditions over ``VALUES``."""
    shape = dice.choice(["leaf", "leaf", "all", "all", "any", "not"]) if depth else "leaf"
    if shape == "leaf":
        return _random_leaf(dice)
    if shape == "not":
        return {"not": random_condition(dice, depth - 1)}
    return {shape: [random_condition(dice, depth - 1) for _ in range(dice.randint(1, 3))]}


def _random_leaf(dice: random.Random) -> dict[str, Any]:
    field = dice.choice(list(VALUES))
    operators = ["equals", "not_equals"]
    if field not in {"has_primary_ip", "cf_managed"}:
        operators += ["in", "not_in"]
    if field not in EXACT:
        operators += ["contains", "not_contains"]
    operator = dice.choice(operators)
    value = dice.choice(VALUES[field])
    if operator in {"in", "not_in"}:
        value = dice.sample(VALUES[field], dice.randint(1, min(3, len(VALUES[field]))))
    elif operator.endswith("contains") and field in PARTS and dice.random() < 0.7:
        value = PARTS[field]
    return {"field": field, "operator": operator, "value": value}
