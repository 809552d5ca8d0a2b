"""Counting, in the database and in a real Redis: never more than the limit in any window, and free again after it."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis as redis_now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.admin import erase, purge
from actions.portal.counting import Counting, Counts, Refusal, Use, Window
from actions.portal.counting_database import DatabaseCounting
from actions.portal.counting_redis import ASKED_AGAIN_SECONDS, RedisCounting
from actions.portal.database import Database
from actions.portal.errors import DatabaseUnavailableError
from actions.portal.models import Base, CountedUse, Throttle
from actions.portal.portal import Portal
from tests.actions.portal.world import Clock, World, settings_for

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis() -> str:
    """Where Redis is; asked outside of any event loop, so that every fixture may use it."""
    with redis_now.Redis.from_url(REDIS) as client:
        try:
            client.ping()
        except (RedisError, OSError):
            pytest.skip("no Redis on 127.0.0.1:6379 (TEST_REDIS_URL says where else)")
    return REDIS


class Counter:
    """Counts with one `Counting`, a transaction at a time, at the time of a clock."""

    def __init__(self, counting: Counting, database: Database, clock: Clock):
        self.counting, self.database, self.clock = counting, database, clock
        self.names = uuid.uuid4().hex  # nothing left in Redis by an earlier run

    def use(self, *windows: Window, name: str = "n") -> Use:
        return Use(f"{self.names}:{name}", windows)

    async def take(self, *uses: Use, mark: str | None = None) -> Refusal | None:
        async with self.counts() as counts:
            return await counts.take(uses, mark or uuid.uuid4().hex)

    @asynccontextmanager
    async def counts(self) -> AsyncIterator[Counts]:
        async with self.database.write() as session:
            yield self.counting.on(session, self.clock())


@pytest.fixture(params=["database", "redis"])
async def counter(request: pytest.FixtureRequest, portal: Portal, clock: Clock) -> AsyncIterator[Counter]:
    counting: Counting = DatabaseCounting()
    if request.param == "redis":
        counting = RedisCounting(SecretStr(request.getfixturevalue("redis")))
    yield Counter(counting, portal.core.db, clock)
    await counting.close()


class TestUses:
    async def test_so_many_in_any_window(self, counter: Counter, clock: Clock) -> None:
        use = counter.use(Window(3, 3600, "hourly"))
        for _ in range(3):
            assert await counter.take(use) is None
            clock.advance(600)
        assert await counter.take(use) == Refusal("hourly", 1800)
        assert await counter.take(use) == Refusal("hourly", 1800)  # being refused does not lengthen the wait
        assert await counter.take(counter.use(Window(3, 3600, "hourly"), name="other")) is None
        clock.advance(1800)
        assert await counter.take(use) is None
        assert await counter.take(use) == Refusal("hourly", 600)

    async def test_all_of_it_or_nothing(self, counter: Counter, clock: Clock) -> None:
        mine, everybodys = counter.use(Window(1, 60, "mine")), counter.use(Window(2, 3600, "all"), name="all")
        assert await counter.take(mine, everybodys) is None
        assert await counter.take(mine, everybodys) == Refusal("mine", 60)  # not counted in the total
        clock.advance(60)
        assert await counter.take(mine, everybodys) is None
        assert await counter.take(mine, everybodys) == Refusal("all", 3540), "the longest wait is told"

    async def test_zero_is_no_limit(self, counter: Counter) -> None:
        for _ in range(20):
            assert await counter.take(counter.use(Window(0, 3600, "none"))) is None

    async def test_given_back(self, counter: Counter) -> None:
        use = counter.use(Window(1, 3600, "hourly"))
        assert await counter.take(use, mark="one") is None
        async with counter.counts() as counts:
            await counts.give_back([use], "one")
        assert await counter.take(use) is None
        assert await counter.take(use) is not None

    async def test_looking_counts_nothing_and_what_has_happened_counts_always(self, counter: Counter) -> None:
        use = counter.use(Window(2, 3600, "hourly"))
        async with counter.counts() as counts:
            for _ in range(5):
                assert await counts.refusal([use]) is None
            for number in range(5):
                await counts.note([use], str(number))
            assert await counts.refusal([use]) == Refusal("hourly", 3600)

    async def test_a_rolled_back_transaction_counts_nothing(self, counter: Counter) -> None:
        use = counter.use(Window(1, 3600, "hourly"))

        class StopError(Exception):
            pass

        async def stopped() -> None:
            async with counter.counts() as counts:
                await counts.take([use], "one")
                raise StopError

        with pytest.raises(StopError):
            await stopped()
        await counter.counting.undo([use], "one")
        assert await counter.take(use) is None

    async def test_at_once_no_more_than_the_limit(self, counter: Counter) -> None:
        use = counter.use(Window(4, 3600, "hourly"))
        taken = await asyncio.gather(*(counter.take(use) for _ in range(12)))
        assert taken.count(None) == 4


class TestFailures:
    async def test_are_counted_and_forgiven(self, counter: Counter, clock: Clock) -> None:
        name = f"{counter.names}:f"
        for _ in range(3):
            async with counter.counts() as counts:
                await counts.add_failure(name, 60)
            clock.advance(30)
        async with counter.counts() as counts:
            known, unknown = await counts.failures([name, "nobody"])
            assert known is not None
            assert (known.count, known.last_at) == pytest.approx((2.0, clock() - 30))  # 3, of which 1 is forgiven
            assert unknown is None
            await counts.forget([name])
            assert await counts.failures([name]) == [None]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    quarters=st.lists(st.integers(0, 360), min_size=1, max_size=30),
    limit=st.integers(1, 5),
    window=st.sampled_from([10.0, 60.0, 100.0]),
)
async def test_never_more_than_the_limit_in_any_window_and_never_refused_for_nothing(
    redis: str, tmp_path: Path, quarters: list[int], limit: int, window: float
) -> None:
    """The same for both, step by step (quarters of a second): what is let through, what the others are told to wait."""
    clock = Clock()
    database = await _tables(tmp_path / f"{uuid.uuid4().hex}.db")
    shared = RedisCounting(SecretStr(redis))
    both = [Counter(DatabaseCounting(), database, clock), Counter(shared, database, clock)]
    let: list[float] = []
    try:
        for step in quarters:
            clock.advance(step / 4)
            recent = [at for at in let if at > clock() - window]
            one, other = [await each.take(each.use(Window(limit, window, "w"))) for each in both]
            assert one == other
            if one is None:
                let.append(clock())
                assert len(recent) < limit
            else:
                assert len(recent) == limit
                assert one.wait_seconds == math.ceil(recent[0] + window - clock())
        clock.advance(window)
        assert [await each.take(each.use(Window(limit, window, "w"))) for each in both] == [None, None]
    finally:
        await shared.close()
        await database.close()


async def _tables(path: Path) -> Database:
    database = Database(SecretStr(f"sqlite+aiosqlite:///{path}"))
    async with database._writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return database


class TestRedisIsDown:
    async def test_the_database_counts_and_a_warning_tells_once(
        self, portal: Portal, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        counting = RedisCounting(SecretStr(NOWHERE), monotonic=lambda: 0.0)
        counter = Counter(counting, portal.core.db, clock)
        use = counter.use(Window(1, 3600, "hourly"))
        with caplog.at_level(logging.WARNING):
            assert await counter.take(use) is None
            assert await counter.take(use) == Refusal("hourly", 3600)
        async with counter.counts() as counts:
            await counts.add_failure(counter.names, 60)
            [known] = await counts.failures([counter.names])
            assert known is not None
            await counts.note([use], "m")
            assert await counts.refusal([use]) is not None
            await counts.forget([use.name, counter.names])
            await counts.give_back([use], "m")
            assert await counts.refusal([use]) is None
        assert [record.getMessage() for record in caplog.records] == [
            "limits are counted in the database: no answer of Redis (ConnectionError)"
        ]
        await counting.close()

    async def test_it_is_asked_again_after_a_while(
        self, redis: str, portal: Portal, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 0.0
        counting = RedisCounting(SecretStr(redis), monotonic=lambda: now)
        counter = Counter(counting, portal.core.db, clock)
        use = counter.use(Window(1, 3600, "hourly"))
        asked = 0

        async def gone(*_: object, **__: object) -> Any:
            nonlocal asked
            asked += 1
            raise RedisError("away")

        with monkeypatch.context() as patch:
            patch.setattr(counting, "_use", gone)
            for _ in range(5):
                await counter.take(use)
            assert asked == 1  # the patients after the first do not wait for it
        now = ASKED_AGAIN_SECONDS
        assert await counter.take(use) is None  # Redis knows nothing of what the database counted meanwhile
        assert await counter.take(use) is not None
        await counting.close()

    async def test_nobody_is_kept_out(self, clock: Clock, sqlite_template: Path, tmp_path: Path) -> None:
        async with _world(sqlite_template, tmp_path, clock, NOWHERE) as world:
            account = await world.sign_up()
            assert (await world.portal.match_record(account, "c1", "conv")).status == "one"
            await world.link(account)
            world.clock.advance(30)
            assert (await world.portal.send_code(account, "c2", "conv", "page")).status == "sent"


class TestWithRedis:
    async def test_the_whole_portal_counts_there_and_two_processes_count_together(
        self, redis: str, clock: Clock, sqlite_template: Path, tmp_path: Path
    ) -> None:
        async with _world(sqlite_template, tmp_path, clock, redis) as world:
            account = await world.sign_up()
            other = await Portal.open(world.portal.settings, clock=clock)
            await world.send(account)
            assert (await other.send_code(account, "c1", "conv", "page")).status == "too_soon"
            for number in range(5):
                answer = await (world.portal, other)[number % 2].login("lucie_88", SecretStr("wrong"), "guess")
                assert answer.status == "wrong"
            assert (await other.login("lucie_88", SecretStr("wrong"), "guess")).status == "slowed"
            async with world.portal.core.db.read() as session:
                assert await _rows(session) == (0, 0)
            await other.close()

    async def test_a_mail_that_cannot_leave_counts_for_nothing(
        self, redis: str, clock: Clock, sqlite_template: Path, tmp_path: Path
    ) -> None:
        async with _world(sqlite_template, tmp_path, clock, redis) as world:
            account = await world.sign_up()
            (world.folder / "mail").write_text("a file where the folder should be")
            assert (await world.portal.send_code(account, "c1", "conv", "page")).status == "mail_failed"
            (world.folder / "mail").unlink()
            await world.send(account)

    async def test_a_code_that_could_not_be_stored_counts_for_nothing(
        self, redis: str, clock: Clock, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with _world(sqlite_template, tmp_path, clock, redis) as world:
            account = await world.sign_up()

            async def fails(*_: object) -> None:
                raise OSError("the database went away")

            with monkeypatch.context() as patch:
                patch.setattr(world.portal._codes, "_supersede", fails)
                with pytest.raises(DatabaseUnavailableError):
                    await world.portal.send_code(account, "c1", "conv", "page")
            await world.send(account)

    async def test_names_are_keyed_hashes(
        self, redis: str, clock: Clock, sqlite_template: Path, tmp_path: Path
    ) -> None:
        client: Redis = Redis.from_url(redis)
        before = {key async for key in client.scan_iter("sofy:{portal}:*")}
        async with _world(sqlite_template, tmp_path, clock, redis) as world:
            account = await world.sign_up()
            await world.send(account)
            await world.portal.login("lucie_88", SecretStr("wrong"), "conv")
            keys = {key async for key in client.scan_iter("sofy:{portal}:*")} - before
            assert len(keys) >= 4
            shown = b" ".join(keys)
            for value in (b"lucie", b"TEST8503", account.encode()):
                assert value not in shown
            parts = {part for key in keys for part in key.split(b":")}
            assert not parts & {b"c1", b"conv"}  # as whole parts: a hash may well begin with c1
            assert [await client.pttl(key) for key in keys].count(-1) == 0, "each of them ends by itself"
        await client.aclose()


async def test_the_client_is_imported_only_with_a_url(sqlite_template: Path) -> None:
    code = (
        "import asyncio, sys; from tests.actions.portal.world import settings_for; from pathlib import Path\n"
        "from actions.portal.portal import Portal\n"
        f"s = settings_for('sqlite+aiosqlite:///{sqlite_template}', Path('.'))\n"
        "async def go():\n    await (await Portal.open(s)).close()\n"
        "asyncio.run(go()); assert 'redis' not in sys.modules"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], check=True)


class TestOld:
    async def test_what_no_window_needs_is_purged(self, world: World) -> None:
        account = await world.sign_up()
        await world.send(account)
        await world.portal.login("lucie_88", SecretStr("wrong"), "conv")
        async with world.portal.core.db.read() as session:
            assert await _rows(session) == (5, 2)  # account, mailbox, clinic and total of codes; total of logins
        world.clock.advance(3600)
        await purge(world.portal.core)
        async with world.portal.core.db.read() as session:
            assert await _rows(session) == (1, 2)  # the account's are limited by the day
        world.clock.advance(23 * 3600)
        await purge(world.portal.core)
        async with world.portal.core.db.read() as session:
            assert await _rows(session) == (0, 0)

    async def test_an_erased_person_is_not_counted_any_more(self, world: World) -> None:
        account = await world.sign_up(username="lucie@example.com")
        await world.send(account)
        await world.portal.login("lucie@example.com", SecretStr("wrong"), "conv")
        await erase(world.portal.core, "lucie@example.com", records=False)
        async with world.portal.core.db.read() as session:
            keys = {*await session.scalars(select(CountedUse.key)), *await session.scalars(select(Throttle.key))}
        assert not [key for key in keys if key.startswith(("codes:mailbox", "login:v"))]


async def _rows(session: AsyncSession) -> tuple[int, int]:
    uses = await session.scalar(select(func.count()).select_from(CountedUse))
    failures = await session.scalar(select(func.count()).select_from(Throttle))
    return uses or 0, failures or 0


@asynccontextmanager
async def _world(template: Path, folder: Path, clock: Clock, redis: str) -> AsyncIterator[World]:
    shutil.copy(template, folder / "sofy.db")
    key = uuid.uuid4().hex + uuid.uuid4().hex  # other keys, other names: nothing left by an earlier run
    known = settings_for(f"sqlite+aiosqlite:///{folder}/sofy.db", folder, key=key)
    portal = await Portal.open(replace(known, redis_url=SecretStr(redis)), clock=clock)
    try:
        world = World(portal, clock, folder)
        await world.load()
        yield world
    finally:
        await portal.close()
