"""The report as Markdown, and what both forms share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from netcellar.commands.report import moment_of
from netcellar.errors import BadInputError
from netcellar.pages import MOST_CHANGES, MOST_LINES, MOST_PLACES, MOST_RUNS, bars, fenced, html, in_markdown, markdown
from netcellar.words import lasting

AT = datetime(2026, 11, 21, 12)


def run(**values: Any) -> dict[str, Any]:
    facts = {"run_id": "r1", "job": "nightly", "status": "partial", "message": "1 | 2", "seconds": 75.0}
    more = {"devices_backed_up": 3, "devices_failed": 1, "files_changed": 1, "commit": "c", "pushed": True}
    return facts | {"started": "2026-11-21T02:00:00Z"} | more | values


def report(**values: Any) -> dict[str, Any]:
    failures: dict[str, Any] = {"by_class": [], "by_place": [], "devices": []}
    base = {"schema": 1, "at": "2026-11-21T12:00:00Z", "since": None, "project": "lab", "runs": [run()], "changes": []}
    return {**base, "coverage": None, "coverage_unknown": "not known", "failures": failures, **values}


def change(**values: Any) -> dict[str, Any]:
    facts = {"class": "access list", "devices": ["r1"], "parents": ["ip access-list x"], "lines": ["+ permit any"]}
    return facts | {"compared_as_text": None} | values


def changed(*changes: dict[str, Any]) -> dict[str, Any]:
    head = {"run_id": "r1", "job": "nightly", "started": "2026-11-21T02:00:00Z", "unknown": None}
    return head | {"changes": list(changes), "new": [], "gone": [], "silent": []}


def test_markdown_tells_what_changed() -> None:
    text = markdown(report(changes=[changed(change())]))
    assert "**access list** on 1 device: r1\n" in text
    assert "```diff\nip access-list x\n+ permit any\n```" in text
    assert "| 2026-11-21 02:00 | nightly | partial | 3 | 1 | 1 | 1 min 15 s | 1 \\| 2 |" in text


@pytest.mark.parametrize("text", ["a|b", "`x`", "<b>", "[a](b)", "*x*", "a&lt;b", "back\\slash"])
def test_markdown_of_a_device_is_text(text: str) -> None:
    assert in_markdown(text).replace("\\", "") == text.replace("\\", "")
    assert all(in_markdown(text)[at - 1] == "\\" for at, char in enumerate(in_markdown(text)) if char in "|`<[*&")


@pytest.mark.parametrize("form", [html, markdown])
def test_nothing_that_others_wrote_is_markup_or_moves_a_terminal(form: Any) -> None:
    bad = "<script>\x1b[2J\x9b\u202e`|"
    failed = {"device": bad, "class": "auth", "message": bad, "location": bad}
    failures = {
        "by_class": [{"class": "auth", "devices": 1, "times": 1, "remedy": bad}],
        "by_place": [{"location": bad, "devices": 1}],
        "devices": [failed],
    }
    told = changed(change(devices=[bad], parents=[bad], lines=[bad], compared_as_text=bad)) | {"new": [bad]}
    text = form(report(runs=[run(message=bad)], failures=failures, changes=[told], coverage_unknown=bad))
    assert "script" in text
    assert all(char.isprintable() or char == "\n" for char in text)
    outside = text if form is html else text.replace("\\<", "").partition("```diff")[0]
    assert "<script" not in outside


def test_a_code_block_holds_whatever_stands_in_it() -> None:
    assert fenced(["+ ```", "- ````"]) == "`````diff\n+ ```\n- ````\n`````"
    assert fenced(["+ a\n```\nb"]).count("\n") == 2


def test_what_is_too_much_for_a_page_is_counted() -> None:
    many = [change(lines=[f"+ {number}" for number in range(MOST_LINES + 5)])] + [change()] * (MOST_CHANGES + 2)
    for text in (markdown(report(changes=[changed(*many)])), html(report(changes=[changed(*many)]))):
        assert "5 more lines" in text
        assert "3 more" in text


def test_runs_and_places_over_the_bounds_are_counted() -> None:
    places = [{"location": f"site {number}", "devices": 1} for number in range(MOST_PLACES + 4)]
    kind = {"class": "auth", "devices": 1, "times": 1, "remedy": ""}
    failures = {"by_class": [kind], "by_place": places, "devices": []}
    many = report(runs=[run()] * (MOST_RUNS + 3), failures=failures)
    for text in (markdown(many), html(many)):
        assert (
            f"3 earlier ones: {'`' if text.startswith('#') else '<code>'}netcellar runs list --last {MOST_RUNS + 3}"
            in text
        )
        assert "4 more places" in text
        assert text.count("2026-11-21 02:00") < 3 * MOST_RUNS + 10


def test_bars_are_shares_of_the_largest_run() -> None:
    found = bars([run(), run(devices_backed_up=8, devices_failed=0)])
    assert [(bar["good"], bar["bad"]) for bar in found] == [(100.0, 0.0), (37.5, 12.5)]
    assert bars([]) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", datetime(2026, 11, 14, 12)),
        ("90m", datetime(2026, 11, 21, 10, 30)),
        ("2026-11-01", datetime(2026, 11, 1)),
        ("2026-11-01T02:00+02:00", datetime(2026, 11, 1)),
    ],
)
def test_since(text: str, moment: datetime) -> None:
    assert moment_of(text, AT) == moment


@pytest.mark.parametrize("text", ["yesterday", "7", "-1d", "2026-13-01", "999999w", "0001-01-01T00:00+10:00"])
def test_since_that_is_no_time(text: str) -> None:
    with pytest.raises(BadInputError, match="7d, 12h or 2026-11-01"):
        moment_of(text, AT)


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (59, "59 s"), (3600, "1 h"), (90_061, "1 d 1 h")])
def test_a_length_of_time_in_words(seconds: int, words: str) -> None:
    assert lasting(seconds) == words
