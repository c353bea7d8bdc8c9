"""What a run as a whole came to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from netcellar.core import Record
from netcellar.outcome import Outcome, outcome_of_run, with_faults

STORED = Record("x", "1", "r1", outcome="stored", stage="done")
SAME = Record("x", "2", "r2", outcome="unchanged", stage="done")
DOWN = Record("x", "3", "r3").failed("refused", "no", stage="connect")
PUSH = Record("x", "4", "r4").failed("push", "remote gone", stage="push")
SILENT = Record("x", "5", "r5")
STAMPED = replace(STORED, stamped=True)

CASES = [
    ("all well", [STORED, SAME], {}, "success", ["2 devices well", "1 stored", "1 unchanged", "Nothing to do"]),
    ("some down", [STORED, DOWN], {}, "partial", ["1 of 2 devices", "netcellar run nightly --limit r3"]),
    ("all down", [DOWN], {}, "failed", ["1 of 1 device not", "--limit r3"]),
    ("push", [STORED, PUSH], {}, "failed", ["push: remote gone", "pushed by the next run"]),
    ("silent", [STORED, SILENT], {"reason": "it crashed"}, "partial", ["1 silent", "it crashed"]),
    ("not stamped", [STORED], {"stamp": True}, "partial", ["1 date not written", "the next run"]),
    ("stamped", [STAMPED], {"stamp": True}, "success", ["Nothing to do"]),
    (
        "check",
        [STORED],
        {"stamp": True, "check": True},
        "success",
        ["1 device read and found whole", "netcellar run nightly"],
    ),
]


@pytest.mark.parametrize(
    ("records", "facts", "status", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_status_and_what_to_do_next(
    records: list[Record], facts: dict[str, object], status: str, words: list[str]
) -> None:
    facts = {"stamp": False, "check": False, "reason": ""} | facts
    outcome = outcome_of_run(records, "nightly", **facts)  # type: ignore[arg-type]
    assert outcome.status == status
    for word in words:
        assert word in outcome.message


def test_a_long_list_of_hosts_is_not_typed_out() -> None:
    many = [replace(DOWN, device_id=str(number), host=f"r{number}") for number in range(100)]
    assert len(outcome_of_run(many, "nightly", stamp=False, check=False, reason="").message) < 300


@pytest.mark.parametrize(
    ("status", "faults", "expected"),
    [
        ("success", {}, "success"),
        ("success", {"commit": "push: remote gone"}, "failed"),
        ("partial", {"commit": "push: remote gone"}, "failed"),
        ("success", {"stamp": "stamp: no such field"}, "partial"),
        ("failed", {"stamp": "stamp: no such field"}, "failed"),
    ],
)
def test_what_fails_beside_the_devices_counts(status: str, faults: dict[str, str], expected: str) -> None:
    outcome = with_faults(Outcome(status, "said"), faults)
    assert outcome.status == expected
    assert outcome.message == "said" or next(iter(faults.values())) in outcome.message
