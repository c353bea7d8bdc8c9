"""The database below the store: opened, brought to this version's tables, and its faults told in words."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from .errors import OrchestratorError

BUSY_SECONDS = 30
CONNECT_SECONDS = 15
WRITES = "netcellar_writes"
# Any number that no other program is likely to lock in the same database.
MIGRATION_LOCK = 0x6E657463
URL_REMEDY = "write postgresql://user@host/database"
REMEDIES = {
    "authentication": "look at the user in `store.url` and the secret that `store.password` refers to",
    "is locked": "end the program that holds it (a backup of the file, a debugger), then try again",
    "is full": "free space on that file system, then try again: nothing that was captured is lost",
    "disk I/O error": "free space if that disk is full, else have it looked at: nothing that was captured is lost",
    "No space left": "free space on the database's disk, then try again: nothing that was captured is lost",
    "unable to open": "is its folder there, and may you write in it? `state` in netcellar.yml names another one",
    "readonly": "give its file and folder to the user that runs Netcellar, or set another `state`",
    "not a database": "move the file away: a new one is made, and the cellar itself is untouched",
    "malformed": "move the file away: a new one is made, and the cellar itself is untouched",
    "onnection": "is the database server up, and does `store` in netcellar.yml name it rightly?",
}
OTHERWISE = "mend it, then try again; the cellar itself is untouched, and so is what runs have captured"


class StoreError(OrchestratorError):
    """The store cannot be used: locked, full, gone, damaged, or written by a newer Netcellar. No run begins then."""

    exit_code = 3


def open_file(path: Path) -> Engine:
    """The SQLite database in a file, made where there is none; many may do so at once. Raises StoreError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private(path.with_name(f"{path.name}.lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # To close it once it is in use would take away SQLite's own locks. Its files beside it get the same rights.
            if not path.exists():
                _private(path).close()
            return open_url(f"sqlite:///{path}")
    except OSError as error:
        message = f"{path.parent}: the store cannot be kept there: {error.strerror}"
        raise StoreError(message, remedy="set `state` in netcellar.yml to a folder that you may write in") from error


def _private(path: Path) -> IO[bytes]:
    """The file, made where there is none, for its owner alone. Raises OSError."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def open_url(url: str | URL) -> Engine:
    """The database at a SQLAlchemy URL, with this version's tables. Raises StoreError."""
    engine = _engine(url)
    try:
        _migrate(engine)
    except SQLAlchemyError as error:
        raise unusable(engine, error) from error
    return engine


def unusable(engine: Engine, error: SQLAlchemyError) -> StoreError:
    """What a fault of the database means for a person."""
    reason = str(getattr(error, "orig", None) or error).strip()
    remedy = next((remedy for words, remedy in REMEDIES.items() if words in reason), OTHERWISE)
    return StoreError(f"{place(engine)}: the store of runs cannot be used: {reason}", remedy=remedy)


def place(engine: Engine) -> str:
    """The database as a person knows it: a file, or a server's name and the database on it."""
    url = engine.url
    return f"{url.host or 'localhost'}/{url.database}" if url.get_backend_name() != "sqlite" else str(url.database)


def _engine(url: str | URL) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"store: {error}", remedy=URL_REMEDY) from error
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        engine = create_engine(parsed)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if kind != "postgresql":
        raise StoreError(f"store: `{kind}` is no database that the store can be in", remedy=URL_REMEDY)
    return _server(parsed)


def _server(url: URL) -> Engine:
    driven = url.set(drivername="postgresql+psycopg")
    try:
        return create_engine(driven, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
    except ModuleNotFoundError as error:
        remedy = "pip install 'netcellar[postgres]'"
        raise StoreError("a store in PostgreSQL needs the package psycopg", remedy=remedy) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Without this the driver begins transactions by itself, and a reader that goes on to write is refused at once.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_SECONDS * 1000}", "journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "netcellar:migrations")
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            remedy = "update Netcellar to the version that wrote it, or name another store"
            raise StoreError(f"{place(engine)}: the store is of a newer Netcellar", remedy=remedy) from error
