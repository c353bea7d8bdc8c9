"""The page on platforms says what the platform files say. ``NETCELLAR_WRITE_EXPECTED=1`` writes its table anew."""

from __future__ import annotations

import os

from .table import HEAD, PAGE, table


def test_the_table_of_platforms_is_that_of_the_files() -> None:
    page = PAGE.read_text(encoding="utf-8")
    start = page.index(HEAD)
    end = page.index("\n\n", start) + 1
    if os.environ.get("NETCELLAR_WRITE_EXPECTED"):
        PAGE.write_text(page[:start] + table() + page[end:], encoding="utf-8")
        return
    assert page[start:end] == table()
