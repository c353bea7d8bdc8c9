# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nautobot, as Netcellar needs it: the one place that asks it and writes to it. Imports no ``ansible.*``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..module_utils.device import Device
from ..module_utils.errors import NetcellarError
from ..module_utils.fields import CustomField, Schema
from ..module_utils.graphql import Query
from ..module_utils.values import like_uuid
from .nautobot_fetch import Row, rows_of_ids, rows_of_queries
from .nautobot_rows import devices_of, places_of, refuse_hidden, unproven
from .nautobot_stamp import Stamper, StampResult
from .nautobot_vocabulary import known_names
from .nautobot_wire import Wire

_ARGUMENTS = '{ __type(name: "Query") { fields { name args { name type { name ofType { name } } } } } }'
_BY_NAME = "query ($names: [String]) { devices(name: $names) { id } }"
_PLACES = "{ locations { id name location_type { name } parent { id } } }"


class Nautobot:
    """One Nautobot server, asked as the user of one token. Every fault is a NetcellarError with its remedy.

    ``verify`` is whether TLS certificates are checked, or a CA file; ``timeout`` the seconds to wait for an answer.
    """

    def __init__(self, url: str, token: str, verify: bool | str = True, timeout: float = 120.0) -> None:
        self._wire = Wire(url, token, verify=verify, timeout=timeout)

    @property
    def url(self) -> str:
        """The server's address, without a slash at its end."""
        return self._wire.url

    def schema(self) -> Schema:
        """The custom fields of devices, and the arguments that the running server's GraphQL knows."""
        rows = self._wire.results("extras/custom-fields/", "custom fields", content_types="dcim.device")
        choices = self._choices() if any(row["type"]["value"] in {"select", "multi-select"} for row in rows) else {}
        fields = {row["key"]: _custom_field(row, choices) for row in rows}
        return Schema(fields, self._arguments())

    def known_names(self, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """The names there are for each field of ``wanted`` (see ``vocabulary.vocabulary``)."""
        return known_names(self._wire, wanted)

    def devices(self, *queries: Query) -> list[Device]:
        """The devices of the queries' united answers, each of them once and none left out (see ``nautobot_fetch``).

        An empty answer, and a column that is empty in every row, is believed only after the permission is proved.
        """
        return self._devices(rows_of_queries(self._wire, queries))

    def devices_by_id(self, ids: Iterable[str]) -> list[Device]:
        """The devices of these ids, as far as Nautobot has them; what is no id of Nautobot's is passed over."""
        return self._devices(rows_of_ids(self._wire, filter(like_uuid, ids)))

    def devices_by_name(self, name: str) -> list[Device]:
        """The devices of this very name. No name is no device, where Nautobot would give all."""
        return self.devices(Query(_BY_NAME, {"names": [name]})) if name.strip() else []

    def _devices(self, rows: Sequence[Row]) -> list[Device]:
        if not rows:
            self._wire.prove("dcim/devices/", "devices")
            return []
        for path, what in unproven(rows):
            self._wire.prove(path, what)
        refuse_hidden(rows)
        return devices_of(rows, places_of(self._wire.graphql(_PLACES)["locations"]))

    def stamp(self, field: str, dates: Iterable[tuple[str, str]]) -> StampResult:
        """Write capture dates into the custom field ``field`` (a key, without ``cf_``) of devices.

        ``dates`` are pairs (device id, ISO 8601 in UTC). A date that is there already, or a newer one, is left alone.
        Raises NetcellarError if the field is not there or cannot hold a date, before anything is written.
        """
        return Stamper(self._wire, field).stamp(dates)

    def _choices(self) -> Mapping[str, list[str]]:
        choices: dict[str, list[str]] = {}
        for row in self._wire.results("extras/custom-field-choices/", "custom field choices", depth=0):
            choices.setdefault(row["custom_field"]["id"], []).append(row["value"])
        return choices

    def _arguments(self) -> Mapping[str, str]:
        fields = self._wire.graphql(_ARGUMENTS)["__type"]["fields"]
        devices = next((field for field in fields if field["name"] == "devices"), None)
        if devices is None:
            raise NetcellarError("this Nautobot's GraphQL does not know devices", remedy="Check NAUTOBOT_URL")
        return {argument["name"]: _type_name(argument["type"]) for argument in devices["args"]}


def _type_name(kind: Mapping[str, Any]) -> str:
    return str(kind["name"]) if kind["name"] else f"[{kind['ofType']['name']}]"


def _custom_field(row: Mapping[str, Any], choices: Mapping[str, list[str]]) -> CustomField:
    kind = row["type"]["value"]
    allowed = tuple(choices.get(row["id"], ())) if kind in {"select", "multi-select"} else None
    return CustomField(row["key"], kind, row["filter_logic"]["value"], allowed)
