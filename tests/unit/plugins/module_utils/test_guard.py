"""How far the set of devices may move between two runs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.guard import (
    Limit,
    RefusedError,
    change,
    guard,
    max_change,
    min_devices,
)


def names(*numbers: int) -> dict[str, str]:
    return {f"id{number}": f"r{number}" for number in numbers}


@pytest.mark.parametrize(
    ("written", "limit", "of_fifty"),
    [
        (None, None, None),
        (0, Limit(devices=0), 0),
        (25, Limit(devices=25), 25),
        ("10%", Limit(share=0.1), 5),
        ("2.5 %", Limit(share=0.025), 1),
        ("0%", Limit(share=0.0), 0),
        ("100%", Limit(share=1.0), 50),
    ],
)
def test_a_limit_is_a_number_or_a_share(written: Any, limit: Limit | None, of_fifty: int | None) -> None:
    found = max_change(written)
    assert found == limit
    assert found is None or found.allowed(50) == of_fifty


@pytest.mark.parametrize("written", [-1, "10", "101%", "ten", True, 1.5, "", [], "-5%", "1e9%"])
def test_what_is_no_limit(written: Any) -> None:
    with pytest.raises(NetcellarError, match=r"max_change: a number of devices or a share is expected.*`10%`"):
        max_change(written)


@pytest.mark.parametrize("written", [0, -1, "5", True, 1.5, "10%"])
def test_what_is_no_least_number(written: Any) -> None:
    with pytest.raises(NetcellarError, match="min_devices: a number of devices from 1 on"):
        min_devices(written)
    assert (min_devices(None), min_devices(20)) == (1, 20)


def test_what_left_and_what_entered() -> None:
    found = change(names(1, 2, 3), names(2, 3, 4, 5))
    assert (found.left, found.entered, found.before, found.after) == ({"id1"}, {"id4", "id5"}, 3, 4)


def test_up_to_the_limit_and_one_more() -> None:
    old, new = names(*range(20)), names(*range(2, 22))
    assert guard(old, new, limit=max_change("10%")).entered == {"id20", "id21"}
    assert guard(old, new, limit=max_change(2)).left == {"id0", "id1"}
    with pytest.raises(RefusedError) as caught:
        guard(old, new, limit=max_change("9%"))
    assert caught.value.message == (
        "of 20 devices, 2 leave and 2 enter, and max_change is 9% (1 device); leave: r0, r1; enter: r20, r21"
    )
    assert "--accept-change" in caught.value.remedy


def test_only_leaving_and_only_entering_count_too() -> None:
    for old, new in ((names(1, 2), names(1)), (names(1), names(1, 2))):
        with pytest.raises(RefusedError):
            guard(old, new, limit=max_change(0))


def test_ten_names_are_enough() -> None:
    with pytest.raises(RefusedError, match=r"enter: r1, r10, r11, .* and 20 more"):
        guard({}, names(*range(1, 31)), limit=max_change("50%"))


def test_the_first_run_has_nothing_to_compare_with() -> None:
    assert guard(None, names(1, 2), limit=max_change(0)).entered == frozenset()


def test_too_few_devices() -> None:
    with pytest.raises(RefusedError, match="has 2 devices, and min_devices is 3"):
        guard(None, names(1, 2), least=3)
    assert guard(None, names(1, 2, 3), least=3).after == 3


def test_no_limit_allows_all() -> None:
    assert guard(names(1), names(2)).left == {"id1"}


def test_no_name_breaks_the_line() -> None:
    with pytest.raises(RefusedError, match=r"enter: 'a\\nb', 'c\\u202ed'") as caught:
        guard({}, {"1": "a\nb", "2": "c\u202ed"}, limit=max_change(0))
    assert str(caught.value).isprintable()
