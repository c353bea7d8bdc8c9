"""What a person sees while a run goes on."""

from __future__ import annotations

import io

import pytest
from netcellar.core import Kept, Record
from netcellar.progress import Screen, watching
from netcellar.tail import Count
from rich.console import Console

GOOD = Record("a", "1", "r1", platform="cisco_ios", stage="stage", error="git", outcome="failed", seconds=1.26)
BAD = Record("a", "2", "r\x1b2", platform="frr", outcome="unreachable", error="refused", message="no \x1b way")
SILENT = Record("a", "3", "r3")


def screen() -> tuple[Screen, io.StringIO]:
    paper = io.StringIO()
    shown = Console(file=paper, force_terminal=True, width=100, color_system=None, markup=False, legacy_windows=False)
    return Screen(shown), paper


def test_the_latest_devices_stand_above_the_bar() -> None:
    shown, paper = screen()
    with shown.live:
        shown(Count(0, 0, 0), [])
        shown.live.refresh()
        assert "None" not in paper.getvalue()
        shown(Count(4, 1, 1), [GOOD, BAD, SILENT])
        shown.live.refresh()
    text = paper.getvalue()
    assert "2/4 devices" in text
    assert "1 ok, 1 not" in text
    assert next(words.split() for words in text.splitlines() if "captured" in words) == [
        "r1",
        "cisco_ios",
        "captured",
        "1.3",
    ]
    assert "r3" not in text


def test_what_failed_is_named_for_good_and_nothing_of_a_device_is_obeyed() -> None:
    shown, paper = screen()
    with shown.live:
        shown(Count(2, 0, 1), [BAD])
    assert "r\\x1b2: refused: no \\x1b way" in paper.getvalue()


def test_only_some_devices_are_shown_however_many_come() -> None:
    shown, _paper = screen()
    for number in range(100):
        kept = Record("a", str(number), f"r{number}", outcome="stored", artifacts=(Kept("running"),))
        shown(Count(100, number + 1, 0), [kept])
    assert [record.host for record in shown.latest][-1] == "r99"
    assert len(shown.latest) < 20


def test_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with watching() as watch:
        watch(Count(2, 1, 0), [GOOD])
        watch(Count(2, 1, 1), [BAD])
    captured = capsys.readouterr()
    assert captured.err == "2/2 devices, 1 ok, 1 not\n"
    assert captured.out == ""
