"""Tables as people get them: in a pipe, and on a terminal that is too narrow."""

from __future__ import annotations

import functools

import pytest
from netcellar import show
from rich.console import Console

RUN = "20261121T072543Z-96a1d3"
LONG = "word " * 60


def test_a_pipe_gets_whole_lines_and_no_blanks_at_their_end(capsys: pytest.CaptureFixture[str]) -> None:
    show.print_table(("run", "why"), [[RUN, LONG + "end"], ["r", ["a", "b"]], ["r", ""]])
    assert capsys.readouterr().out.splitlines()[1:] == [f"{RUN}  {LONG}end", f"r{' ' * 24}a", f"{' ' * 25}b", "r"]


def test_a_narrow_terminal_breaks_all_but_what_is_copied(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(show, "console", functools.partial(Console, width=60))
    show.print_table(("run", "started", "limit"), [[RUN, "2026-11-21T07:25:43Z", "x" * 30]])
    show.print_table(("name",), [["n" * 100]])
    out = capsys.readouterr().out
    assert RUN in out
    assert max(map(len, out.splitlines())) <= 60
