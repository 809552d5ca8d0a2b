"""Runs units of work on a database with SQLAlchemy Core: SQLite in WAL mode, or PostgreSQL.

A unit of work is an ordinary function of a connection, in a transaction of its own. On SQLite it runs as a whole in
a thread that does nothing else: a turn then costs two switches of threads instead of one per statement.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_BUSY_MILLISECONDS = 5000
_AGAIN_SECONDS = 0.02
_PRAGMAS = (
    # First: switching to WAL itself needs the lock that another process may hold.
    f"busy_timeout={_BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased is overwritten, not only forgotten (Debian's SQLite does so anyway)
)

Result = TypeVar("Result")
Work = Callable[[Connection], Result]


class StorageError(Exception):
    """The database or Redis can't be used now; the message holds no value and no password."""


class Database(Protocol):
    """Runs units of work."""

    async def run(self, work: Work[Result], doing: str) -> Result:
        """Run `work` in a transaction. Raises StorageError, which says what could not be done (`doing`)."""

    async def close(self) -> None:
        """Close every connection."""


def open_database(url: SecretStr, schema: str | None = None) -> Database:
    """Make the database (nothing is connected yet); `schema` is PostgreSQL's.

    Raises StorageError when the URL or the folder of the file is no good.
    """
    try:
        address = make_url(url.get_secret_value())
    except ArgumentError:
        raise StorageError("the database URL can't be read") from None
    if address.get_backend_name() == "sqlite":
        return SqliteDatabase(address)
    engine = create_async_engine(address, pool_size=10, pool_pre_ping=True, hide_parameters=True)
    return ServerDatabase(engine.execution_options(schema_translate_map={None: schema}) if schema else engine)


class ServerDatabase:
    """A database server, spoken to without blocking."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, work: Work[Result], doing: str) -> Result:
        """See Database."""
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise _storage_error(error, doing) from None

    async def close(self) -> None:
        """See Database."""
        await self._engine.dispose()


class SqliteDatabase:
    """A SQLite file. Several processes may share it; SQLite has one writer at a time, so one thread is enough."""

    def __init__(self, address: URL) -> None:
        if address.database and address.database != ":memory:":
            try:
                Path(address.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(f"the folder of the database can't be made ({error.strerror})") from None
        self._engine: Engine = create_engine(
            address.set(drivername="sqlite"),
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"check_same_thread": False},  # closed from the thread of the event loop
        )
        event.listen(self._engine, "connect", _prepare)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    async def run(self, work: Work[Result], doing: str) -> Result:
        """See Database."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, work)
        except (SQLAlchemyError, OSError) as error:
            raise _storage_error(error, doing) from None

    def _transaction(self, work: Work[Result]) -> Result:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        """See Database."""
        self._thread.shutdown(wait=True)
        self._engine.dispose()


def _storage_error(error: BaseException, doing: str) -> StorageError:
    # Neither SQLAlchemy's text nor its parameters leave: they may quote a row.
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StorageError(f"the database did not {doing} ({type(cause).__name__})")


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        _set(cursor, pragma)
    cursor.execute("PRAGMA database_list")
    for _number, _name, file in cursor.fetchall():
        if file:
            _keep_private(file)
    cursor.close()


def _set(cursor: sqlite3.Cursor, pragma: str) -> None:
    # Two that open a new file at once both switch it to WAL: one of them is told at once that it is locked, whatever
    # its timeout (SQLite sees a deadlock coming).
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return


def _keep_private(file: str) -> None:
    # It holds health data: only its owner reads it, whatever the umask. (SQLite gives its journals the same mode.)
    for name in (file, f"{file}-wal", f"{file}-shm"):
        with contextlib.suppress(FileNotFoundError, PermissionError):
            Path(name).chmod(0o600)
