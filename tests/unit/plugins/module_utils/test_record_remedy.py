"""What a record tells a person to do."""

from __future__ import annotations

from ansible_collections.netcellar.backup.plugins.module_utils.errors import REMEDIES
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record, read_records

BASE = Record(run="r", device_id="1", host="h1")


def test_the_remedy_is_that_of_the_class() -> None:
    assert BASE.failed("auth", "refused", stage="login").remedy == REMEDIES["auth"]


def test_advice_for_this_very_fault_goes_first_and_is_kept_in_the_file() -> None:
    record = BASE.failed("host_key", "the variable is wrong", stage="inventory", advice="correct it")

    assert record.remedy == "correct it"
    assert read_records([record.line()])["1"] == record


def test_a_quarantined_text_is_named() -> None:
    kept = (Kept("running", quarantine="/cellar/quarantine/h1/a"),)
    record = Record(run="r", device_id="1", host="h1", outcome="quarantined", error="incomplete", artifacts=kept)

    assert record.remedy.endswith("(quarantined: /cellar/quarantine/h1/a)")


def test_a_silent_device_has_a_remedy_and_a_good_one_has_none() -> None:
    assert "run again" in BASE.remedy
    assert Record(run="r", device_id="1", host="h1", outcome="stored").remedy == ""
