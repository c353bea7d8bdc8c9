"""How the whole suite runs: seeded samples or full figures, and no tier left out in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent
TESTS = ROOT / "tests"

# How long an example takes says more of the machine's load than of the test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("seeded", settings.get_profile("patient"), derandomize=True, max_examples=60)
settings.register_profile("deep", settings.get_profile("patient"), max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``make deep`` passes ``--deep``."""
    parser.addoption("--deep", action="store_true", help="full figures: all samples, many examples, the slow tests")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples Hypothesis tries."""
    settings.load_profile("deep" if config.getoption("--deep") else "seeded")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests marked ``deep`` to ``make deep``: they are deselected, and pytest counts them so."""
    if config.getoption("--deep"):
        return
    left = [item for item in items if item.get_closest_marker("deep")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def deep(pytestconfig: pytest.Config) -> bool:
    """Whether the full figures are wanted."""
    return bool(pytestconfig.getoption("--deep"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Turn a skip into a failure where ``NETCELLAR_REQUIRE`` names the tier."""
    report = yield
    return demand(report, item.path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """The same for files that skip themselves as a whole."""
    report = yield
    return demand(report, collector.path)


def demand(report: Any, path: Path) -> Any:
    """The report, failed if it is a skip in a tier that must run."""
    required = os.environ.get("NETCELLAR_REQUIRE", "").split(",")
    if report.skipped and not hasattr(report, "wasxfail") and tier(path) in required:
        report.outcome = "failed"
        report.longrepr = f"NETCELLAR_REQUIRE demands the tier {tier(path)!r}, but: {reason(report)}"
    return report


def tier(path: Path) -> str:
    """The folder below ``tests/`` that a file belongs to."""
    return path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) and path != TESTS else ""


def reason(report: Any) -> str:
    """Why a test was skipped."""
    return str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly, at the end, what was not tested."""
    skipped = {(report.nodeid.split("/")[1:2] or [""])[0]: reason(report) for report in _skipped(terminalreporter)}
    for name, why in sorted(skipped.items()):
        terminalreporter.write_line(f"!!! NOT TESTED, at least in part: tests/{name}: {why}", yellow=True, bold=True)


def _skipped(terminalreporter: Any) -> list[Any]:
    return list(terminalreporter.stats.get("skipped", []))
