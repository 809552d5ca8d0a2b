"""Deliveries, links and STOP in a real SQLite file, and in PostgreSQL when a server answers."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.storage.channels import DELIVERY_SECONDS, ChannelStore
from bot.storage.database import StorageError, open_database
from bot.storage.keyring import Keyring
from tests.bot.storage.conftest import POSTGRES, Clock


@pytest.fixture(params=["sqlite", "postgresql"])
async def channels(
    request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring, clock: Clock
) -> AsyncIterator[ChannelStore]:
    if request.param == "sqlite":
        store = ChannelStore(open_database(SecretStr(f"sqlite+aiosqlite:///{tmp_path}/c.db")), keyring, clock)
        await store.create_schema()
        yield store
        await store.close()
        return
    schema = f"channels_{uuid.uuid4().hex[:8]}"
    try:
        admin = await asyncpg.connect(POSTGRES.replace("+asyncpg", ""), timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        pytest.skip("no PostgreSQL on 127.0.0.1:5432 (TEST_POSTGRES_URL says where else)")
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    database = open_database(SecretStr(POSTGRES), schema)
    store = ChannelStore(database, keyring, clock)
    await store.create_schema()
    yield store
    await database.run(lambda connection: connection.execute(text(f"DROP SCHEMA {schema} CASCADE")), "drop the schema")
    await store.close()


async def test_a_delivery_is_new_once_a_day(channels: ChannelStore, clock: Clock) -> None:
    assert await channels.is_new("twilio", "SM1")
    assert not await channels.is_new("twilio", "SM1")
    assert await channels.is_new("telegram", "SM1")
    clock.now += DELIVERY_SECONDS - 1
    assert not await channels.is_new("twilio", "SM1")
    clock.now += 601
    assert await channels.is_new("twilio", "SM1")


async def test_of_many_at_once_one_is_new(channels: ChannelStore) -> None:
    assert sum(await asyncio.gather(*(channels.is_new("twilio", "SM1") for _ in range(9)))) == 1


async def test_a_delivery_that_could_not_be_taken(channels: ChannelStore) -> None:
    await channels.is_new("twilio", "SM1")
    await channels.forget("twilio", "SM1")
    assert await channels.is_new("twilio", "SM1")


async def test_a_link_is_used_once(channels: ChannelStore) -> None:
    await channels.add_link("token", "c1", {"slot": "password"}, 900)
    assert await channels.link("token") == {"slot": "password"}
    taken = await asyncio.gather(*(channels.take_link("token") for _ in range(5)))
    assert [body for body in taken if body] == [{"slot": "password"}]
    assert await channels.link("token") is None


async def test_a_link_grows_too_old(channels: ChannelStore, clock: Clock) -> None:
    await channels.add_link("token", "c1", {}, 900)
    clock.now += 900
    assert await channels.link("token") is None
    assert await channels.take_link("token") is None


async def test_links_of_one_conversation_end_together(channels: ChannelStore) -> None:
    for token, conversation in (("a", "c1"), ("b", "c1"), ("c", "c2")):
        await channels.add_link(token, conversation, {"of": conversation}, 900)
    await channels.drop_links("c1")
    assert [await channels.link(token) for token in "abc"] == [None, None, {"of": "c2"}]


async def test_stop(channels: ChannelStore) -> None:
    await channels.stop("c1")
    await channels.stop("c1")
    assert await channels.stopped("c1")
    assert not await channels.stopped("c2")
    await channels.start("c1")
    assert not await channels.stopped("c1")


async def test_nothing_can_be_read_in_the_file(tmp_path: Path, keyring: Keyring) -> None:
    store = ChannelStore(open_database(SecretStr(f"sqlite+aiosqlite:///{tmp_path}/c.db")), keyring)
    await store.create_schema()
    await store.is_new("twilio", "SM-delivery")
    await store.add_link("the-token", "the-conversation", {"sender": "+15145550111"}, 900)
    await store.stop("the-conversation")
    await store.close()
    content = (tmp_path / "c.db").read_bytes()
    for text_ in (b"SM-delivery", b"the-token", b"the-conversation", b"5145550111"):
        assert text_ not in content


async def test_keys_may_be_rotated(tmp_path: Path) -> None:
    address = SecretStr(f"sqlite+aiosqlite:///{tmp_path}/c.db")
    before = ChannelStore(open_database(address), Keyring(SecretStr("o" * 40)))
    await before.create_schema()
    await before.add_link("token", "c1", {"slot": "password"}, 900)
    await before.close()
    after = ChannelStore(open_database(address), Keyring(SecretStr("n" * 40 + "," + "o" * 40)))
    assert await after.take_link("token") == {"slot": "password"}
    await after.close()


async def test_without_tables(tmp_path: Path, keyring: Keyring) -> None:
    store = ChannelStore(open_database(SecretStr(f"sqlite+aiosqlite:///{tmp_path}/c.db")), keyring)
    with pytest.raises(StorageError):
        await store.is_new("twilio", "SM1")
    await store.close()
