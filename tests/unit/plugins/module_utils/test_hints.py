"""The hint names what was most likely meant."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.hints import MAX_LISTED, did_you_mean


@pytest.mark.parametrize(
    ("given", "known", "hint"),
    [
        ("rotuer", ["router", "switch"], 'did you mean "router"?'),
        ("ROUTER", ["Router"], 'did you mean "Router"?'),
        ("op", ["operator", "value"], 'did you mean "operator"?'),
        ("xyz", ["b", "a"], "known here: a, b"),
        (5, ["a"], "known here: a"),
        ("", ["a"], "known here: a"),
        ("xyz", [], ""),
        ("xyz", [f"n{number}" for number in range(MAX_LISTED + 1)], ""),
    ],
)
def test_hint(given: object, known: list[str], hint: str) -> None:
    assert did_you_mean(given, known) == hint
