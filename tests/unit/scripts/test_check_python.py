"""`make venv` says in one sentence what it lacks."""

from __future__ import annotations

import builtins
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "check_python.py"


def missing() -> str:
    """What the script says on this interpreter."""
    return str(runpy.run_path(str(SCRIPT))["missing"]())


def test_this_interpreter_will_do() -> None:
    assert missing() == ""


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 10, 0), (3, 14, 0)])
def test_another_version_is_named(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert "3.11 to 3.13" in missing()
    assert f"is {version[0]}.{version[1]}" in missing()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name == module:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    assert "apt-get install python3-venv" in missing()
