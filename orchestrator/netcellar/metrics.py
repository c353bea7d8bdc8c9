"""Metrics for Prometheus, as a text file for the node exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest, write_to_textfile
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from .coverage import Coverage

PREFIX = "netcellar_"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a job that came to an end (UTC), and the last that was a success."""

    job: str
    status: str
    finished: datetime
    seconds: float
    devices: Mapping[tuple[str, str], int]
    success: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to tell. ``coverage`` is None where the source of truth could not be asked.

    ``waiting`` counts the slots that wait, and ``running`` the runs that go on, by job; ``repositories`` are the bytes
    of each repository on disk.
    """

    at: datetime
    coverage: Coverage | None
    runs: Sequence[LastRun] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    running: Mapping[str, int] = field(default_factory=dict)
    repositories: Mapping[str, int] = field(default_factory=dict)


class _Families(Collector):
    """The facts as metric families. Each family is there even when it has no sample, so that a query finds it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All families, in the order of the documentation."""
        known = self.facts.coverage
        yield _family(
            "written_timestamp_seconds", "When these metrics were written.", (), [((), _epoch(self.facts.at))]
        )
        yield _family("coverage_known", "1 if the inventories could be asked.", (), [((), float(known is not None))])
        if known is not None:
            yield from _of_coverage(known)
        yield from _of_runs(self.facts.runs)
        for name, about, counts in (
            ("slots_waiting", "Slots of a schedule that wait for their turn.", self.facts.waiting),
            ("runs_running", "Runs that go on.", self.facts.running),
        ):
            yield _family(name, about, ("job",), [((job,), float(number)) for job, number in sorted(counts.items())])
        sizes = [((name,), float(size)) for name, size in sorted(self.facts.repositories.items())]
        yield _family("repository_bytes", "Size of a repository on disk.", ("repository",), sizes)


def text(facts: Facts) -> str:
    """The metrics as text."""
    return generate_latest(_registry(facts)).decode()


def write(facts: Facts, path: Path) -> None:
    """Write the metrics to a file that its readers never see half. Raises OSError."""
    try:
        write_to_textfile(str(path), _registry(facts))
    except OSError as error:
        # It names the file that is written beside it first.
        error.filename = str(path)
        raise


def _registry(facts: Facts) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Families(facts))
    return registry


def _of_coverage(known: Coverage) -> Iterator[GaugeMetricFamily]:
    by_state: list[tuple[tuple[str, ...], float]] = [
        ((share.inventory, state), float(number))
        for share in known.shares
        for state, number in share.counts.items()
        if state != "orphaned"
    ]
    by_state.append((("", "orphaned"), float(known.counts["orphaned"])))
    yield _family("devices", "Devices in each state of coverage.", ("inventory", "state"), by_state)
    for name, about, values in (
        ("fresh_ratio", "Share of the devices that are fresh.", [share.fresh / 100 for share in known.shares]),
        ("objective_ratio", "Share of the devices that ought to be.", [s.target.objective / 100 for s in known.shares]),
        ("budget_devices", "Devices that may be other than fresh.", [float(share.allowed) for share in known.shares]),
        ("budget_spent_devices", "Devices that are.", [float(share.spent) for share in known.shares]),
        ("target_met", "1 if the objective is met.", [float(share.met) for share in known.shares]),
    ):
        names = [(share.inventory,) for share in known.shares]
        yield _family(name, about, ("inventory",), list(zip(names, values, strict=True)))
    open_ones = [one for one in known.devices if one.state not in {"fresh", "excluded"}]
    yield _family(
        "device_uncovered",
        "1 for each device that is not covered; fresh ones are not listed.",
        ("device", "device_id", "inventory", "state"),
        [((one.device_name, one.device_id, one.inventory, one.state), 1.0) for one in open_ones],
    )
    yield _family(
        "device_age_seconds",
        "Age of the last proven capture of each device that is not covered, where there is one.",
        ("device", "device_id", "inventory"),
        [((one.device_name, one.device_id, one.inventory), float(one.age)) for one in open_ones if one.age is not None],
    )


def _of_runs(runs: Sequence[LastRun]) -> Iterator[GaugeMetricFamily]:
    devices = [((run.job, *what), float(number)) for run in runs for what, number in sorted(run.devices.items())]
    ended = [((run.job, run.status), _epoch(run.finished)) for run in runs]
    good = [((run.job,), _epoch(run.success)) for run in runs if run.success]
    yield _family("run_devices", "Devices of a job's last run.", ("job", "outcome", "class"), devices)
    yield _family("run_seconds", "Duration of a job's last run.", ("job",), [((run.job,), run.seconds) for run in runs])
    yield _family("run_finished_timestamp_seconds", "When a job's last run ended.", ("job", "status"), ended)
    yield _family("run_success_timestamp_seconds", "When a job's last success ended.", ("job",), good)


def _family(
    name: str, about: str, labels: tuple[str, ...], samples: Sequence[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, about, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _epoch(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()
