"""Random trees on the real servers: what we select is what a naive look at every REST row selects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import parse
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.fields import Schema
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import Query
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_fetch import ids_of_queries
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_wire import Wire
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError, ask_nautobot
from netcellar.demo.nautobot import Release, Server

from .releases import OLD, on_every_version
from .rest import means
from .trees import all_pairs, pairs, trees

pytestmark = on_every_version

SAMPLE, ALL, AT_ONCE = 40, 500, 10


class Remembering(Nautobot):
    """Asks the server which devices a query means each time, and for what does not change only once."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.url, server.token)
        self.wire = Wire(server.url, server.token)
        self.names: dict[str, set[str]] = {}

    @cached_property
    def everything(self) -> dict[str, Device]:
        every = Query("{ devices { id } }", {})
        return {device.id: device for device in Nautobot.devices(self, every)}

    @cached_property
    def known(self) -> Schema:
        return super().schema()

    def schema(self) -> Schema:
        return self.known

    def known_names(self, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        new = {field: names for field, names in wanted.items() if field not in self.names}
        self.names |= super().known_names(new)
        return self.names

    def devices(self, *queries: Query) -> list[Device]:
        return [self.everything[key] for key in ids_of_queries(self.wire, queries)]


@pytest.fixture(scope="session")
def remembering(server: Server) -> Nautobot:
    return Remembering(server)


def selected(nautobot: Nautobot, tree: dict[str, Any]) -> set[str]:
    try:
        return {device.id for device in ask_nautobot(nautobot, parse({"match": tree})).decided().devices}
    except NoDevicesError:
        return set()


def compare(nautobot: Nautobot, found: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    for tree in found:
        expected = {row["id"] for row in rows if means(tree, row)}
        assert selected(nautobot, tree) == expected, tree


@pytest.mark.parametrize("start", range(0, SAMPLE, AT_ONCE))
def test_a_sample_of_trees(remembering: Nautobot, release: Release, rows: list[dict[str, Any]], start: int) -> None:
    compare(remembering, trees(SAMPLE, datetimes=release != OLD)[start : start + AT_ONCE], rows)


@pytest.mark.deep
@pytest.mark.parametrize("start", range(SAMPLE, ALL, 2 * AT_ONCE))
def test_all_trees(remembering: Nautobot, release: Release, rows: list[dict[str, Any]], start: int) -> None:
    compare(remembering, trees(ALL, datetimes=release != OLD)[start : start + 2 * AT_ONCE], rows)


def test_the_trees_are_worth_it(release: Release, rows: list[dict[str, Any]]) -> None:
    """Each operator of each type is there five times, and half of the trees mean neither nothing nor everything."""
    found = trees(ALL, datetimes=release != OLD)
    counts = Counter(pair for tree in found for pair in pairs(tree))
    assert set(counts) == set(all_pairs(datetimes=release != OLD))
    assert min(counts.values()) >= 5
    telling = sum(any(means(tree, row) for row in rows) and not all(means(tree, row) for row in rows) for tree in found)
    assert telling >= ALL / 2, telling
