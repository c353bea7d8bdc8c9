"""The metrics are what Prometheus reads, and say what coverage and the store say."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from netcellar.coverage import Known, Wanted, cover, coverage
from netcellar.metrics import Facts, LastRun, text, write
from netcellar.targets import Target
from prometheus_client.parser import text_string_to_metric_families

NOW = datetime(2026, 11, 21, 12)
ROOT = Path(__file__).resolve().parents[3]
HOSTILE = 'r"1\\\n{x="y"} 5'


def facts() -> Facts:
    target = Target(timedelta(hours=24), 99.0)
    found = cover("production", [Wanted("id-1", HOSTILE), Wanted("id-2", "r2", excluded="Lab")], Known(), target, NOW)
    last = LastRun("nightly", "partial", NOW, 12.5, {("stored", ""): 3, ("failed", "auth"): 1}, NOW - timedelta(days=1))
    return Facts(NOW, coverage(NOW, [("production", target, found)], []), [last], {"nightly": 2}, {}, {"main": 4096})


def samples(given: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    families = text_string_to_metric_families(given)
    return {family.name: [(sample.labels, sample.value) for sample in family.samples] for family in families}


def test_prometheus_reads_them() -> None:
    found = samples(text(facts()))
    labels = {"device": HOSTILE, "device_id": "id-1", "inventory": "production", "state": "never"}
    assert found["netcellar_device_uncovered"] == [(labels, 1.0)]
    assert ({"inventory": "production", "state": "excluded"}, 1.0) in found["netcellar_devices"]
    assert found["netcellar_target_met"] == [({"inventory": "production"}, 0.0)]
    assert ({"job": "nightly", "outcome": "failed", "class": "auth"}, 1.0) in found["netcellar_run_devices"]
    assert found["netcellar_run_seconds"] == [({"job": "nightly"}, 12.5)]
    (succeeded,) = found["netcellar_run_success_timestamp_seconds"]
    assert succeeded[1] == datetime.fromisoformat("2026-11-20T12:00:00+00:00").timestamp()
    assert found["netcellar_slots_waiting"] == [({"job": "nightly"}, 2.0)]
    assert found["netcellar_repository_bytes"] == [({"repository": "main"}, 4096.0)]


def test_without_a_source_of_truth_they_say_so() -> None:
    found = samples(text(Facts(NOW, None)))
    assert found["netcellar_coverage_known"] == [({}, 0.0)]
    assert "netcellar_devices" not in found


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "netcellar.prom"
    file.write_text("old")
    write(facts(), file)
    assert file.read_text() == text(facts())
    assert list(tmp_path.iterdir()) == [file]


def test_every_metric_is_documented() -> None:
    documented = set(re.findall(r"`(netcellar_\w+)`", (ROOT / "docs/reference/metrics.md").read_text()))
    assert documented == set(samples(text(facts())))
