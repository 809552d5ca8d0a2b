"""The database: engine, read and write sessions, and the schema brought up to date when it is not."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    event,
    insert,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.util import await_only

from actions.portal.errors import DatabaseUnavailableError, SettingsError
from actions.portal.models import HEAD, Base

_OUT_OF_REACH = ("08", "28", "3D", "42501", "53", "57")
"""SQLSTATE classes: no connection, no such user or database, no right to, no room, shutting down."""
_NO_SQLITE_FILE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY_SECONDS = 15
_AGAIN_SECONDS = 0.02
_PRAGMAS = (
    f"busy_timeout={_BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased is overwritten, not only forgotten
)
_SCHEMA_LOCK = 0x50F7
"""PostgreSQL advisory lock, so that several workers starting at once migrate one after the other."""


class Database:
    """Sessions on one database. On SQLite a writer takes the lock at once: two wait instead of failing."""

    def __init__(self, url: SecretStr):
        self._engine = _engine(url.get_secret_value())
        self._writer = self._engine.execution_options(sofy_write=True)
        self.dialect = self._engine.dialect.name

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session to read with."""
        with _reported():
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed at the end of the block, rolled back on an exception."""
        with _reported():
            async with (
                AsyncSession(self._writer, expire_on_commit=False, info={"write": True}) as session,
                session.begin(),
            ):
                yield session

    async def ensure_schema(self) -> bool:
        """Bring the schema up to date; whether it was not. Alembic is imported only where migrations run."""
        with _reported():
            async with self._writer.connect() as connection:
                if await connection.run_sync(_version) == HEAD:
                    return False
            async with self._writer.begin() as connection:
                if self.dialect == "postgresql":
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))
                await connection.run_sync(_migrate)
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


class _reported:
    """Turn whatever says « the database is out of reach » into one French sentence without the URL."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None and _is_outage(error):
            raise DatabaseUnavailableError(
                "La base de données est hors d’atteinte ou refuse l’accès: vérifiez DATABASE_URL et les droits."
            ) from error


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    if isinstance(error, DBAPIError):
        if getattr(error.orig, "sqlite_errorcode", None) in _NO_SQLITE_FILE:
            return True
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_OUT_OF_REACH)
    # asyncpg raises its own errors (wrong password, unknown database) while it connects.
    return isinstance(error, OSError) or type(error).__module__.startswith("asyncpg")


def _engine(url: str) -> AsyncEngine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("DATABASE_URL n’est pas une adresse de base de données valable.") from None
    if parsed.get_backend_name() == "sqlite":
        _make_folder(parsed.database)
        engine = create_async_engine(parsed, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})
        _prepare_sqlite(engine)
        return engine
    return create_async_engine(
        parsed, hide_parameters=True, pool_pre_ping=True, pool_size=5, connect_args={"timeout": 5}
    )


def _make_folder(database: str | None) -> None:
    if not database or database == ":memory:":
        return
    try:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailableError("Le dossier de la base de données ne peut pas être créé.") from error


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below decides, not the driver
        cursor = connection.cursor()
        try:
            for pragma in _PRAGMAS:
                _set(cursor, pragma)
        except BaseException:
            connection.close()  # else its thread would outlive the program
            raise
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        write = connection.get_execution_options().get("sofy_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _set(cursor: Any, pragma: str) -> None:
    # Two that open a new file at once both switch it to WAL: one of them is told at once that it is locked, whatever
    # its timeout (SQLite sees a deadlock coming).
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            await_only(asyncio.sleep(_AGAIN_SECONDS))
        else:
            return


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _migrate(connection: Connection) -> None:
    version = _version(connection)
    if version == HEAD:  # another process was faster
        return
    if version is None and connection.dialect.name == "sqlite" and not _has_tables(connection):
        create(connection)
    else:
        upgrade(connection)


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing. Raises DatabaseUnavailableError when the database is of a later version."""
    from alembic import command  # noqa: PLC0415  (a tenth of a second that an up-to-date database need not pay)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnavailableError(
            "La base de données vient d’une version plus récente du programme: mettez le programme à jour."
        ) from error


def _has_tables(connection: Connection) -> bool:
    return any(connection.dialect.has_table(connection, name) for name in Base.metadata.tables)


def create(connection: Connection) -> None:
    """Make the newest schema of SQLite at once: what the migrations come to, without Alembic's 12 MB and 0.1 s."""
    Base.metadata.create_all(connection, checkfirst=False)
    versions = Table(
        "alembic_version",
        MetaData(),
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
    )
    versions.create(connection)
    connection.execute(insert(versions).values(version_num=HEAD))
