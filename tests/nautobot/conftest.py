"""One real Nautobot for all tests of this folder, whichever worker they run in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from netcellar.demo.nautobot import VERSION, NautobotUnavailableError, Server, install, running

from .estate import estate

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "nautobot" / VERSION


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running server with the estate of a thousand devices."""
    try:
        install(CACHE)
    except NautobotUnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO REAL NAUTOBOT IS TESTED HERE: it cannot be installed: {error}")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    for folder in (shared, *shared.parents):
        # as root, PostgreSQL runs as nobody, who must be able to pass through to its data
        if os.geteuid() == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    with running(shared / "nautobot", estate(), cache=CACHE) as found:
        yield found
