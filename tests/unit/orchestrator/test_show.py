"""What people get: in a pipe, on a terminal that is too narrow, and on one that devices would like to move."""

from __future__ import annotations

import functools
import sys

import pytest
from netcellar import show
from rich.console import Console

RUN = "20261121T072543Z-96a1d3"
LONG = "word " * 60
HOSTILE = "a\x1b[2J\x9b2J\u202eb\tä"


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


@pytest.mark.parametrize(
    "output",
    [
        show.Output("json", None),
        show.Output("yaml", None),
        *(show.Output("table", query) for query in ("@", "a", "[a]")),
    ],
    ids=str,
)
def test_a_terminal_shows_control_characters_and_a_pipe_gets_the_value(
    output: show.Output, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output.emit({"a": HOSTILE}, print)
    piped = capsys.readouterr().out
    assert output.query not in {"a", "[a]"} or piped == HOSTILE.replace("\x1b[2J", "") + "\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    output.emit({"a": HOSTILE}, print)
    out = capsys.readouterr().out
    assert "ä" in out
    assert all(char.isprintable() or char in "\n\t" for char in out)


def test_what_is_told_beside_moves_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show.console(stderr=True).print(f"netcellar: {HOSTILE}\n  -> mend it", soft_wrap=True)
    assert capsys.readouterr().err.split() == ["netcellar:", r"a\x1b[2J\x9b2J\u202eb", "ä", "->", "mend", "it"]
