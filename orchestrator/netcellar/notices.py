"""What there is to tell of a run, and which rules want to hear it. Pure: nothing is sent here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal, get_args

Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
STATUSES = ("success", "partial", "failed", "no_devices", "refused", "cancelled", "lost")
_SEVERITY_OF: Mapping[str, Severity] = {"success": "info", "partial": "warning", "cancelled": "warning"}
# Somebody else may answer in a device's place, or a secret was about to get out.
_CRITICAL_CLASSES = frozenset({"host_key", "identity", "leak"})


@dataclass(frozen=True, slots=True)
class Notice:
    """What there is to tell of a run that ended. ``finished`` is ISO 8601 in UTC with a ``Z``.

    ``classes`` maps each class of error to the names of its devices; ``missed`` are the inventories of the run whose
    target of coverage is not met, ``changes`` maps each class of change to a line per change with its devices.
    """

    run_id: str
    job: str
    status: str
    message: str
    finished: str
    devices_backed_up: int = 0
    devices_failed: int = 0
    classes: Mapping[str, list[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    changes: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How soon a person must look: success is info, a part that failed a warning, all else critical."""
        if self.missed or _CRITICAL_CLASSES & set(self.classes):
            return "critical"
        return _SEVERITY_OF.get(self.status, "critical")

    @property
    def fingerprint(self) -> str:
        """The same for two runs that tell the same, whenever they were."""
        told = [self.job, self.status, self.classes, self.missed, self.changes]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for templates and the store."""
        return {**asdict(self), "severity": self.severity}

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Notice:
        """From ``as_dict``."""
        return cls(**{name: value for name, value in raw.items() if name != "severity"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who hears of which runs. Of each key that is given, one value must fit; all keys that are given must.

    ``severity`` is the least; ``coverage`` true wants a missed target. The same news is told once within ``cooldown``,
    and the news of ``digest`` together in one message. ``title`` and ``body`` are Jinja templates.
    """

    name: str
    channels: tuple[str, ...]
    jobs: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    severity: Severity = "info"
    coverage: bool = False
    cooldown: timedelta = timedelta(hours=4)
    digest: timedelta = timedelta(0)
    title: str | None = None
    body: str | None = None

    def may_fit(self, job: str, status: str) -> bool:
        """Whether it can fit a run of that job and status, whatever else is to be told of it."""
        return (not self.jobs or job in self.jobs) and (not self.statuses or status in self.statuses)

    def fits(self, notice: Notice) -> bool:
        """Whether this is for it."""
        return (
            self.may_fit(notice.job, notice.status)
            and SEVERITIES.index(notice.severity) >= SEVERITIES.index(self.severity)
            and (not self.classes or not set(self.classes).isdisjoint(notice.classes))
            and (not self.changes or not set(self.changes).isdisjoint(notice.changes))
            and (not self.coverage or bool(notice.missed))
        )
