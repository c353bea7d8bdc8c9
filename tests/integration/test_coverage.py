"""``netcellar coverage`` and ``netcellar metrics`` name the devices that nobody would miss otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netcellar.demo.devices import Lab
from prometheus_client.parser import text_string_to_metric_families

from .covered import GONE, NEVER, STALE, UNSUPPORTED, covered, devices, write

EXPECTED = {NEVER: "never", GONE: "orphaned", STALE: "stale", UNSUPPORTED: "unsupported"}


def test_forty_devices_of_which_four_are_not_covered(lab: Callable[..., Lab], tmp_path: Path) -> None:
    bench = covered(tmp_path, lab(*devices()))
    ran = bench.run("coverage", "--output", "json")
    assert ran.code == 1, ran.err
    found = ran.result
    assert {row["device_name"]: row["state"] for row in found["devices"] if row["state"] != "fresh"} == EXPECTED
    assert found["counts"] == {
        "fresh": 36, "stale": 1, "never": 1, "unsupported": 1, "excluded": 0, "orphaned": 1
    }  # fmt: skip
    (share,) = found["inventories"]
    assert (share["devices"], share["budget"], share["met"]) == (39, {"allowed": 0, "spent": 3}, False)
    why = {row["device_name"]: row["why"] for row in found["devices"]}
    assert why[NEVER].startswith("refused: ")
    assert "no_such_os" in why[UNSUPPORTED]
    assert "no inventory has the device" in why[GONE]
    shown = bench.run("coverage")
    assert all(name in shown.out for name in EXPECTED)
    assert "NOT MET" in shown.out
    told = {
        sample.labels["device"]: sample.labels["state"]
        for family in text_string_to_metric_families(bench.run("metrics").out)
        for sample in family.samples
        if sample.name == "netcellar_device_uncovered"
    }
    assert told == EXPECTED

    # What is excluded on purpose needs a reason, and is then no breach; nor is it backed up.
    file = tmp_path / "netcellar.yml"
    excluded = f"exclude:\n  - {{devices: [{NEVER}, {STALE}, 'unknown-*'], reason: Decided on Monday}}\n"
    file.write_text(file.read_text() + excluded)
    ran = bench.run("coverage", "--output", "json")
    assert (ran.code, ran.result["counts"]["excluded"]) == (0, 3)
    result = bench.job().result
    assert (result["status"], result["devices_backed_up"]) == ("success", 36)

    # A source that cannot be asked is never a coverage of nothing.
    write(tmp_path, {"devices": [{"name": "r1", "adress": "192.0.2.1"}]})
    ran = bench.run("coverage")
    assert (ran.code, ran.out) == (3, "")
    assert "the coverage is not known" in ran.err
    assert "netcellar_coverage_known 0.0" in bench.run("metrics").out
