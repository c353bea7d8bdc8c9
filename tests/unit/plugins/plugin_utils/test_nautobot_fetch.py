"""Every device of the answer comes once, whichever chunk it is in, or there is an error."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import Query
from ansible_collections.netcellar.backup.plugins.plugin_utils import nautobot_fetch
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_fetch import rows_of_ids, rows_of_queries
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_wire import NautobotError


class Wire:
    """A server of devices by query; ``hidden`` are never given as rows, ``gone`` vanish after the first ids."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = answers
        self.hidden: set[str] = set()
        self.gone: set[str] = set()
        self.forgets: set[str] = set()
        self.chunks: list[list[str]] = []
        self.lock = Lock()

    def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        with self.lock:
            if document in self.answers:
                return {"devices": [{"id": one} for one in self.answers[document]]}
            if not self.chunks:
                self.answers = {
                    name: [one for one in ids if one not in self.gone] for name, ids in self.answers.items()
                }
            self.chunks.append(variables["ids"])
            given = [one for one in variables["ids"] if one not in self.hidden | self.gone | self.forgets]
            self.forgets = set()
            return {"devices": [{"id": one} for one in given]}


def fetch(wire: Wire) -> list[str]:
    queries = [Query(name, {}) for name in wire.answers]
    return sorted(row["id"] for row in rows_of_queries(wire, queries))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nautobot_fetch, "CHUNK", 3)


def test_answers_are_united_and_each_row_comes_once() -> None:
    wire = Wire(a=["1", "2", "3", "4"], b=["3", "4", "5"])
    assert fetch(wire) == ["1", "2", "3", "4", "5"]
    assert sorted(map(len, wire.chunks)) == [2, 3]


def test_nothing_is_asked_for_no_device() -> None:
    """An empty list of ids would be every device."""
    wire = Wire(a=[])
    assert fetch(wire) == []
    assert rows_of_ids(wire, []) == []  # type: ignore[arg-type]
    assert wire.chunks == []


def test_a_device_that_was_deleted_meanwhile_is_gone() -> None:
    wire = Wire(a=["1", "2", "3"])
    wire.gone = {"2"}
    assert fetch(wire) == ["1", "3"]


def test_a_row_that_was_forgotten_is_asked_for_again() -> None:
    wire = Wire(a=["1", "2", "3"])
    wire.forgets = {"2"}
    assert fetch(wire) == ["1", "2", "3"]


def test_a_row_that_never_comes_is_an_error() -> None:
    wire = Wire(a=["1", "2", "3"])
    wire.hidden = {"2"}
    with pytest.raises(NautobotError, match="listed 3 devices and keeps back 1"):
        fetch(wire)
