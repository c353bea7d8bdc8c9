"""Whatever devices ask for: what is accepted stands in the tree afterwards, and no two files are one anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.decide import Plan, above, decide
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import Entry
from ansible_collections.netcellar.backup.plugins.plugin_utils.lookalikes import folded
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PATHS = ("r", "R", "r/x", "R/x", "r/x/y", "s", "s\u200b", "s/x", "t")
WISHES = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(PATHS), max_size=5)


def wish(device: str, path: str, day: int) -> Entry:
    return Entry(device, "running", device, path, f"{device}{path}", "", f"2026-11-{day}T00:00:00Z", "r")


def after(plan: Plan, files: dict[str, str]) -> dict[str, str]:
    """The tree that a plan makes; what is written below a file, or over a folder, replaces it."""
    found = {path: blob for path, blob in files.items() if path not in plan.remove}
    for path, blob in plan.write.items():
        found = {each: kept for each, kept in found.items() if each not in above(path) and path not in above(each)}
        found[path] = blob
    return found


@given(runs=st.lists(WISHES, min_size=1, max_size=4))
def test_what_is_accepted_is_there_and_nothing_else_is_lost(runs: list[dict[str, str]]) -> None:
    files: dict[str, str] = {}
    index: dict[tuple[str, str], Entry] = {}
    for day, wishes in enumerate(runs, 20):
        plan = decide([wish(device, path, day) for device, path in wishes.items()], files, index, NOW)
        files, index = after(plan, files), {**index, **plan.index}
        assert {entry.path: entry.blob for entry in index.values()} == files
        taken = [folded(path) for path in files]
        assert len(set(taken)) == len(taken)
        assert not {folded(folder) for path in files for folder in above(path)} & set(taken)
        assert set(plan.decisions) == {(device, "running") for device in wishes}


@pytest.mark.parametrize(("old", "new"), [("b/r1", "b/r1/running"), ("b/r1/running", "b/r1"), ("b/r1", "B/R1")])
def test_a_file_may_become_a_folder_of_its_own_and_a_folder_a_file(old: str, new: str) -> None:
    plan = decide([wish("a", new, 21)], {old: f"a{old}"}, {("a", "running"): wish("a", old, 20)}, NOW)
    assert [each.verdict for each in plan.decisions.values()] == ["changed"]
    assert after(plan, {old: f"a{old}"}) == {new: f"a{new}"}
