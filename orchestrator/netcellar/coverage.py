"""Which devices are covered: the source of truth, the cellar and the runs held against each other.

Pure: what is known of each device goes in, its state comes out. ``survey.py`` gathers what is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from .core import AHEAD, GOOD
from .targets import Target

SCHEMA = 1
State = Literal["fresh", "stale", "never", "unsupported", "excluded", "orphaned"]
STATES: tuple[State, ...] = get_args(State)
# What a device is that several inventories have: the worst of them, from the end.
_RANK: tuple[State, ...] = ("excluded", "fresh", "stale", "never", "unsupported")
_APART: frozenset[State] = frozenset({"excluded", "orphaned"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device that the source of truth has. ``excluded`` is why the job leaves it out, if it does.

    ``supported``: whether there is a platform file for it, or the inventory does not tell.
    """

    device_id: str
    host: str
    name: str | None = None
    address: str | None = None
    platform: str | None = None
    location: str | None = None
    supported: bool = True
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a repository holds of a device: when it was last proven to be so (UTC), and where."""

    device_id: str
    name: str
    captured_at: datetime
    repository: str
    path: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a device when it was last tried (UTC)."""

    run: str
    at: datetime
    outcome: str
    error: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the devices, by their id."""

    held: Mapping[str, Held] = field(default_factory=dict)
    tried: Mapping[str, Tried] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Covered:
    """One device and its state. ``age`` is that of its last proven capture, in whole seconds."""

    device_id: str
    device_name: str
    host: str
    inventory: str
    state: State
    why: str
    platform: str | None = None
    location: str | None = None
    captured_at: datetime | None = None
    age: int | None = None
    run: str | None = None
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        at = f"{self.captured_at.isoformat()}Z" if self.captured_at else None
        return {**asdict(self), "inventory": self.inventory or None, "captured_at": at}


@dataclass(frozen=True, slots=True)
class Share:
    """How far an inventory meets its target. ``counts`` has every state.

    ``allowed`` is the error budget: how many devices may be other than fresh; ``spent`` how many are.
    """

    inventory: str
    target: Target
    counts: Mapping[State, int]

    @property
    def counted(self) -> int:
        """The devices that the objective is about."""
        return sum(number for state, number in self.counts.items() if state not in _APART)

    @property
    def spent(self) -> int:
        """The devices that ought to be fresh and are not."""
        return self.counted - self.counts["fresh"]

    @property
    def allowed(self) -> int:
        """How many devices may be other than fresh."""
        # In hundredths of a percent: a share such as 99.9 is no exact float.
        return self.counted * (10_000 - round(self.target.objective * 100)) // 10_000

    @property
    def fresh(self) -> float:
        """The share of fresh devices in percent; 100 where none is counted."""
        return 100.0 * self.counts["fresh"] / self.counted if self.counted else 100.0

    @property
    def met(self) -> bool:
        """Whether the error budget holds."""
        return self.spent <= self.allowed

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "inventory": self.inventory,
            "fresh_within": int(self.target.fresh_within.total_seconds()),
            "objective": self.target.objective,
            "fresh": round(self.fresh, 2),
            "met": self.met,
            "devices": self.counted,
            "budget": {"allowed": self.allowed, "spent": self.spent},
            "counts": dict(self.counts),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of some inventories at a moment (UTC): a share each, and each device once."""

    at: datetime
    shares: tuple[Share, ...]
    devices: tuple[Covered, ...]

    @property
    def counts(self) -> dict[State, int]:
        """How many devices are in each state."""
        return _counts(self.devices)

    @property
    def met(self) -> bool:
        """Whether every inventory meets its target."""
        return all(share.met for share in self.shares)

    def as_dict(self) -> dict[str, Any]:
        """Plain data. Times are UTC, ages and ``fresh_within`` seconds, shares percent."""
        return {
            "schema": SCHEMA,
            "at": f"{self.at.isoformat()}Z",
            "met": self.met,
            "counts": self.counts,
            "inventories": [one.as_dict() for one in self.shares],
            "devices": [one.as_dict() for one in self.devices],
        }


