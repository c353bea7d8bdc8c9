"""What changed by its meaning, for any text: nothing is hidden, and another implementation sees the same."""

from __future__ import annotations

import random

from ansible_collections.netcellar.backup.plugins.module_utils.semantic import compare
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from hier_config import HConfig, Platform, get_hconfig
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.text(alphabet="abc ^{}<>\"!#\t\n-+/[]\\;'0\x00é", max_size=200)


@given(WORDS, WORDS)
def test_no_text_is_too_odd_and_no_change_is_hidden(old: str, new: str) -> None:
    found = compare(old, new, platform_for("cisco_ios"))
    words = [sorted(line.strip() for line in text.split("\n") if any(map(str.isalnum, line))) for text in (old, new)]
    assert found.changes or found.plain or words[0] == words[1]


NAMES = st.sampled_from(["ntp a", "snmp b", "interface c", "vlan d", "router e", "x f", "y g"])
TREES = st.recursive(
    st.dictionaries(NAMES, st.none(), max_size=3),
    lambda below: st.dictionaries(NAMES, st.none() | below, max_size=4),
    max_leaves=12,
)


def printed(tree: dict[str, object], order: random.Random, depth: int = 0) -> str:
    """A tree as a device prints it, in any order."""
    lines = []
    for name in order.sample(sorted(tree), len(tree)):
        below = tree[name]
        lines.append(" " * depth + name + "\n")
        lines.append(printed(below, order, depth + 1) if isinstance(below, dict) else "")
    return "".join(lines)


@given(TREES, TREES, st.randoms(use_true_random=False))
def test_another_implementation_sees_the_same_changes(
    old: dict[str, object], new: dict[str, object], order: random.Random
) -> None:
    # A line at the end keeps the outline from being flat, where nothing tells whether the order is free.
    texts = [printed(tree, order) + "z\n z\n" for tree in (old, new)]
    found = compare(*texts)
    assert found.plain == ""
    theirs = [line.strip() for line in hier(texts[0]).unified_diff(hier(texts[1])) if line.lstrip()[:2] in {"- ", "+ "}]
    ours = [f"{line[0]} {line[1:].strip()}" for change in found.changes for line in change.lines]
    assert sorted(ours) == sorted(theirs)


def hier(text: str) -> HConfig:
    """The same text as hier_config reads it."""
    return get_hconfig(Platform.GENERIC, text)
