"""What stands on the screen."""

from __future__ import annotations

import re
import time

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.terminal import mark, render, unmark, without_codes
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\r\nb\r\r\nc\nd", "a\nb\nc\nd"),
        (b"\rhost# ", "host# "),
        (b"abc\x08\x08XY", "aXY"),
        (b"abc\x08 \x08", "ab"),
        (b"--More--\r        \rnext", "next"),
        (b"abcdef\rXY", "XYcdef"),
        (b"a\x1b[1;31mred\x1b[0mb", "aredb"),
        (b"\x1b[?2004hroot@host:~# ", "root@host:~# "),
        (b"old\r\x1b[Knew", "new"),
        (b"old\x1b[2Knew", "   new"),
        (b"abcd\x1b[2D\x1b[Kx", "abx"),
        (b"ab\x1b[3Cx", "ab   x"),
        (b"\x1b[24;1Hhost# \x1b[?25h\x1b[24;7H", "host# "),
        (b"junk\x1b[2Jclean", "clean"),
        (b"\x1b]0;a title\x07host$ ", "host$ "),
        (b"\x1b=\x1b>\x1b(Bx\x07\x00", "x"),
        ("caf\u00e9".encode(), "caf\u00e9"),
        (b"caf\xe9 \xff", "caf\u00e9 \u00ff"),
        (b"\ttab  kept  ", "\ttab  kept  "),
        (b"cut\x1b[", "cut"),
    ],
)
def test_rendering(raw: bytes, text: str) -> None:
    assert render(raw) == text


@given(st.binary(max_size=400))
def test_no_bytes_leave_a_control_character(raw: bytes) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", render(raw))


@given(st.text(alphabet=st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert render(text.encode()) == text


def test_marked_text_is_left_out_unless_it_was_overwritten() -> None:
    marked = mark("--More--")

    assert unmark(render(b"a\r\n" + marked + b"\r\nb")) == "a\nb"
    assert unmark(render(b"a\r\n" + marked + b"\r        \rb")) == "a\nb"
    assert unmark(render(b"end" + marked + b"\x08 \x08" * 8)) == "end"
    assert unmark("as it was\n\n") == "as it was\n\n"


def test_codes_are_dropped_without_being_obeyed() -> None:
    assert without_codes(b"show run\r\x1b[Kning") == "show running"


def test_a_huge_line_of_codes_needs_no_huge_memory() -> None:
    assert render(b"\x1b[999999999C" * 3 + b"x" * 10)[-10:] == "x" * 10
    assert render(b"y" * 1_100_000 + b"\x1b[1;1H").endswith("y")


def test_time_is_linear_in_the_size() -> None:
    page = b"interface Loopback0\r\n description x\x08y\r\n"

    def seconds(count: int) -> float:
        raw = page * count
        started = time.process_time()
        render(raw)
        return time.process_time() - started

    # What is quadratic takes 256 times as long for 16 times as much.
    assert min(seconds(16_000) for _ in range(2)) < 64 * min(seconds(1_000) for _ in range(3))
