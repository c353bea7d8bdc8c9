"""The versions of Nautobot that are tested, and where each is kept between runs of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from netcellar.demo.nautobot import DEMO, Release

HERE = Path(__file__).resolve().parent
OLD = Release("2.4.44", HERE / "nautobot-2.4.44.sql.gz")
RELEASES = {release.version: release for release in (DEMO, OLD)}

on_every_version = pytest.mark.parametrize(
    "release", RELEASES.values(), indirect=True, scope="session", ids=RELEASES.keys()
)


def cache_of(release: Release) -> Path:
    """Its virtual environment is made here, once."""
    return HERE.parents[1] / ".cache" / "nautobot" / release.version
