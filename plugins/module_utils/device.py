# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One device as the source of truth describes it, whichever source that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The attributes of a Device that are one text.
TEXTS = (
    "name",
    "id",
    "serial",
    "asset_tag",
    "role",
    "status",
    "tenant",
    "platform",
    "network_driver",
    "device_type",
    "manufacturer",
    "rack",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A location: its name, its location type, and its id where the source has one."""

    name: str
    type: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A row that conditions are evaluated on. Absent values are None (or empty), never "".

    ``location`` is the whole chain, the outermost place first and the device's own place last.
    ``primary_ip`` is an address with or without prefix length. ``custom_fields`` holds the values as the source stores
    them (Nautobot: ``_custom_field_data``), by key without ``cf_``.
    """

    id: str
    name: str | None
    serial: str | None = None
    asset_tag: str | None = None
    location: tuple[Place, ...] = ()
    role: str | None = None
    status: str | None = None
    tenant: str | None = None
    tags: tuple[str, ...] = ()
    platform: str | None = None
    network_driver: str | None = None
    device_type: str | None = None
    manufacturer: str | None = None
    rack: str | None = None
    primary_ip: str | None = None
    custom_fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str | None:
        """The primary address without its prefix length."""
        return self.primary_ip.partition("/")[0] if self.primary_ip else None

    def as_dict(self) -> dict[str, Any]:
        """The shape of the host variable ``netcellar_device``: plain data, as JSON would give it back."""
        # dataclasses.asdict copies every value, which costs 0.1 ms for a device
        values = {name: getattr(self, name) for name in self.__slots__}
        places = [{"name": place.name, "type": place.type, "id": place.id} for place in self.location]
        return {**values, "location": places, "tags": list(self.tags), "custom_fields": dict(self.custom_fields)}
