"""No pattern of a person makes the matcher run for long."""

from __future__ import annotations

import time

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.patterns import (
    MAX_PATTERN,
    PatternError,
    pattern,
)


@pytest.mark.parametrize(
    ("text", "subject", "found"),
    [
        ("^ber-", "ber-core-1", True),
        ("^core", "ber-core-1", False),
        ("core", "ber-core-1", True),
        (r"^(ber|bon)-.*-r\d+$", "bon-edge-r12", True),
        (r"^(\d{1,3}\.){3}\d{1,3}$", "192.0.2.1", True),
        (r"^(?:foo|bar)+$", "foobarfoo", True),
        (r"^[a-z]+-(\w+)$", "rtr-1", True),
        (r"(?i)CORE", "ber-core-1", True),
        (r".*core.*", "ber-core-1", True),
        (r"^$", "", True),
        (r"\d{2}$", "r12", True),
    ],
)
def test_what_people_write_is_taken(text: str, subject: str, found: bool) -> None:
    assert (pattern(text).expression.search(subject) is not None) is found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(a+)+$", "a repeat inside a repeat"),
        ("(a*)*b", "a repeat inside a repeat"),
        ("(a|aa)+$", "a repeat inside a repeat"),
        ("(?:a|a?)+$", "a repeat inside a repeat"),
        (r"^(\w+\s?)*$", "a repeat inside a repeat"),
        (r"([a-z]{1,5}){20,}", "a repeat inside a repeat"),
        ("(.*a){12}", "too many repeats"),
        ("(a?){40}a{40}", "too many ways"),
        (".*a.*b.*c.*d", "too many repeats"),
        (r"(a)\1", "refers back"),
        ("(?=a)b", "looks ahead or behind"),
        ("(?<!a)b", "looks ahead or behind"),
        ("a(", "not a regular expression"),
        ("[z-a]", "not a regular expression"),
        ("*a", "not a regular expression"),
        ("a" * (MAX_PATTERN + 1), "longer than"),
    ],
)
def test_what_could_take_long_is_refused(text: str, says: str) -> None:
    with pytest.raises(PatternError, match=says):
        pattern(text)


@pytest.mark.parametrize("text", [".*.*", ".*a.*b", r"^.*\d+.*x", r"^(a|b|ab){6}c", r"(\w{1,9}-){3}x", "a.*a.*"])
def test_the_worst_text_that_is_allowed_is_soon_looked_at(text: str) -> None:
    checked = pattern(text)
    assert checked.longest >= 200, "names are searched whole"
    began = time.process_time()
    for char in "a1-":
        checked.expression.search(char * min(checked.longest, 2_000))
    assert time.process_time() - began < 10
