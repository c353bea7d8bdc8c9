"""What the demonstration says when its Nautobot cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from netcellar.cli import run_cli
from netcellar.demo.nautobot import NautobotUnavailableError


@contextmanager
def _unavailable(*_arguments: object, **_options: object) -> Iterator[None]:
    raise NautobotUnavailableError("pip ended with 1: no network")
    yield


def test_no_traceback_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("netcellar.demo.story.running", _unavailable)
    assert run_cli(["demo", "--nautobot", "--dir", str(tmp_path / "x")]) == 1
    assert "pip ended with 1: no network\n  -> " in capsys.readouterr().err
