"""When a job is due: cron on the clocks of a zone, distances, single moments, windows, and clocks that change."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from netcellar.schedule import EPOCH, Cron, Every, Once, cron_fault, in_utc
from netcellar.window import DAYS, Window

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")


def cron(expression: str, begin: str, end: str, zone: ZoneInfo = BERLIN) -> list[str]:
    found = Cron(expression, zone).due(datetime.fromisoformat(begin), datetime.fromisoformat(end))
    return [moment.isoformat(timespec="minutes") for moment in found]


def test_cron_is_on_the_clocks_of_its_zone() -> None:
    summer = cron("30 2 * * *", "2026-07-01", "2026-07-02T01:00")
    winter = cron("30 2 * * *", "2026-12-01", "2026-12-02T01:00")
    assert (summer, winter) == (["2026-07-01T00:30", "2026-07-02T00:30"], ["2026-12-01T01:30"])


@pytest.mark.parametrize(
    ("expression", "begin", "end", "due"),
    [
        # 2027-03-28: 02:00 to 03:00 is left out
        ("30 2 * * *", "2027-03-27T12:00", "2027-03-29T12:00", ["2027-03-28T01:00", "2027-03-29T00:30"]),
        ("15,45 2 * * *", "2027-03-27T12:00", "2027-03-28T12:00", ["2027-03-28T01:00"]),
        ("30 * * * *", "2027-03-28T00:00", "2027-03-28T02:00", ["2027-03-28T00:30", "2027-03-28T01:30"]),
        # 2027-10-31: 02:00 to 03:00 comes twice
        ("30 2 * * *", "2027-10-30T12:00", "2027-11-01T12:00", ["2027-10-31T00:30", "2027-11-01T01:30"]),
        ("30 * * * *", "2027-10-31T00:00", "2027-10-31T02:00", ["2027-10-31T00:30", "2027-10-31T01:30"]),
        ("*/30 2 * * *", "2027-10-30T12:00", "2027-10-31T12:00",
         ["2027-10-31T00:00", "2027-10-31T00:30", "2027-10-31T01:00", "2027-10-31T01:30"]),
    ],
)  # fmt: skip
def test_the_hours_of_a_change_of_the_clocks(expression: str, begin: str, end: str, due: list[str]) -> None:
    assert cron(expression, begin, end) == due


def test_after_is_outside_and_until_inside() -> None:
    assert cron("0 3 * * *", "2026-01-01T03:00", "2026-01-02T03:00", UTC) == ["2026-01-02T03:00"]
    assert cron("0 3 * * *", "2026-01-01T03:00:30", "2026-01-02T02:59", UTC) == []


def test_a_distance_counts_from_its_start_and_knows_no_clocks() -> None:
    day = datetime(2027, 3, 28)
    every = Every(timedelta(hours=6))
    assert [moment.hour for moment in every.due(day, day + timedelta(days=1))] == [6, 12, 18, 0]
    later = Every(timedelta(hours=6), day + timedelta(hours=1))
    assert next(later.due(EPOCH, day + timedelta(days=1))) == day + timedelta(hours=1)


def test_once() -> None:
    at = datetime(2026, 12, 1, 2)
    once = Once(at, BERLIN)
    assert list(once.due(at - timedelta(days=1), at)) == [at]
    assert list(once.due(at, at + timedelta(days=9))) == []
    assert once.words == "once at 2026-12-01 03:00 CET"


def test_moments_on_the_clocks() -> None:
    assert in_utc(datetime(2027, 3, 28, 2, 30), BERLIN) is None
    assert in_utc(datetime(2027, 10, 31, 2, 30), BERLIN) == datetime(2027, 10, 31, 0, 30)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * *", "must have five fields"),
        ("* * * * * *", "must have five fields"),
        ("@daily", "must have five fields"),
        ("61 * * * *", "bad minute"),
        ("0 0 31 2 *", "bad day-of-month"),
        ("0 24 * * *", "bad hour"),
        ("0 0 * * mons", "bad day-of-week"),
        ("30 2 * * *", None),
        ("0 0 29 2 *", None),
        ("0 0 * * MON-FRI", None),
    ],
)
def test_cron_faults(expression: str, words: str | None) -> None:
    found = cron_fault(expression)
    assert found is None if words is None else words in str(found)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T20:59", False),  # a Friday, 21:59 in Berlin
        ("2026-11-20T21:00", True),
        ("2026-11-21T04:59", True),  # the window of Friday goes on
        ("2026-11-21T05:00", False),
        ("2026-11-21T21:30", False),  # it opens on no Saturday
        ("2026-11-22T02:00", False),
    ],
)
def test_a_window_over_midnight(moment: str, is_open: bool) -> None:
    window = Window(time(22), time(6), BERLIN, ("mon", "fri"))
    assert window.is_open(datetime.fromisoformat(moment)) is is_open
    assert str(window) == "22:00-06:00 Europe/Berlin, mon fri"


def test_a_window_within_a_day() -> None:
    window = Window(time(9), time(17), UTC)
    assert window.days == DAYS
    day = datetime(2026, 11, 22)
    assert [hour for hour in range(24) if window.is_open(day + timedelta(hours=hour))] == list(range(9, 17))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", "2027-03-28"),
        ("Europe/Berlin", "2027-10-31"),
        ("America/Havana", "2027-11-07"),  # at midnight
        ("Australia/Lord_Howe", "2027-04-04"),  # by half an hour
    ],
)
@pytest.mark.parametrize(
    "expression",
    ["30 2 * * *", "0 2,3 * * *", "15,45 1-3 * * *", "*/30 * * * *", "0 * * * *", "*/20 2 * * *", "0 */2 * * *"],
)
def test_wherever_one_begins_to_look_the_slots_are_the_same(expression: str, zone: str, day: str) -> None:
    begin = datetime.fromisoformat(day) - timedelta(hours=18)
    end = begin + timedelta(hours=36)
    cron = Cron(expression, ZoneInfo(zone))
    whole = list(cron.due(begin, end))
    assert whole == sorted(set(whole))
    for minutes in range(0, 36 * 60, 10):
        cut = begin + timedelta(minutes=minutes, seconds=7)
        assert list(cron.due(cut, end)) == [moment for moment in whole if moment > cut], cut
