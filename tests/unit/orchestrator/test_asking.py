"""What a limit leaves of an inventory, where Ansible cannot be asked."""

from __future__ import annotations

import pytest
from netcellar.asking import limited

HOSTS = {"1": "r1", "2": "r2", "3": "core-1"}


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        (None, "123"),
        ("r1", "1"),
        ("r*", "12"),
        ("r1,core-1", "13"),
        ("r1:core-1", "13"),
        ("routers", "123"),
        ("all:!r1", "123"),
        ("~r[12]", "123"),
        ("r1:&routers", "123"),
    ],
)
def test_names_and_wildcards_narrow_and_the_rest_never_drops_a_device(limit: str | None, left: str) -> None:
    assert "".join(limited(HOSTS, limit)) == left
