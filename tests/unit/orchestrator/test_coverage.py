"""The state of each device, and the shares, from what is known of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from netcellar.coverage import STATES, Coverage, Held, Known, Share, Tried, Wanted, cover, coverage, orphans
from netcellar.targets import Target

NOW = datetime(2026, 11, 21, 12)
DAY = Target(timedelta(hours=24), 100.0)


def held(hours: float, device: str = "r1") -> dict[str, Held]:
    return {device: Held(device, device, NOW - timedelta(hours=hours), "main", f"backups/{device}")}


def tried(outcome: str, error: str | None = None, message: str = "") -> dict[str, Tried]:
    return {"r1": Tried("20261121", NOW, outcome, error, message)}


R1 = Wanted("r1", "r1", platform="cisco_ios")


@pytest.mark.parametrize(
    ("one", "known", "state", "why"),
    [
        (R1, Known(held(1)), "fresh", ""),
        (R1, Known(held(24)), "fresh", ""),
        (R1, Known(held(24.01)), "stale", "no run has tried it since"),
        (
            R1,
            Known(held(30), tried("unreachable", "connect_timeout", "no answer")),
            "stale",
            "connect_timeout: no answer",
        ),
        (R1, Known(held(1), tried("failed", "auth", "refused")), "fresh", "auth: refused"),
        (R1, Known(), "never", "no run has ever tried it"),
        (R1, Known({}, tried("silent")), "never", "silent: nothing came back"),
        (R1, Known({}, tried("stored")), "never", "the repository does not hold it"),
        (Wanted("r1", "r1", platform="os9", supported=False), Known(), "unsupported", "no platform file for `os9`"),
        (R1, Known({}, tried("rejected", "unsupported", "ansible_network_os is x")), "unsupported", "is x"),
        (Wanted("r1", "r1", supported=False), Known(held(1), tried("unchanged")), "fresh", ""),
        (Wanted("r1", "r1", supported=False), Known(held(90), tried("unchanged")), "stale", "since"),
        (R1, Known(held(-23)), "fresh", ""),
        (
            R1,
            Known(held(-24 * 3650), tried("failed", "auth", "refused")),
            "stale",
            "is dated 2036-11-18: a clock was wrong",
        ),
        (Wanted("r1", "r1", excluded="Lab"), Known(held(1)), "excluded", "Lab"),
    ],
)
def test_state_of_a_device(one: Wanted, known: Known, state: str, why: str) -> None:
    (found,) = cover("production", [one], known, DAY, NOW)
    assert found.state == state
    assert why in found.why
    assert (found.why == "") == (why == "")


def test_what_no_inventory_has_is_an_orphan() -> None:
    (found,) = orphans({"r1"}, [*held(1).values(), *held(50, "r2").values()], NOW)
    assert (found.device_id, found.state, found.age) == ("r2", "orphaned", 50 * 3600)


def share(objective: float, **counts: int) -> Share:
    return Share("production", Target(objective=objective), {state: counts.get(state, 0) for state in STATES})


@pytest.mark.parametrize(
    ("found", "allowed", "met"),
    [
        (share(100, fresh=10), 0, True),
        (share(100, fresh=9, never=1), 0, False),
        (share(99, fresh=99, stale=1), 1, True),
        (share(99, fresh=98, unsupported=1, never=1), 1, False),
        (share(99.9, fresh=999, stale=1), 1, True),
        (share(99, fresh=9, stale=1), 0, False),
        (share(100, fresh=1, excluded=5, orphaned=5), 0, True),
        (share(100), 0, True),
    ],
)
def test_error_budget(found: Share, allowed: int, met: bool) -> None:
    assert (found.allowed, found.met) == (allowed, met)


def test_a_device_of_several_inventories_counts_once_in_its_worst_state() -> None:
    week, day = Target(timedelta(days=7)), DAY
    known = Known(held(48))
    parts = [
        ("slow", week, cover("slow", [R1], known, week, NOW)),
        ("quick", day, cover("quick", [R1], known, day, NOW)),
    ]
    found: Coverage = coverage(NOW, parts, [])
    assert [(one.inventory, one.state) for one in found.devices] == [("quick", "stale")]
    assert found.counts["stale"] == 1
    assert [one.met for one in found.shares] == [True, False]
    assert not found.met
