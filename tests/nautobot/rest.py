"""Plain REST, with nothing of Netcellar in it: the other opinion on what Nautobot holds, and on what is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import requests

from tests import oracle

from .estate import CUSTOM_FIELDS

_KINDS = {"tag": "tags", "primary_ip": "address"} | {f"cf_{row['key']}": str(row["type"]) for row in CUSTOM_FIELDS}
_NAMED = {
    "role": "extras/roles",
    "status": "extras/statuses",
    "tenant": "tenancy/tenants",
    "platform": "dcim/platforms",
    "device_type": "dcim/device-types",
    "tags": "extras/tags",
    "location_type": "dcim/location-types",
    "primary_ip": "ipam/ip-addresses",
}


def means(tree: Any, row: dict[str, Any]) -> bool:
    """Whether a tree of conditions means a row of ``Rest.devices``."""
    return oracle.means(tree, row, _KINDS, datetime.now(UTC))


class Rest:
    """One server as one user."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Token {token}"

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of an answer that must be good."""
        answer = self.session.request(method, f"{self.url}/api/{path}/", timeout=120, **options)
        assert answer.ok, answer.text
        return answer.json()

    def all(self, path: str, **filters: Any) -> list[dict[str, Any]]:
        """All rows of a list of at most a thousand."""
        answer = self.ask("GET", path, params={"limit": 1000, "depth": 0, **filters})
        assert answer["next"] is None
        rows: list[dict[str, Any]] = answer["results"]
        return rows

    def devices(self) -> list[dict[str, Any]]:
        """Every device as the oracle takes it: with names in place of references, custom fields beside the others."""
        names = {field: {row["id"]: row for row in self.all(path)} for field, path in _NAMED.items()}
        makers = {row["id"]: row["name"] for row in self.all("dcim/manufacturers")}
        locations = {row["id"]: row for row in self.all("dcim/locations")}
        return [self._device(row, names, makers, locations) for row in self.all("dcim/devices")]

    def _device(self, row: dict[str, Any], names: Any, makers: Any, locations: Any) -> dict[str, Any]:
        def named(field: str) -> Any:
            return names[field][row[field]["id"]]["name"] if row[field] else None

        kind = names["device_type"][row["device_type"]["id"]]
        platform = names["platform"][row["platform"]["id"]] if row["platform"] else {}
        places, here = [], row["location"]
        while here:
            place = locations[here["id"]]
            places.append((place["name"], names["location_type"][place["location_type"]["id"]]["name"], place["id"]))
            here = place["parent"]
        address = row["primary_ip4"] or row["primary_ip6"]
        return {
            "id": row["id"],
            "name": row["name"],
            "serial": row["serial"],
            "asset_tag": row["asset_tag"],
            "role": named("role"),
            "status": named("status"),
            "tenant": named("tenant"),
            "platform": platform.get("name"),
            "network_driver": platform.get("network_driver"),
            "device_type": kind["model"],
            "manufacturer": makers[kind["manufacturer"]["id"]],
            "location": places[::-1],
            "primary_ip": names["primary_ip"][address["id"]]["address"] if address else None,
            "has_primary_ip": bool(address),
            "tag": [names["tags"][tag["id"]]["name"] for tag in row["tags"]],
            **{f"cf_{key}": value for key, value in row["custom_fields"].items()},
        }
