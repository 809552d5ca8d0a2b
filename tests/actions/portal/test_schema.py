"""The schema: what the migrations make is what the models say, and it is made once."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

import actions.portal
from actions.portal import DatabaseUnavailableError, Portal
from actions.portal.database import Database, create, upgrade
from actions.portal.errors import SettingsError
from actions.portal.models import HEAD, Base
from tests.actions.portal.world import Clock, settings_for

MIGRATIONS = Path(actions.portal.__file__).parent / "migrations"


class TestMigrated:
    async def test_is_what_the_models_say(self, portal: Portal) -> None:
        def differences(connection: Connection) -> list[object]:
            return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

        async with portal.core.db.read() as session:
            assert await (await session.connection()).run_sync(differences) == []

    async def test_opening_again_is_nothing(self, portal: Portal, clock: Clock) -> None:
        again = await Portal.open(portal.settings, clock=clock)
        await again.close()

    async def test_a_database_of_the_future_is_left_alone(self, portal: Portal) -> None:
        async with portal.core.db.write() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseUnavailableError, match="plus récente"):
            await Portal.open(portal.settings)


async def test_a_new_file_is_what_the_migrations_come_to(tmp_path: Path) -> None:
    """New SQLite files are made at once, without the migrations: they must not differ in anything."""

    def schema(connection: Connection, make: Callable[[Connection], None]) -> set[tuple[str, ...]]:
        make(connection)
        rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        # The clauses of a table come in another order.
        return {(*row[:3], *sorted(" ".join(row[3].split()).replace(" )", "").split(", "))) for row in rows}

    found = []
    for make in (create, upgrade):
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/{make.__name__}.db")
        async with engine.begin() as connection:
            found.append(await connection.run_sync(schema, make))
        await engine.dispose()
    assert found[0] == found[1]
    assert {row[1] for row in found[0] if row[0] == "trigger"} == {"audit_no_update", "audit_no_delete"}


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_two_processes_may_start_on_a_fresh_file(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path}/new/sofy.db", tmp_path)
    portals = await asyncio.gather(*(Portal.open(settings) for _ in range(6)))
    for portal in portals:
        await portal.close()
    with sqlite3.connect(tmp_path / "new" / "sofy.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_an_up_to_date_database_needs_no_alembic(sqlite_template: Path) -> None:
    code = (
        "import asyncio, sys; from tests.actions.portal.world import settings_for; from pathlib import Path\n"
        "from actions.portal.portal import Portal\n"
        f"s = settings_for('sqlite+aiosqlite:///{sqlite_template}', Path('.'))\n"
        "async def go():\n    await (await Portal.open(s)).close()\n"
        "asyncio.run(go()); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////proc/nowhere/sofy.db",
        "postgresql+asyncpg://lucie:s3cr3t@127.0.0.1:9/sofy",
        "postgresql+asyncpg://root@127.0.0.1/no_such_database",
    ],
)
async def test_out_of_reach_is_one_sentence_without_the_address(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError) as caught:
        await Portal.open(settings_for(url, Path("unused")))
    assert "s3cr3t" not in str(caught.value)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "sofy.db").write_text("these are not the tables you are looking for" * 100)
    with pytest.raises(DatabaseUnavailableError):
        await Portal.open(settings_for(f"sqlite+aiosqlite:///{tmp_path}/sofy.db", tmp_path))


def test_an_address_that_is_none() -> None:
    with pytest.raises(SettingsError):
        Database(SecretStr("sqlite+aiosqlite"))
