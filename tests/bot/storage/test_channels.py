"""Deliveries, links and STOP in a real SQLite file, and in PostgreSQL when a server answers."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text

from bot.storage.channels import DELIVERY_SECONDS, ChannelStore, conversation_names, metadata
from bot.storage.database import StorageError, open_database
from bot.storage.keyring import Keyring, UnreadableDataError
from tests.bot.storage.conftest import POSTGRES, Clock

PHONE = "+15145550111"


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
    await channels.stop("twilio", PHONE)
    await channels.stop("twilio", PHONE)
    assert await channels.stopped("twilio", PHONE)
    assert not await channels.stopped("twilio", "+15145550112")
    assert not await channels.stopped("other", PHONE)
    await channels.start("twilio", PHONE)
    assert not await channels.stopped("twilio", PHONE)


class TestStopAndOtherKeys:
    OLD, NEW = "o" * 40, "n" * 40

    @staticmethod
    def with_keys(channels: ChannelStore, *keys: str) -> ChannelStore:
        """The same tables, read by a server with other keys."""
        return ChannelStore(channels._database, Keyring(SecretStr(",".join(keys))), channels._clock)

    async def _rows(self, channels: ChannelStore, table: str) -> int:
        count = select(func.count()).select_from(metadata.tables[table])
        return int(await channels._database.run(lambda connection: connection.execute(count).scalar_one(), "count"))

    async def _stop_of_an_earlier_version(self, channels: ChannelStore) -> None:
        old = Keyring(SecretStr(self.OLD))
        [name] = conversation_names(old, "twilio", PHONE)
        row = {"key": old.hashes(f"channel:stop\x1f{name}")[0], "since": 5.0}
        insert = metadata.tables["channel_stops"].insert().values(row)
        await channels._database.run(lambda connection: connection.execute(insert), "insert")

    async def test_a_stop_holds_and_start_ends_it(self, channels: ChannelStore) -> None:
        await self.with_keys(channels, self.OLD).stop("twilio", PHONE)
        after = self.with_keys(channels, self.NEW, self.OLD)
        assert await after.stopped("twilio", PHONE)
        assert not await after.stopped("twilio", "+15145550112")
        await after.start("twilio", PHONE)
        assert not await after.stopped("twilio", PHONE)
        assert not await self.with_keys(channels, self.OLD).stopped("twilio", PHONE)

    async def test_start_without_a_look_before_it(self, channels: ChannelStore) -> None:
        await self.with_keys(channels, self.OLD).stop("twilio", PHONE)
        after = self.with_keys(channels, self.NEW, self.OLD)
        await after.start("twilio", PHONE)
        assert not await after.stopped("twilio", PHONE)

    async def test_stop_again_is_noted_once(self, channels: ChannelStore) -> None:
        await self.with_keys(channels, self.OLD).stop("twilio", PHONE)
        await self.with_keys(channels, self.NEW, self.OLD).stop("twilio", PHONE)
        assert await self._rows(channels, "channel_refusals") == 1

    async def test_looked_at_once_it_needs_the_old_key_no_more(self, channels: ChannelStore) -> None:
        await self.with_keys(channels, self.OLD).stop("twilio", PHONE)
        assert await self.with_keys(channels, self.NEW, self.OLD).stopped("twilio", PHONE)
        assert await self.with_keys(channels, self.NEW).stopped("twilio", PHONE)
        assert await self._rows(channels, "channel_refusals") == 1

    async def test_written_again_they_need_the_old_key_no_more(
        self, channels: ChannelStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.storage.channels._STEP", 2)
        phones = [f"+1514555{number:04}" for number in range(7)]
        for phone in phones:
            await self.with_keys(channels, self.OLD).stop("twilio", phone)
        both = self.with_keys(channels, self.NEW, self.OLD)
        assert await both.rekey() == 7
        assert await both.rekey() == 0
        alone = self.with_keys(channels, self.NEW)
        assert all([await alone.stopped("twilio", phone) for phone in phones])
        assert await self._rows(channels, "channel_refusals") == 7
        with pytest.raises(UnreadableDataError):
            await self.with_keys(channels, "x" * 40).rekey()

    async def test_a_stop_of_an_earlier_version_holds_and_moves(self, channels: ChannelStore) -> None:
        await self._stop_of_an_earlier_version(channels)
        assert await self.with_keys(channels, self.NEW, self.OLD).stopped("twilio", PHONE)
        assert await self._rows(channels, "channel_stops") == 0
        assert await self.with_keys(channels, self.NEW).stopped("twilio", PHONE)

    async def test_start_ends_a_stop_of_an_earlier_version(self, channels: ChannelStore) -> None:
        await self._stop_of_an_earlier_version(channels)
        store = self.with_keys(channels, self.NEW, self.OLD)
        await store.start("twilio", PHONE)
        assert not await store.stopped("twilio", PHONE)


async def test_nothing_can_be_read_in_the_file(tmp_path: Path, keyring: Keyring) -> None:
    store = ChannelStore(open_database(SecretStr(f"sqlite+aiosqlite:///{tmp_path}/c.db")), keyring)
    await store.create_schema()
    await store.is_new("twilio", "SM-delivery")
    await store.add_link("the-token", "the-conversation", {"sender": "+15145550111"}, 900)
    await store.stop("twilio", "+15145550111")
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
