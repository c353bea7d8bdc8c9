"""The keys of a job that say when it runs: ``schedule``, ``window`` and ``rounds``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .fields import Duration, Field, Fields, Flag, Number, Schema, Text, read_fields, schema_of
from .reading import Section, near_miss
from .schedule import EPOCH, Cron, Every, Once, Schedule, Timetable, cron_fault, in_utc
from .window import DAYS, Window

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
ZONE = "an IANA time zone such as Europe/Berlin; without it UTC"
LEAST = timedelta(minutes=1)
WAYS = ("cron", "every", "at")
SCHEDULE: Fields = {
    "cron": Field(Text(), "five fields: minute, hour, day of month, month, day of week"),
    "every": Field(Duration(), "a distance such as 6h, at least 1m; counted in UTC"),
    "at": Field(Text(), "one moment, such as 2026-12-01T03:00"),
    "starting": Field(Text(), "with every: the moment it is counted from"),
    "timezone": Field(Text(), ZONE),
    "catch_up": Field(Flag(True), "whether a missed slot runs once when a scheduler is there again"),
}
WINDOW: Fields = {
    "from": Field(Text(), "a time of the day, such as 22:00", required=True),
    "to": Field(Text(), "a time of the day; up to from, it is that of the next day", required=True),
    "timezone": Field(Text(), ZONE),
    "days": Field(Text(), "the days on which it opens, such as mon tue wed thu fri"),
}
ROUNDS: Fields = {
    "count": Field(Number(1, 10), "how many times at most", required=True),
    "after": Field(Duration(), "how long to wait before each; without it 5m"),
}


@dataclass(frozen=True, slots=True)
class Rounds:
    """More rounds in the same run, over the devices that failed in a way that can heal by itself."""

    count: int
    after: timedelta = timedelta(minutes=5)


class ScheduleKind:
    """``schedule``: exactly one way to say when."""

    def read(self, part: Section, name: str) -> Schedule | None:
        inner = part.section(name)
        values = read_fields(inner, SCHEDULE)
        given = [way for way in WAYS if inner.has(way)]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            if inner.sound:
                part.fault(name, f"needs one of {', '.join(WAYS)}, and has {found}", 'write `cron: "30 2 * * *"`')
            return None
        zone = read_zone(inner, values["timezone"])
        timetable = _timetable(inner, values, zone) if zone else None
        return Schedule(timetable, values["catch_up"] is not False) if timetable else None

    def schema(self) -> Schema:
        return {**schema_of(SCHEDULE), "oneOf": [{"required": [way]} for way in WAYS]}


class WindowKind:
    """``window``: two times of the day."""

    def read(self, part: Section, name: str) -> Window | None:
        inner = part.section(name)
        values = read_fields(inner, WINDOW)
        zone = read_zone(inner, values["timezone"])
        opens, closes = (_clock(inner, key, values[key]) for key in ("from", "to"))
        days = _days(inner, values["days"])
        if zone is None or opens is None or closes is None or not days:
            return None
        if opens == closes:
            inner.fault("to", "is the same time as `from`", "leave `window` out to allow the whole day")
            return None
        return Window(opens, closes, zone, days)

    def schema(self) -> Schema:
        return schema_of(WINDOW)


class RoundsKind:
    """``rounds``: how often, and how long after."""

    def read(self, part: Section, name: str) -> Rounds | None:
        values = read_fields(part.section(name), ROUNDS)
        after = values["after"] or Rounds(1).after
        return Rounds(values["count"], after) if values["count"] else None

    def schema(self) -> Schema:
        return schema_of(ROUNDS)


def read_zone(part: Section, name: str | None) -> ZoneInfo | None:
    """A time zone by its name, UTC where there is none; a fault where it does not exist."""
    if name is None:
        return None if part.has("timezone") else ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    known = available_timezones()
    last = {zone.rpartition("/")[2].lower(): zone for zone in known}
    meant = last.get(name.rpartition("/")[2].lower())
    part.fault(
        "timezone", f"there is no time zone `{name}`", f"did you mean `{meant}`?" if meant else _some(name, known)
    )
    return None


def _some(name: str, known: set[str]) -> str:
    told = near_miss(name, known)
    return told if told.startswith("did you mean") else "write a name such as Europe/Berlin, America/New_York or UTC"


def _timetable(part: Section, values: dict[str, Any], zone: ZoneInfo) -> Timetable | None:
    if part.has("starting") and not part.has("every"):
        part.fault("starting", "belongs to `every`", "remove it")
    if values["cron"] is not None:
        if fault := cron_fault(values["cron"]):
            part.fault("cron", f"`{values['cron']}` {fault}", 'write five fields, such as "30 2 * * *" for 02:30 daily')
            return None
        return Cron(values["cron"], zone)
    if values["every"] is not None:
        return _every(part, values, zone)
    at = _moment(part, "at", values["at"], zone)
    return Once(at, zone) if at else None


def _every(part: Section, values: dict[str, Any], zone: ZoneInfo) -> Every | None:
    if values["every"] < LEAST:
        part.fault("every", "is shorter than a minute", "write 1m or more")
        return None
    start = _moment(part, "starting", values["starting"], zone) if part.has("starting") else EPOCH
    return Every(values["every"], start, zone) if start is not None else None


def _moment(part: Section, name: str, value: str | None, zone: ZoneInfo) -> datetime | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        moment = in_utc(found.replace(tzinfo=None), zone)
    except (ValueError, OverflowError):
        part.fault(name, f"`{value}` is no moment", 'write it in quotes, such as "2026-12-01T03:00"')
        return None
    if found.tzinfo is not None:
        part.fault(name, f"`{value}` names a zone of its own", "write it without, and set `timezone`")
        return None
    if moment is None:
        remedy = "choose a time before or after the change of the clocks"
        part.fault(name, f"`{value}` does not exist in {zone.key}: the clocks leave it out", remedy)
    return moment


def _clock(part: Section, name: str, value: str | None) -> time | None:
    if value is None:
        return None
    match = CLOCK.fullmatch(value.strip())
    if match is None:
        part.fault(name, f"`{value}` is no time of the day", 'write it in quotes, such as "22:00"')
        return None
    return time(int(match[1]), int(match[2]))


def _days(part: Section, value: str | None) -> tuple[str, ...]:
    if value is None:
        return () if part.has("days") else DAYS
    words = value.lower().replace(",", " ").split()
    for word in words:
        if word not in DAYS:
            part.fault("days", f"`{word}` is no day", f"write some of: {' '.join(DAYS)}")
            return ()
    return tuple(day for day in DAYS if day in words)
