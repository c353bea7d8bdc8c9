"""Blocks that stand twice in a row."""

from __future__ import annotations

from time import process_time

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.repeats import repeated_block

LINES = [
    f"{line}\n" for n in range(9) for line in (f"interface Gi0/{n}", f" ip address 192.0.2.{n}", " no shutdown", "!")
]
SECONDS = 2.0


def test_a_text_without_a_repeat_has_none() -> None:
    assert repeated_block("".join(LINES)) is None


@pytest.mark.parametrize("start", range(12))
@pytest.mark.parametrize("length", [2, 3, 4, 7, 12])
def test_a_block_that_comes_twice_is_found_wherever_it_begins(start: int, length: int) -> None:
    text = "".join(LINES[: start + length] + LINES[start:])
    if any("Gi" in line or "ip" in line for line in LINES[start : start + length]):
        assert repeated_block(text) == length


@pytest.mark.parametrize(
    "text", ["!\n!\n!\n", " exit\n exit\n", "*      *\n*      *\n", " shutdown\n shutdown\n", "\n\n"]
)
def test_lines_that_say_little_may_come_twice(text: str) -> None:
    assert repeated_block(f"hostname r1\n{text}end\n") is None


def test_the_work_is_linear_in_the_text() -> None:
    text = "".join(f"a line b\nc line {n}\n" for n in range(100_000))
    started = process_time()
    assert repeated_block(text) is None
    assert process_time() - started < SECONDS
