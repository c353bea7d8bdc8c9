"""When a job is due. Every moment that goes in or comes out is UTC without a zone, as the store keeps it.

Clocks that change: a cron slot in the hour that is left out runs at the end of that hour, once; one in the hour that
comes twice runs the first time only, unless its minute or hour is ``*`` or a step, which runs in both. ``every`` counts
in UTC and knows no such hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

EPOCH = datetime(1970, 1, 1)
ZONE = ZoneInfo("UTC")
SEARCHED = timedelta(days=366 * 5)


class Timetable(Protocol):
    """A kind of schedule. ``words`` tells one from another, and tells people what it is."""

    @property
    def words(self) -> str:
        """The schedule as a person would say it; it changes with the schedule."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people think of it."""

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Its moments later than ``after`` and not later than ``until``, in order."""


@dataclass(frozen=True, slots=True)
class Cron:
    """By a cron expression of five fields, on the clocks of a zone."""

    expression: str
    zone: ZoneInfo

    @property
    def words(self) -> str:
        return f"cron {self.expression} ({self.zone.key})"

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        for found in CronSim(self.expression, self._beginning(after)):
            moment = found.astimezone(UTC).replace(tzinfo=None)
            if moment > until:
                return
            if moment > after:
                yield moment

    def _beginning(self, after: datetime) -> datetime:
        """Where CronSim begins. Around a change of the clocks what it finds depends on that, so it is not ``after``."""
        day = timedelta(days=1)
        before = local(after - day, self.zone)
        if before.utcoffset() == local(after + day, self.zone).utcoffset():
            return local(after, self.zone)
        return before.replace(hour=0, minute=0, second=0)


@dataclass(frozen=True, slots=True)
class Every:
    """At a distance, counted from ``start``, so that all machines agree on its moments."""

    distance: timedelta
    start: datetime = EPOCH
    zone: ZoneInfo = ZONE

    @property
    def words(self) -> str:
        since = "" if self.start == EPOCH else f" from {self.start.isoformat()}Z"
        return f"every {_told(self.distance)}{since}"

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        passed = max((after - self.start) // self.distance + 1, 0)
        moment = self.start + passed * self.distance
        while moment <= until:
            yield moment
            moment += self.distance


@dataclass(frozen=True, slots=True)
class Once:
    """At one moment."""

    at: datetime
    zone: ZoneInfo

    @property
    def words(self) -> str:
        return f"once at {local(self.at, self.zone):%Y-%m-%d %H:%M %Z}"

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        if after < self.at <= until:
            yield self.at


@dataclass(frozen=True, slots=True)
class Schedule:
    """A timetable, and whether a slot that was missed is caught up once there is a scheduler again."""

    timetable: Timetable
    catch_up: bool = True


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment of the store on the clocks of a zone."""
    return moment.replace(tzinfo=UTC).astimezone(zone)


def in_utc(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """A moment on the clocks of a zone (the first, where it comes twice) as the store keeps it; None where left out."""
    found = moment.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        return None
    return found.replace(tzinfo=None)


def cron_fault(expression: str) -> str | None:
    """What is wrong with a cron expression, or None. One that never comes true is wrong too."""
    if len(expression.split()) != len(FIELDS):
        return f"must have five fields ({', '.join(FIELDS)})"
    try:
        timetable = Cron(expression, ZoneInfo("UTC"))
        first = next(timetable.due(EPOCH, EPOCH + SEARCHED), None)
    except (CronSimError, StopIteration) as error:
        return str(error).lower() or "never comes true"
    return None if first else "never comes true"


FIELDS = ("minute", "hour", "day of month", "month", "day of week")


def _told(distance: timedelta) -> str:
    seconds = int(distance.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
