"""The search at the starts of lines finds what ``re`` finds."""

from __future__ import annotations

import re

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.line_search import finditer, search
from hypothesis import given
from hypothesis import strategies as st

PATTERNS = [
    r"^a",
    r"^a|^b",
    r"^a|b",
    r"^(?:ab|b+)$",
    r"(?:^a)|b",
    r"a",
    r"^\s*b",
    r"^(?P<one>a)\n",
    r"^a\n^b",
    r"(?i)^A",
    r"^[ab]+(?=\n)",
]


@pytest.mark.parametrize("text", PATTERNS)
@given(data=st.text("ab \n", max_size=12), at=st.integers(0, 12))
def test_it_finds_what_re_finds(text: str, data: str, at: int) -> None:
    pattern = re.compile(text, re.MULTILINE)

    wanted, found = pattern.search(data, at), search(pattern, data, at)

    assert (found and (found.span(), found.groups())) == (wanted and (wanted.span(), wanted.groups()))
    assert [each.span() for each in finditer(pattern, data)] == [each.span() for each in pattern.finditer(data)]


def test_without_lines_a_start_is_that_of_the_text() -> None:
    pattern = re.compile("^b")

    assert search(pattern, "a\nb") is None
    assert search(pattern, "b")
