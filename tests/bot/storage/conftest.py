"""Real stores: a SQLite file always, PostgreSQL and Redis when a server answers on this machine."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from bot.storage.database import open_database
from bot.storage.keyring import Keyring
from bot.storage.locks import LockStore, MemoryLockStore
from bot.storage.redis_locks import RedisLockStore, connect_redis
from bot.storage.trackers import SqlTrackerStore

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://root@127.0.0.1:5432/test")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(SecretStr("k" * 40))


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring, clock: Clock
) -> AsyncIterator[SqlTrackerStore]:
    if request.param == "sqlite":
        engine = open_database(SecretStr(f"sqlite+aiosqlite:///{tmp_path}/deep/trackers.db"))
        store = SqlTrackerStore(engine, keyring, clock)
        await store.create_schema()
        yield store
        await store.close()
        return
    # A schema of its own: tests of other parts use the same server.
    schema = f"trackers_{uuid.uuid4().hex[:8]}"
    try:
        admin = await asyncpg.connect(POSTGRES.replace("+asyncpg", ""), timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        pytest.skip("no PostgreSQL on 127.0.0.1:5432 (TEST_POSTGRES_URL says where else)")
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    database = open_database(SecretStr(POSTGRES), schema)
    store = SqlTrackerStore(database, keyring, clock)
    await store.create_schema()
    yield store
    await database.run(lambda connection: connection.execute(text(f"DROP SCHEMA {schema} CASCADE")), "drop the schema")
    await store.close()


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    client = connect_redis(SecretStr(REDIS))
    try:
        await client.ping()
    except (RedisError, OSError):
        await client.aclose()
        pytest.skip("no Redis on 127.0.0.1:6379 (TEST_REDIS_URL says where else)")
    yield client
    await client.aclose()


@pytest.fixture(params=["memory", "redis"])
def locks(request: pytest.FixtureRequest) -> Iterator[LockStore]:
    if request.param == "memory":
        yield MemoryLockStore(wait_seconds=5)
    else:
        client = request.getfixturevalue("redis")
        keyring = Keyring(SecretStr(uuid.uuid4().hex))  # other keys, other names: nothing left by an earlier run
        yield RedisLockStore(client, keyring, wait_seconds=5, life_seconds=0.6)
