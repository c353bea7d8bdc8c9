"""Random trees of conditions over the estate, in which every operator of every type has its turn."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from . import estate

VALUES: dict[str, list[Any]] = {
    "role": ["router", "Router", "firewall", "access-switch"],
    "status": ["Active", "Planned", "Decommissioning"],
    "location": ["East", "West", "Springfield", "Köln", "Room 0", {"name": "Springfield", "type": "City"}],
    "location.parent": ["East", "Springfield", "Lyon", {"name": "West", "type": "Region"}],
    "tag": ["backup", "Backup", "core"],
    "tenant": ["Acme", "Globex"],
    "platform": ["Cisco IOS", "FRR", "Juniper Junos"],
    "device_type": ["C9300", "6500", "Linux box"],
    "manufacturer": ["Cisco", "Ciena"],
    "network_driver": ["cisco_ios", "frr"],
    "name": [name for name in estate.HOSTILE if name] + ["dev0500", "DEV0501"],
    "serial": ["SN00011", "sn00012"],
    "asset_tag": ["A-4", "A-40"],
    "primary_ip": ["10.9.0.2", "10.9.1.7", "192.0.2.1"],
    "has_primary_ip": [True, False],
    "cf_site": ["production", "lab", "null site"],
    "cf_cycle": ["daily", "weekly", "monthly"],
    "cf_note": ["Core", "core", "null", "50%_off", "a\\b"],
    "cf_remark": ["Alpha", "alphabet", "ALPHA"],
    "cf_hidden": ["x", "y"],
    "cf_Upper": ["u1", "U1"],
    "cf_slot": [0, 1, 42, -5],
    "cf_managed": [True, False],
    "cf_bought": ["2025-01-01", "2025-01-15", "2025-01-25"],
    "cf_seen": ["2025-06-01T05:00:00Z", "2025-06-02T05:00:00Z"],
    "cf_zones": ["red", "green", "blue"],
    "cf_link": ["https://a.example/"],
    "cf_text_md": ["**bold**", "plain"],
    "cf_facts.n": [1, 2],
    "cf_facts.s": ["abc", "ABD"],
}
_PARTS = {
    "role": ["out", "R", "wall"], "status": ["ann", "A"], "location": ["ring", "K", "room 1"],
    "location.parent": ["ast", "s"], "tenant": ["me", "G"], "platform": ["os", "F"], "device_type": ["0", "box"],
    "manufacturer": ["isc", "C"], "network_driver": ["_", "c"], "name": ["EV01", "dev0", "7"], "serial": ["sn", "9"],
    "asset_tag": ["-1", "a-"], "cf_site": ["LA", "p"], "cf_cycle": ["ly", "d"], "cf_note": ["CORE", "_", "e"],
    "cf_remark": ["pha", "t"], "cf_hidden": ["X"], "cf_Upper": ["u", "1"], "cf_zones": ["r", "e"], "tag": ["b", "E"],
    "cf_link": ["A.ex", "/"], "cf_text_md": ["BOLD", "*"], "cf_facts.s": ["B", "abc"],
}  # fmt: skip
_PATTERNS = ["^[a-mA-M]", "e", "[0-5]$", "(?i)R", "^.{4,9}$", "o|u"]
_EXACT = ["equals", "not_equals", "in", "not_in"]
_SET = ["is_set", "is_empty"]
_TEXT = [*_EXACT, "contains", "not_contains", "starts_with", "ends_with", "matches", *_SET]
_ORDER = ["gt", "gte", "lt", "lte"]
_TIME = [*_EXACT, *_ORDER, "before", "after", "older_than", "newer_than", *_SET]
_AGES = {"cf_bought": ["670d", "95w", "300d"], "cf_seen": ["535d", "77w", "12860h"]}
_NETWORKS = ["10.9.0.0/16", "10.9.1.0/24", "10.9.0.2/32", "10.9.2.128/25", "192.0.2.0/24"]

TYPES: dict[str, tuple[list[str], list[str]]] = {
    "text": (["name", "serial", "asset_tag", "network_driver", "cf_note", "cf_remark", "cf_hidden", "cf_Upper"], _TEXT),
    "url": (["cf_link"], _TEXT),
    "markdown": (["cf_text_md"], _TEXT),
    "named": (["role", "status", "tenant", "platform", "device_type", "manufacturer"], _TEXT),
    "location": (["location", "location.parent"], _TEXT),
    "tags": (["tag"], _TEXT),
    "select": (["cf_site", "cf_cycle"], _TEXT),
    "multi-select": (["cf_zones"], _TEXT),
    "boolean": (["cf_managed", "has_primary_ip"], ["equals", "not_equals", *_SET]),
    "integer": (["cf_slot"], [*_EXACT, *_ORDER, *_SET]),
    "date": (["cf_bought"], _TIME),
    "datetime": (["cf_seen"], _TIME),
    "json number": (["cf_facts.n"], [*_EXACT, *_ORDER, *_SET]),
    "json text": (["cf_facts.s"], _TEXT),
    "address": (["primary_ip"], [*_EXACT, "within", "within_include", *_SET]),
}
"""By type, the fields and operators."""

Pair = tuple[str, str]


class Trees:
    """Trees made with ``dice``; each draws its leaves from a deck of all pairs (type, operator)."""

    def __init__(self, dice: random.Random, pairs: list[Pair]) -> None:
        self.dice = dice
        self.pairs = pairs
        self.deck: list[Pair] = []

    def tree(self, depth: int = 3) -> dict[str, Any]:
        """A tree; what it says is left to chance."""
        shape = self.dice.choice(["leaf", "all", "any", "any", "not"]) if depth else "leaf"
        if shape == "leaf":
            return self.leaf()
        if shape == "not":
            return {"not": self.tree(depth - 1)}
        return {shape: [self.tree(depth - 1) for _ in range(self.dice.randint(2, 3))]}

    def leaf(self) -> dict[str, Any]:
        """A leaf of the next pair."""
        if not self.deck:
            self.deck = self.dice.sample(self.pairs, len(self.pairs))
        kind, operator = self.deck.pop()
        field = self.dice.choice(TYPES[kind][0])
        leaf = {"field": field, "operator": operator}
        return leaf if operator in _SET else {**leaf, "value": self._value(field, operator)}

    def _value(self, field: str, operator: str) -> Any:
        values = VALUES[field]
        if operator in {"in", "not_in"}:
            return self.dice.sample(values, self.dice.randint(1, min(3, len(values))))
        if operator == "matches":
            return self.dice.choice(_PATTERNS)
        if operator.endswith("_than"):
            return self.dice.choice(_AGES[field])
        if operator.startswith("within"):
            return self.dice.choice(_NETWORKS)
        whole = operator.endswith("contains") and field in {"tag", "cf_zones"}
        return self.dice.choice(_PARTS[field] if operator.endswith(("contains", "_with")) and not whole else values)


def trees(count: int, *, datetimes: bool) -> list[dict[str, Any]]:
    """The same trees each time; ``datetimes`` where the server has such custom fields."""
    maker = Trees(random.Random(2026), all_pairs(datetimes=datetimes))
    return [{"all": [maker.tree()]} for _ in range(count)]


def all_pairs(*, datetimes: bool) -> list[Pair]:
    """Every (type, operator) that there is."""
    kinds = [kind for kind in TYPES if datetimes or kind != "datetime"]
    return [(kind, operator) for kind in kinds for operator in TYPES[kind][1]]


def pairs(tree: dict[str, Any]) -> Iterator[Pair]:
    """The (type, operator) of every leaf."""
    if "field" in tree:
        yield next(kind for kind, (fields, _) in TYPES.items() if tree["field"] in fields), tree["operator"]
    for part in tree.get("all", []) + tree.get("any", []) + ([tree["not"]] if "not" in tree else []):
        yield from pairs(part)
