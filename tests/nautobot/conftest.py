"""One real Nautobot of each version for all tests of this folder, whichever worker they run in."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from netcellar.demo.nautobot import DEMO, NautobotUnavailableError, Release, Server, running

from .estate import estate
from .releases import RELEASES, cache_of
from .rest import Rest

CACHE = cache_of(DEMO)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Release], Server]]:
    """The running servers, each with its estate of a thousand devices. All start at once, and are waited for singly."""
    with ThreadPoolExecutor() as pool, ExitStack() as stack:
        opened = {release: _opened(release, _shared(tmp_path_factory)) for release in RELEASES.values()}
        starting = {release: pool.submit(stack.enter_context, server) for release, server in opened.items()}
        yield lambda release: starting[release].result()
        # what still starts must be there before it can be ended
        wait(starting.values())


def _opened(release: Release, shared: Path) -> AbstractContextManager[Server]:
    folder = shared / f"nautobot-{release.version}"
    return running(folder, estate(release), cache=cache_of(release), release=release)


@pytest.fixture(scope="session")
def release(request: pytest.FixtureRequest) -> Release:
    """The version that a test is for: the demo's, unless the test is marked ``on_every_version``."""
    found: Release = getattr(request, "param", DEMO)
    return found


@pytest.fixture(scope="session")
def server(release: Release, servers: Callable[[Release], Server]) -> Server:
    """The running server of that version."""
    try:
        return servers(release)
    except NautobotUnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO REAL NAUTOBOT {release.version} IS TESTED HERE: {error}")


@pytest.fixture(autouse=True)
def _quiet_definitions(
    request: pytest.FixtureRequest, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Who changes custom fields is alone with the server, of all workers.

    Nautobot forgets the fields in its cache before the change is committed: a request between the two brings the old
    ones back, and they stay.
    """
    alone = request.node.get_closest_marker("changes_definitions")
    shared = _shared(tmp_path_factory)
    files = [shared / f"{lock}-{release.version}.lock" for lock in ("turn", "quiet")]
    with files[0].open("w") as turn, files[1].open("w") as quiet:
        fcntl.flock(turn, fcntl.LOCK_EX)  # so that nobody who comes later passes one who waits to be alone
        fcntl.flock(quiet, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def rest(server: Server) -> Rest:
    """The server's REST API, as its administrator."""
    return Rest(server.url, server.token)


@pytest.fixture(scope="session")
def rows(release: Release, rest: Rest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All devices as REST tells them: what selections are checked against. Asked for once by all workers."""
    path = _shared(tmp_path_factory) / f"rows-{release.version}.json"
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_text(json.dumps(rest.devices()))
    found: list[dict[str, Any]] = json.loads(path.read_text())
    return [row | {"location": [tuple(place) for place in row["location"]]} for row in found]
