"""Tells, at the end, how often a lost or repeated block passed for a whole text."""

from __future__ import annotations

from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each platform where any passed, and one for the others together."""
    passed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, figures in getattr(report, "user_properties", ()):
            if name == "netcellar_fuzz":
                passed.update({key: good for key, (good, _all) in figures.items()})
                tried.update({key: number for key, (_good, number) in figures.items()})
    if tried:
        terminalreporter.section("blocks lost or repeated inside a text: how many passed for whole")
        for key in sorted(key for key in tried if passed[key]):
            terminalreporter.write_line(f"{key}: {passed[key]} of {tried[key]} ({passed[key] / tried[key]:.0%})")
        rest = [key for key in tried if not passed[key]]
        terminalreporter.write_line(f"none of {sum(tried[key] for key in rest)} on {len(rest)} others")
