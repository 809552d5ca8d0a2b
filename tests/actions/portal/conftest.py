"""A portal on real databases: every test that asks for `portal` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from actions.portal.models import HEAD, Base
from actions.portal.portal import Portal
from actions.portal.settings import PortalSettings
from tests.actions.portal.world import Clock, World, settings_for

POSTGRES = {"host": "127.0.0.1", "port": 5432, "user": "root"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    asyncio.run(_migrate(settings_for(f"sqlite+aiosqlite:///{path}", path.parent)))
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated PostgreSQL database, emptied after each test, dropped after the last."""
    name = f"sofy_test_{uuid.uuid4().hex[:12]}"
    try:
        asyncio.run(_administer(f"CREATE DATABASE {name}"))
    except (OSError, asyncpg.PostgresError) as error:
        pytest.skip(f"no PostgreSQL at {POSTGRES['host']}:{POSTGRES['port']} ({type(error).__name__})")
    try:
        asyncio.run(_migrate(settings_for(_postgres_url(name), tmp_path_factory.mktemp("mail"))))
        yield name
    finally:
        asyncio.run(_administer(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgres"])
def template(request: pytest.FixtureRequest) -> Path | str:
    """The database to use, made at its first use (which cannot be from inside an event loop)."""
    made: Path | str = request.getfixturevalue(f"{request.param}_template")
    return made


@pytest.fixture
async def settings(template: Path | str, tmp_path: Path) -> AsyncIterator[PortalSettings]:
    if isinstance(template, Path):
        path = tmp_path / "sofy.db"
        shutil.copy(template, path)
        yield settings_for(f"sqlite+aiosqlite:///{path}", tmp_path)
        return
    yield settings_for(_postgres_url(template), tmp_path)
    await _empty(template)


@pytest.fixture
async def portal(settings: PortalSettings, clock: Clock) -> AsyncIterator[Portal]:
    opened = await Portal.open(settings, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def world(portal: Portal, clock: Clock, tmp_path: Path) -> World:
    """The portal with two clinics and a few records, and shortcuts through the signup."""
    world = World(portal, clock, tmp_path)
    await world.load()
    return world


@pytest.fixture
def secret() -> SecretStr:
    return SecretStr("Soleil!2024")


def _postgres_url(name: str) -> str:
    return f"postgresql+asyncpg://{POSTGRES['user']}@{POSTGRES['host']}:{POSTGRES['port']}/{name}"


async def _empty(database: str) -> None:
    tables = ", ".join(Base.metadata.tables)
    await _administer(
        # The audit trail's trigger would refuse, as it should.
        "SET session_replication_role = replica; SET synchronous_commit = off;"
        f"TRUNCATE {tables} RESTART IDENTITY; UPDATE alembic_version SET version_num = '{HEAD}'",
        database,
    )


async def _administer(statement: str, database: str = "test") -> None:
    connection = await asyncpg.connect(**{**POSTGRES, "database": database}, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _migrate(settings: PortalSettings) -> None:
    portal = await Portal.open(settings)
    await portal.close()
