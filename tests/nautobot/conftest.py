"""One real Nautobot for all tests of this folder, whichever worker they run in."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from netcellar.demo.nautobot import VERSION, NautobotUnavailableError, Server, install, running

from .estate import estate
from .rest import Rest

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
    shared = _shared(tmp_path_factory)
    with running(shared / "nautobot", estate(), cache=CACHE) as found:
        yield found


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def rest(server: Server) -> Rest:
    """The server's REST API, as its administrator."""
    return Rest(server.url, server.token)


@pytest.fixture(scope="session")
def rows(rest: Rest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All devices as REST tells them: what selections are checked against. Asked for once by all workers."""
    path = _shared(tmp_path_factory) / "rows.json"
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_text(json.dumps(rest.devices()))
    found: list[dict[str, Any]] = json.loads(path.read_text())
    return found
