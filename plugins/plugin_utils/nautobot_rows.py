# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the rows of Nautobot's answer to devices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..module_utils.device import Device, Place
from ..module_utils.errors import NetcellarError

_REQUIRED: Mapping[str, tuple[str, str]] = {
    "role": ("extras/roles/", "roles"),
    "status": ("extras/statuses/", "statuses"),
    "location": ("dcim/locations/", "locations"),
    "device_type": ("dcim/device-types/", "device types"),
}
"""What every device has in Nautobot, with the REST path and name of the permission to view it."""

_OPTIONAL: Mapping[str, tuple[str, str]] = {
    "platform": ("dcim/platforms/", "platforms"),
    "tenant": ("tenancy/tenants/", "tenants"),
    "rack": ("dcim/racks/", "racks"),
    "tags": ("extras/tags/", "tags"),
    "primary_ip4": ("ipam/ip-addresses/", "IP addresses"),
}


def unproven(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The permissions (REST path, name) that the rows leave in doubt: Nautobot shows what it hides as absent."""
    for column, view in _REQUIRED.items():
        if not all(row[column] for row in rows):
            yield view
    for column, view in _OPTIONAL.items():
        if not any(row[column] for row in rows):
            yield view
    if not any((row["device_type"] or {}).get("manufacturer") for row in rows):
        yield "dcim/manufacturers/", "manufacturers"


def refuse_hidden(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise NetcellarError if a device lacks what it must have: constraints of a permission hide it from the token."""
    for column, (__, what) in _REQUIRED.items():
        if not all(row[column] for row in rows):
            raise _hidden(what)


def _hidden(what: str) -> NetcellarError:
    return NetcellarError(
        f"Nautobot hides the {what} of some devices from the token",
        remedy=f"Give its user the permission to view all {what}",
    )


def places_of(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, tuple[Place, ...]]:
    """The chain of each location, the outermost first, by the location's id."""
    by_id = {row["id"]: row for row in rows}
    chains: dict[str, tuple[Place, ...]] = {}
    for key in by_id:
        _chain(key, by_id, chains)
    return chains


def _chain(key: str, by_id: Mapping[str, Mapping[str, Any]], chains: dict[str, tuple[Place, ...]]) -> tuple[Place, ...]:
    if key not in chains:
        row = by_id.get(key)
        if row is None:
            raise _hidden("locations")
        above = _chain(row["parent"]["id"], by_id, chains) if row["parent"] else ()
        kind = row["location_type"]["name"] if row["location_type"] else None
        chains[key] = (*above, Place(row["name"], kind, key))
    return chains[key]


def devices_of(rows: Iterable[Mapping[str, Any]], places: Mapping[str, tuple[Place, ...]]) -> list[Device]:
    """The devices of rows as ``graphql.ROW`` asks for them, ordered by name and id."""
    found = {row["id"]: _device(row, places) for row in rows}
    return sorted(found.values(), key=lambda device: (device.name or "", device.id))


def _device(row: Mapping[str, Any], places: Mapping[str, tuple[Place, ...]]) -> Device:
    if row["location"]["id"] not in places:
        raise _hidden("locations")
    address = row["primary_ip4"] or row["primary_ip6"] or {}
    kind = row["device_type"] or {}
    return Device(
        id=row["id"],
        name=row["name"] or None,
        serial=row["serial"] or None,
        asset_tag=row["asset_tag"] or None,
        location=places[row["location"]["id"]],
        role=_name(row["role"]),
        status=_name(row["status"]),
        tenant=_name(row["tenant"]),
        tags=tuple(sorted(tag["name"] for tag in row["tags"])),
        platform=_name(row["platform"]),
        network_driver=(row["platform"] or {}).get("network_driver") or None,
        device_type=kind.get("model") or None,
        manufacturer=_name(kind.get("manufacturer")),
        rack=_name(row["rack"]),
        primary_ip=address.get("address") or None,
        custom_fields=row["_custom_field_data"] or {},
    )


def _name(row: Mapping[str, Any] | None) -> str | None:
    return (row or {}).get("name") or None
