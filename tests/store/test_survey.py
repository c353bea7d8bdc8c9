"""What coverage, metrics and reports read of the store, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from netcellar.core import Device, Preview
from netcellar.facts import facts_of
from netcellar.models import Slot
from netcellar.project import load_project
from netcellar.project_types import Project
from netcellar.report import Span, gather
from netcellar.store import Store
from netcellar.survey import parts_of, survey, tried

from .kit import add, run, stored

AT = datetime(2026, 11, 21, 2, 30)
DAY = timedelta(days=1)
PROJECT = """\
version: 1
repositories:
  r: {path: cellar.git}
jobs:
  nightly: {inventory: i}
  hourly: {inventory: i}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two jobs on one inventory, and a repository in which nothing was ever stored."""
    (tmp_path / "inventories").mkdir()
    (tmp_path / "inventories" / "i.yml").write_text("plugin: netcellar.backup.devices\nmatch: {all: true}\n")
    (tmp_path / "netcellar.yml").write_text(PROJECT)
    return load_project(tmp_path / "netcellar.yml")


def ended(
    store: Store, name: str, at: datetime, error: str | None = None, job: str = "nightly", **more: object
) -> None:
    add(store, run(name, job=job, started=at - timedelta(minutes=1), **more))
    record = stored(name, "d1", location="Berlin")
    if error:
        record = record.failed(error, "it said no", stage="login")  # type: ignore[arg-type]
    status = "partial" if error else "success"
    counts = {"devices_backed_up": 0 if error else 1, "devices_failed": 1 if error else 0}
    store.finish(name, [record], status=status, finished=at, message="m", result=counts)


def test_the_last_try_of_a_device_counts_and_no_look(store: Store) -> None:
    ended(store, "20261119", AT - 2 * DAY)
    ended(store, "20261120", AT - DAY, "auth")
    ended(store, "20261121", AT, check=True)
    ended(store, "20261122", AT, job="other")
    found = tried(store, ["nightly"])["d1"]
    assert (found.run, found.outcome, found.error, found.message) == ("20261120", "failed", "auth", "it said no")
    assert tried(store, ["other"])["d1"].run == "20261122"
    assert tried(store, []) == {}


def test_what_runs_stored_and_no_repository_holds_is_not_covered(store: Store, project: Project) -> None:
    ended(store, "20261121", AT)
    device = Device("d1", "d1", network_driver="cisco_ios")
    preview = Preview("i", "", "devices.yml", (device,), {"d1": "d1"}, (), (), "", 0.0)
    found = survey(project, parts_of(project), lambda _name: preview, store)
    (one,) = found.devices
    assert (one.state, one.why) == ("never", "run 20261121 stored it, and the repository does not hold it")
    assert not found.met


def test_metrics_tell_of_the_last_run_that_ended(store: Store, project: Project) -> None:
    ended(store, "20261119", AT - 2 * DAY)
    ended(store, "20261120", AT - DAY, "auth")
    add(store, run("20261121", started=AT))
    slot = {"state": "waiting", "noted": AT, "machine": "m", "pid": 1, "pid_started": 1.0}
    with store.session() as session:
        session.add(Slot(job="hourly", due=AT, **slot))
    found = facts_of(project, store, None)
    (last,) = found.runs
    assert (last.job, last.status, last.seconds, last.success) == ("nightly", "partial", 60.0, AT - 2 * DAY)
    assert dict(last.devices) == {("failed", "auth"): 1}
    assert (dict(found.waiting), dict(found.running)) == ({"nightly": 0, "hourly": 1}, {"nightly": 1, "hourly": 0})


def told(_done: int, _total: int) -> None:
    """Nobody watches."""


def test_a_report_of_a_week_and_of_one_run(store: Store, project: Project) -> None:
    ended(store, "20261101", AT - 20 * DAY, "auth")
    ended(store, "20261119", AT - 2 * DAY, "auth")
    ended(store, "20261120", AT - DAY, "host_key")
    ended(store, "20261121", AT, "auth", job="hourly")
    week = gather(project, store, Span(AT, since=AT - 7 * DAY), "not known", told)
    assert [one["run_id"] for one in week["runs"]] == ["20261121", "20261120", "20261119"]
    by_class = {one["class"]: (one["devices"], one["times"]) for one in week["failures"]["by_class"]}
    assert by_class == {"auth": (1, 2), "host_key": (1, 1)}
    assert week["failures"]["by_place"] == [{"location": "Berlin", "devices": 1}]
    still = {(one["job"], one["class"]) for one in week["failures"]["devices"]}
    assert still == {("nightly", "host_key"), ("hourly", "auth")}
    assert (week["coverage"], week["coverage_unknown"]) == (None, "not known")
    one = gather(project, store, Span(AT, "20261101"), "not known", told)
    assert [run["run_id"] for run in one["runs"]] == ["20261101"]
