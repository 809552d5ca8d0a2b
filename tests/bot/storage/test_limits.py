import uuid

import pytest
from pydantic import SecretStr

from bot.storage.keyring import Keyring
from bot.storage.limits import MemoryRateLimiter, RateLimiter
from bot.storage.redis_limits import RedisRateLimiter
from bot.storage.redis_locks import connect_redis

from .conftest import Clock


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest, clock: Clock) -> RateLimiter:
    if request.param == "memory":
        return MemoryRateLimiter(clock)
    return RedisRateLimiter(request.getfixturevalue("redis"), Keyring(SecretStr(uuid.uuid4().hex)), clock)


async def test_so_many_in_any_minute(limiter: RateLimiter, clock: Clock) -> None:
    for _ in range(3):
        assert await limiter.wait_seconds("c", 3) == 0
        clock.now += 10
    assert await limiter.wait_seconds("c", 3) == 30
    assert await limiter.wait_seconds("c", 3) == 30  # a refused message does not lengthen the wait
    assert await limiter.wait_seconds("other", 3) == 0
    clock.now += 30
    assert await limiter.wait_seconds("c", 3) == 0
    assert await limiter.wait_seconds("c", 3) == 10


async def test_zero_is_no_limit(limiter: RateLimiter) -> None:
    for _ in range(100):
        assert await limiter.wait_seconds("c", 0) == 0


async def test_memory_is_bounded() -> None:
    limiter = MemoryRateLimiter(lambda: 0.0)
    for number in range(21_000):
        await limiter.wait_seconds(f"c{number}", 5)
    assert len(limiter._uses) == 20_000


async def test_without_redis_nobody_is_refused() -> None:
    client = connect_redis(SecretStr("redis://127.0.0.1:1/0"))
    assert await RedisRateLimiter(client, Keyring(SecretStr("k" * 40))).wait_seconds("c", 1) == 0
    await client.aclose()