def cover(inventory: str, wanted: Iterable[Wanted], known: Known, target: Target, at: datetime) -> list[Covered]:
    """The state of every device of an inventory."""
    return [_covered(inventory, one, known, target, at) for one in wanted]


def orphans(wanted: Iterable[str], held: Iterable[Held], at: datetime) -> list[Covered]:
    """What repositories hold of devices that no inventory has: ``wanted`` are the ids of those that one has."""
    there = set(wanted)
    gone = [one for one in held if one.device_id not in there]
    return [
        Covered(
            device_id=one.device_id,
            device_name=one.name,
            host=one.name,
            inventory="",
            state="orphaned",
            why=f"{one.repository} holds {one.path}, and no inventory has the device any more",
            captured_at=one.captured_at,
            age=_seconds(at, one.captured_at),
        )
        for one in gone
    ]


def coverage(at: datetime, parts: Sequence[tuple[str, Target, Sequence[Covered]]], gone: Sequence[Covered]) -> Coverage:
    """Inventories together (name, target, devices), and the orphans: each device once, in its worst state."""
    shares = tuple(Share(name, target, _counts(devices)) for name, target, devices in parts)
    worst: dict[str, Covered] = {}
    for _name, _target, devices in parts:
        for one in devices:
            other = worst.get(one.device_id)
            if other is None or _RANK.index(one.state) > _RANK.index(other.state):
                worst[one.device_id] = one
    found = sorted([*worst.values(), *gone], key=lambda one: (-STATES.index(one.state), one.host, one.device_id))
    return Coverage(at, shares, tuple(found))


def _covered(inventory: str, one: Wanted, known: Known, target: Target, at: datetime) -> Covered:
    held, tried = known.held.get(one.device_id), known.tried.get(one.device_id)
    state, why = _state(one, held, tried, target, at)
    return Covered(
        device_id=one.device_id,
        device_name=one.name or one.host,
        host=one.host,
        inventory=inventory,
        state=state,
        why=why,
        platform=one.platform,
        location=one.location,
        captured_at=held.captured_at if held else None,
        age=_seconds(at, held.captured_at) if held else None,
        run=tried.run if tried else None,
        error=tried.error if tried else None,
    )


def _state(one: Wanted, held: Held | None, tried: Tried | None, target: Target, at: datetime) -> tuple[State, str]:
    if one.excluded:
        return "excluded", one.excluded
    ahead = held is not None and held.captured_at - at > AHEAD
    if held is not None and not ahead and at - held.captured_at <= target.fresh_within:
        return "fresh", _last(tried) if tried and _failed(tried) else ""
    if _unsupported(one, tried):
        return "unsupported", tried.message if tried else f"there is no platform file for `{one.platform or 'nothing'}`"
    if held is not None and ahead:
        return "stale", f"its capture is dated {held.captured_at:%Y-%m-%d}: a clock was wrong, and nobody knows its age"
    if held is not None:
        return "stale", _last(tried) if tried and _failed(tried) else "no run has tried it since"
    return "never", _last(tried) if tried else "no run has ever tried it"


def _unsupported(one: Wanted, tried: Tried | None) -> bool:
    # A platform that the inventory does not name may still come from a variable of Ansible, which only a run knows.
    return tried.error == "unsupported" if tried else not one.supported


def _failed(tried: Tried) -> bool:
    return tried.outcome not in GOOD


def _last(tried: Tried) -> str:
    """What came of the last try, in words."""
    if not _failed(tried):
        return f"run {tried.run} stored it, and the repository does not hold it"
    return f"{tried.error or tried.outcome}: {tried.message or 'nothing came back'} (run {tried.run})"


def _seconds(at: datetime, then: datetime) -> int:
    return max(0, int((at - then).total_seconds()))


def _counts(devices: Iterable[Covered]) -> dict[State, int]:
    found = Counter(one.state for one in devices)
    return {state: found[state] for state in STATES}
