"""The hours in which a job may run at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from .schedule import local

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of the day to another, which may be on the next day; ``days`` are those on which it opens."""

    opens: time
    closes: time
    zone: ZoneInfo
    days: tuple[str, ...] = DAYS

    def is_open(self, moment: datetime) -> bool:
        """Whether a job may run at a moment (UTC). The closing time itself is outside."""
        here = local(moment, self.zone)
        clock = here.time().replace(tzinfo=None)
        if self.opens < self.closes:
            return self._opens_on(here) and self.opens <= clock < self.closes
        if clock >= self.opens:
            return self._opens_on(here)
        return clock < self.closes and self._opens_on(here - timedelta(days=1))

    def _opens_on(self, day: datetime) -> bool:
        return DAYS[day.weekday()] in self.days

    def __str__(self) -> str:
        """Such as ``22:00-06:00 Europe/Berlin, mon tue``."""
        days = "" if self.days == DAYS else f", {' '.join(self.days)}"
        return f"{self.opens:%H:%M}-{self.closes:%H:%M} {self.zone.key}{days}"
