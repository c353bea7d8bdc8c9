"""Dates in a real Nautobot: what changes is written, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from netcellar.demo.nautobot import Release, Server

from .releases import OLD, on_every_version
from .rest import Rest

pytestmark = on_every_version

MORNING = "2026-11-20T06:30:00Z"
GONE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="session")
def nautobot(server: Server) -> Nautobot:
    return Nautobot(server.url, server.token)


def value(rest: Rest, device: str, key: str) -> Any:
    return rest.ask("GET", f"dcim/devices/{device}")["custom_fields"][key]


def changes(rest: Rest, device: str) -> int:
    answer = rest.ask("GET", "extras/object-changes", params={"changed_object_id": device, "limit": 1})
    return int(answer["count"])


@pytest.mark.parametrize(
    "field",
    [("last_backup", 100, ""), ("last_backup_at", 120, MORNING[10:]), ("last_backup_text", 140, MORNING[10:])],
)
def test_a_date_is_written_once(
    nautobot: Nautobot, rest: Rest, rows: list[dict[str, Any]], release: Release, field: tuple[str, int, str]
) -> None:
    key, number, time = field
    if release == OLD and key == "last_backup_at":
        return  # 2.4 has no datetime
    devices = [row["id"] for row in rows[number : number + 3]]
    before = changes(rest, devices[0])
    first = nautobot.stamp(key, [(device, MORNING) for device in devices])
    assert (sorted(first.updated), first.failed) == (sorted(devices), {})
    assert [value(rest, device, key) for device in devices] == [f"2026-11-20{time}"] * 3
    again = nautobot.stamp(key, [(device, MORNING) for device in devices])
    assert (again.updated, sorted(again.unchanged)) == ([], sorted(devices))
    older = nautobot.stamp(key, [(devices[0], "2026-11-19T23:00:00Z")])
    assert older.unchanged == [devices[0]]
    assert changes(rest, devices[0]) == before + 1
    assert nautobot.stamp(key, [(devices[0], "2026-11-21T06:30:00Z")]).updated == [devices[0]]
    assert value(rest, devices[0], key) == f"2026-11-21{time}"
    site = next(row["cf_site"] for row in rows if row["id"] == devices[0])
    assert value(rest, devices[0], "site") == site


def test_a_device_that_is_gone_does_not_cost_the_others(
    nautobot: Nautobot, rest: Rest, rows: list[dict[str, Any]]
) -> None:
    device = rows[160]["id"]
    result = nautobot.stamp("last_backup", [(GONE, MORNING), ("router-1", MORNING), (device, MORNING)])
    assert result.updated == [device]
    assert result.unknown == set(result.failed) == {GONE, "router-1"}


def test_each_device_has_its_own_date(nautobot: Nautobot, rest: Rest, rows: list[dict[str, Any]]) -> None:
    first, second = (row["id"] for row in rows[170:172])
    nautobot.stamp("last_backup", [(first, "2026-11-18T01:00:00Z"), (second, "2026-11-19T01:00:00Z")])
    assert value(rest, first, "last_backup") == "2026-11-18"
    assert value(rest, second, "last_backup") == "2026-11-19"


@pytest.mark.parametrize(("key", "says"), [("last_bakcup", 'Did you mean "last_backup"'), ("slot", "type integer")])
def test_a_field_that_cannot_take_a_date(nautobot: Nautobot, rows: list[dict[str, Any]], key: str, says: str) -> None:
    with pytest.raises(NetcellarError, match=says):
        nautobot.stamp(key, [(rows[0]["id"], MORNING)])


@pytest.mark.changes_definitions
def test_a_value_that_a_device_may_not_have(nautobot: Nautobot, rest: Rest, rows: list[dict[str, Any]]) -> None:
    """Nautobot refuses the whole chunk for it; the others are written all the same."""
    field = {"key": "picky", "label": "picky", "type": "text", "content_types": ["dcim.device"]}
    rest.ask("POST", "extras/custom-fields", json=field | {"validation_regex": "^never$"})
    result = nautobot.stamp("picky", [(row["id"], MORNING) for row in rows[180:182]])
    assert len(result.failed) == 2
    assert all("refused" in message for message in result.failed.values())
    assert not result.unknown


def test_a_token_that_may_nothing(server: Server, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(NetcellarError, match="no permission to view custom fields"):
        Nautobot(server.url, server.powerless_token).stamp("last_backup", [(rows[0]["id"], MORNING)])
