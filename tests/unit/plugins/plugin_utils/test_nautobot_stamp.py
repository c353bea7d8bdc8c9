"""A date is written only where it changes, and every device is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils import nautobot_stamp
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_stamp import Stamper
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_wire import NautobotError, RefusedError

NOON = "2026-11-20T12:00:00Z"
TYPES = {"day": "date", "moment": "datetime", "words": "text", "count": "integer"}


def device(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


class Desk:
    """Nautobot's behaviour as measured: bulk writes are all or nothing, unknown ids and keys are passed over."""

    def __init__(self, values: Mapping[str, Any], poison: Sequence[str] = (), locked: Sequence[str] = ()) -> None:
        self.values = {key: {"day": value, "moment": value, "words": value} for key, value in values.items()}
        self.poison = poison
        self.locked = locked
        self.writes: list[list[str]] = []
        self.fault: NautobotError | None = None
        self.forgets = False

    def results(self, path: str, what: str, **_: Any) -> list[dict[str, Any]]:
        assert path == "extras/custom-fields/"
        return [{"key": key, "type": {"value": kind}} for key, kind in TYPES.items()]

    def prove(self, path: str, what: str) -> None:
        raise NautobotError(f"the token has no permission to view {what}", status=403)

    def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        assert variables["ids"], "an empty list of ids means every device"
        return {
            "devices": [
                {"id": key, "_custom_field_data": self.values[key]} for key in variables["ids"] if key in self.values
            ]
        }

    def patch(self, path: str, body: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.fault:
            raise self.fault
        self.writes.append([row["id"] for row in body])
        if any(row["id"] in self.poison for row in body):
            raise RefusedError("Nautobot refused the request: bad value", status=400)
        done = [row for row in body if row["id"] in self.values and row["id"] not in self.locked]
        return [{"id": row["id"], "custom_fields": {} if self.forgets else row["custom_fields"]} for row in done]


def stamper(desk: Desk, key: str = "day") -> Stamper:
    return Stamper(desk, key)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "present", "written"),
    [
        ("day", None, True),
        ("day", "2026-11-19", True),
        ("day", "2026-11-20", False),
        ("day", "2026-11-21", False),
        ("moment", "2026-11-20T11:59:59Z", True),
        ("moment", "2026-11-20T12:00:00Z", False),
        ("moment", "2026-11-20T12:00:00+00:00", False),
        ("moment", "2026-11-20T14:30:00+02:00", False),
        ("words", "never", True),
        ("words", 5, True),
        ("words", "2026-11-20T13:00:00Z", False),
    ],
)
def test_only_what_changes_is_written(field: str, present: Any, written: bool) -> None:
    desk = Desk({device(1): present})
    result = stamper(desk, field).stamp([(device(1), NOON)])
    assert result.updated == ([device(1)] if written else [])
    assert result.unchanged == ([] if written else [device(1)])
    assert desk.writes == ([[device(1)]] if written else [])


def test_the_newest_of_several_dates_counts() -> None:
    desk = Desk({device(1): "2026-11-19"})
    result = stamper(desk).stamp([(device(1), NOON), (device(1), "2026-11-18T00:00:00Z")])
    assert result.updated == [device(1)]


def test_a_date_is_the_day_in_utc() -> None:
    desk = Desk({device(1): "2026-11-20"})
    assert stamper(desk).stamp([(device(1), "2026-11-21T00:30:00+02:00")]).unchanged == [device(1)]


def test_one_bad_device_does_not_cost_the_others() -> None:
    desk = Desk({device(number): None for number in range(4)}, poison=[device(2)])
    result = stamper(desk).stamp([(device(number), NOON) for number in range(4)])
    assert result.updated == [device(0), device(1), device(3)]
    assert "bad value" in result.failed[device(2)]


def test_what_is_not_in_the_answer_has_failed() -> None:
    desk = Desk({device(1): None, device(2): None}, locked=[device(2)])
    result = stamper(desk).stamp([(device(1), NOON), (device(2), NOON)])
    assert result.updated == [device(1)]
    assert set(result.failed) == {device(2)}
    assert not result.unknown


def test_a_value_that_was_dropped_has_failed() -> None:
    desk = Desk({device(1): None})
    desk.forgets = True
    assert "did not keep" in stamper(desk).stamp([(device(1), NOON)]).failed[device(1)]


def test_devices_that_nautobot_does_not_know() -> None:
    desk = Desk({device(1): None})
    result = stamper(desk).stamp([(device(1), NOON), (device(9), NOON), ("a-host-name", NOON)])
    assert result.updated == [device(1)]
    assert result.unknown == set(result.failed) == {device(9), "a-host-name"}


def test_no_permission_is_not_taken_for_unknown_devices() -> None:
    with pytest.raises(NautobotError, match="no permission to view devices"):
        stamper(Desk({})).stamp([(device(1), NOON)])


def test_a_fault_of_the_server_is_not_met_again_for_each_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nautobot_stamp, "WRITE_CHUNK", 2)
    desk = Desk({device(number): None for number in range(5)})
    desk.fault = NautobotError("Nautobot cannot be reached")
    result = stamper(desk).stamp([(device(number), NOON) for number in range(5)])
    assert len(result.failed) == 5
    assert not result.updated


def test_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nautobot_stamp, "WRITE_CHUNK", 2)
    desk = Desk({device(number): None for number in range(5)})
    assert len(stamper(desk).stamp([(device(number), NOON) for number in range(5)]).updated) == 5
    assert [len(write) for write in desk.writes] == [2, 2, 1]


def test_nothing_to_stamp_asks_nothing() -> None:
    desk = Desk({device(1): None})
    assert stamper(desk).stamp([]).updated == []
    assert desk.writes == []


@pytest.mark.parametrize(("key", "says"), [("dya", 'Did you mean "day"'), ("count", "cannot hold a date")])
def test_the_field_is_checked_first(key: str, says: str) -> None:
    with pytest.raises(NetcellarError, match=says):
        stamper(Desk({}), key)
