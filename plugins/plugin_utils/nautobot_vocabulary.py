# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The names that Nautobot knows of roles, locations, tags and the like, for the check of a condition's vocabulary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .nautobot_wire import Wire

DYNAMIC_GROUP = "dynamic_group"


@dataclass(frozen=True, slots=True)
class Words:
    """Where the names of a field are: the GraphQL list, the attribute in it, and the REST path of its permission."""

    query: str
    path: str
    attribute: str = "name"

    @property
    def plural(self) -> str:
        """What they are called in a message."""
        return self.query.replace("_", " ")


WORDS: Mapping[str, Words] = {
    "role": Words("roles", "extras/roles/"),
    "status": Words("statuses", "extras/statuses/"),
    "tag": Words("tags", "extras/tags/"),
    "tenant": Words("tenants", "tenancy/tenants/"),
    "platform": Words("platforms", "dcim/platforms/"),
    "device_type": Words("device_types", "dcim/device-types/", "model"),
    "manufacturer": Words("manufacturers", "dcim/manufacturers/"),
    "rack": Words("racks", "dcim/racks/"),
    "location": Words("locations", "dcim/locations/"),
    "location_type": Words("location_types", "dcim/location-types/"),
    DYNAMIC_GROUP: Words("dynamic_groups", "extras/dynamic-groups/"),
}


def known_names(wire: Wire, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The names of each wanted field, asked for at once; of locations also those of the wanted that are their ids.

    Raises NautobotError where a list is empty because the token may not view it.
    """
    if not wanted:
        return {}
    parts = (f"{field}: {WORDS[field].query} {{ id name: {WORDS[field].attribute} }}" for field in sorted(wanted))
    answer = wire.graphql(f"{{ {' '.join(parts)} }}")
    return {field: _names(wire, field, rows, wanted[field]) for field, rows in answer.items()}


def _names(wire: Wire, field: str, rows: list[dict[str, Any]], wanted: Collection[str]) -> set[str]:
    if not rows:
        wire.prove(WORDS[field].path, WORDS[field].plural)
    names = {row["name"] for row in rows if row["name"]}
    if field == "location":
        names |= {row["id"] for row in rows if row["id"] in wanted}
    return names
