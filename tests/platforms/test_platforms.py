"""Each folder ``<network_os>/<case>/`` is a test: what a device sent, and what is kept of it.

``session.txt`` starts with prompt and command and ends with the prompt, as a terminal shows them; on an exec channel
``$`` stands for the prompt. ``expected.cfg`` and ``expected.masked`` are what is kept without and with masking, or
``expected.fault`` begins with the error class of a text that must not be kept. ``artifact`` names another artifact than
``running``; ``<network_os>/error.txt`` is how a device rejects a command. ``NETCELLAR_WRITE_EXPECTED=1 pytest
tests/platforms`` writes the expected files of new cases.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, judge
from ansible_collections.netcellar.backup.plugins.module_utils.mask import mask
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import (
    experimental_ones,
    known,
    platform_for,
)

from .sessions import CASES, platform_of, transcript_of

NAMES = [f"{case.parent.name}/{case.name}" for case in CASES]


def expected(case: Path, kind: str, actual: str) -> str:
    path = case / f"expected.{kind}"
    if os.environ.get("NETCELLAR_WRITE_EXPECTED") and not path.exists():
        path.write_text(actual, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_session_is_kept_as_expected(case: Path) -> None:
    platform = platform_of(case)
    artifact = (case / "artifact").read_text().strip() if (case / "artifact").exists() else "running"
    result = judge(platform, artifact, transcript_of(platform, (case / "session.txt").read_text(encoding="utf-8")))
    if (case / "expected.fault").exists():
        assert not isinstance(result, Certified)
        assert f"{result.error}: {result.message}\n" == (case / "expected.fault").read_text()
        return
    assert isinstance(result, Certified), result
    assert result.text == expected(case, "cfg", result.text)
    masked = mask(platform, result.text)
    assert masked.text == expected(case, "masked", masked.text)
    assert mask(platform, masked.text).text == masked.text


@pytest.mark.parametrize("network_os", (*known(), *experimental_ones()))
def test_every_platform_has_evidence(network_os: str) -> None:
    assert len([case for case in CASES if case.parent.name == network_os]) >= 1


def test_masking_loses_no_line() -> None:
    for case in CASES:
        if (case / "expected.masked").exists():
            plain, masked = ((case / f"expected.{kind}").read_text().split("\n") for kind in ("cfg", "masked"))
            assert len(plain) == len(masked)


@pytest.mark.parametrize("network_os", known())
def test_a_platform_whose_texts_show_no_end_is_read_twice(network_os: str) -> None:
    platform = platform_for(network_os)
    running = platform.artifacts["running"]
    assert running.end or running.structure or platform.two_reads or network_os == "nvidia_onyx"
