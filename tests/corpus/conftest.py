"""Finds the corpus of recorded sessions; it is beside the checkout, and never a part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .recorded import Recorded, load_compare, load_sessions

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = Path(os.environ.get("NETCELLAR_CORPUS", BESIDE))
    if not (folder / "compare.py").is_file():
        pytest.skip(f"no corpus of recorded sessions in {folder}")
    return folder


@pytest.fixture(scope="session")
def recorded(corpus: Path) -> list[Recorded]:
    return load_sessions(corpus, load_compare(corpus))
