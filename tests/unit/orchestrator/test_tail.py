"""Following records while they are written, half-written lines included."""

from __future__ import annotations

from pathlib import Path

from netcellar.core import Record
from netcellar.tail import Count, Tail


def test_only_whole_lines_count_and_each_is_told_once(tmp_path: Path) -> None:
    tail = Tail(tmp_path)
    assert tail.look() == []
    silent = [Record("x", str(number), f"r{number}") for number in range(3)]
    with (tmp_path / "records.jsonl").open("w") as file:
        file.write("".join(record.line() for record in silent))
        file.flush()
        assert tail.look() == silent
        assert tail.count() == Count(3, 0, 0)
        staged = silent[0].failed("git", "captured and staged, not yet committed", stage="stage")
        down = silent[1].failed("refused", "no", stage="connect")
        half = down.line()[:40]
        file.write(staged.line() + half)
        file.flush()
        assert tail.look() == [staged]
        file.write(down.line()[40:])
        file.flush()
        assert tail.look() == [down]
    assert tail.look() == []
    assert tail.count() == Count(3, 1, 1)
