"""No tier is left out in silence: a skip in a tier that is demanded is a failure."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def suite() -> dict[str, Any]:
    """What the conftest of the suite defines."""
    return runpy.run_path(str(ROOT / "conftest.py"))


def skipped() -> SimpleNamespace:
    """The report of a test that skipped itself."""
    return SimpleNamespace(skipped=True, outcome="skipped", longrepr=("x.py", 1, "Skipped: no vtysh here"))


@pytest.mark.parametrize(
    ("demanded", "tier", "outcome"),
    [("", "frr", "skipped"), ("frr", "frr", "failed"), ("nautobot,frr", "frr", "failed"), ("frr", "corpus", "skipped")],
)
def test_demanded_tier_may_not_skip(
    suite: dict[str, Any], monkeypatch: pytest.MonkeyPatch, demanded: str, tier: str, outcome: str
) -> None:
    monkeypatch.setenv("NETCELLAR_REQUIRE", demanded)
    report = suite["demand"](skipped(), ROOT / "tests" / tier / "test_x.py")
    assert report.outcome == outcome
    assert "no vtysh here" in str(report.longrepr)


def test_ci_demands_the_tiers_on_real_programs() -> None:
    assert "frr,nautobot,store,netcommon,browser" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
