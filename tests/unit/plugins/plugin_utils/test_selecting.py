"""From a condition to devices, with a Nautobot whose workers do not all know the same fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import Condition, parse
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import Query
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_wire import RefusedError
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError, ask_nautobot

DEVICES = [
    Device("1", "a", role="router", custom_fields={"site": "production"}),
    Device("2", "b", role="router", custom_fields={"site": "lab"}),
]
SITE = CustomField("site", "select", "exact", ("production", "lab"))


class Server:
    """Answers every query with all devices; ``refusals`` come first."""

    def __init__(self, *refusals: str) -> None:
        self.refusals = list(refusals)
        self.queries: list[Query] = []
        self.schemas = 0

    def schema(self) -> Schema:
        self.schemas += 1
        return Schema({"site": SITE}, {"cf_site": "[String]", "role": "[String]"})

    def known_names(self, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        return {field: {"router", "switch"} for field in wanted}

    def devices(self, *queries: Query) -> list[Device]:
        self.queries += queries
        if self.refusals:
            raise RefusedError(self.refusals.pop(0))
        return DEVICES


def select(server: Server, *leaves: tuple[str, str, Any]) -> list[str]:
    found = ask_nautobot(server, condition(*leaves)).decided()  # type: ignore[arg-type]
    return [device.id for device in found.devices]


def condition(*leaves: tuple[str, str, Any]) -> Condition:
    items = [{"field": field, "operator": operator, "value": value} for field, operator, value in leaves]
    return parse({"match": {"all": items}})


def test_the_client_decides() -> None:
    assert select(Server(), ("role", "equals", "router"), ("cf_site", "equals", "lab")) == ["2"]


@pytest.mark.parametrize(
    "refusal",
    [
        "Unknown argument 'cf_site' on field 'Query.devices'.",
        'Unknown argument "cf_site" on field "devices" of type "Query".',
        "{'cf_site': ['Unknown filter field']}",
    ],
)
def test_a_worker_that_does_not_know_the_field_costs_nothing(refusal: str) -> None:
    server = Server(refusal)
    assert select(server, ("cf_site", "equals", "lab")) == ["2"]
    assert "cf_site" in server.queries[0].document
    assert "cf_site" not in server.queries[1].document


@pytest.mark.parametrize("refusal", ["Unknown argument 'role' on field", "{'role': ['Select a valid choice.']}"])
def test_another_refusal_is_an_error(refusal: str) -> None:
    with pytest.raises(RefusedError):
        select(Server(refusal), ("role", "equals", "router"))


def test_a_name_that_does_not_exist() -> None:
    server = Server()
    with pytest.raises(NetcellarError, match='Did you mean "router"'):
        select(server, ("role", "not_equals", "ruoter"))
    assert server.queries == []


def test_no_device() -> None:
    with pytest.raises(NoDevicesError):
        select(Server(), ("role", "equals", "switch"))


def test_the_schema_is_asked_for_only_with_custom_fields() -> None:
    server = Server()
    select(server, ("role", "equals", "router"))
    assert server.schemas == 0


def test_a_dynamic_group_that_does_not_exist() -> None:
    with pytest.raises(NetcellarError, match=r"dynamic_group: there is no dynamic group 'rooter'\. Did"):
        ask_nautobot(Server(), parse({"match": {"all": True}}), "rooter")  # type: ignore[arg-type]
