import asyncio
import uuid

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from bot.storage.database import StorageError
from bot.storage.keyring import Keyring
from bot.storage.locks import LockStore, LockTimeoutError, MemoryLockStore
from bot.storage.redis_locks import RedisLockStore, connect_redis


async def test_one_at_a_time_in_order(locks: LockStore) -> None:
    inside = 0
    order: list[int] = []

    async def turn(number: int) -> None:
        nonlocal inside
        async with locks.hold("c"):
            inside += 1
            assert inside == 1
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(turn(number) for number in range(30)))
    assert order == list(range(30))


async def test_conversations_do_not_wait_for_each_other(locks: LockStore) -> None:
    async with asyncio.timeout(3), locks.hold("a"), locks.hold("b"):
        pass


async def test_an_error_or_a_cancelled_waiter_leaves_the_lock_free(locks: LockStore) -> None:
    with pytest.raises(ValueError, match="turn"):
        async with locks.hold("c"):
            raise ValueError("turn failed")
    waiting = asyncio.Event()

    async def wait() -> None:
        waiting.set()
        async with locks.hold("c"):
            raise AssertionError("cancelled before its turn")

    async with locks.hold("c"):
        task = asyncio.create_task(wait())
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(3), locks.hold("c"):
        pass


async def test_memory_locks_are_forgotten() -> None:
    locks = MemoryLockStore()
    async with locks.hold("c"):
        assert len(locks) == 1
    assert len(locks) == 0


async def test_a_waiter_gives_up_in_the_end() -> None:
    locks = MemoryLockStore(wait_seconds=0.01)
    async with locks.hold("c"):
        with pytest.raises(LockTimeoutError):
            async with locks.hold("c"):
                pass
    assert len(locks) == 0


def process(client: Redis, keyring: Keyring, life: float = 0.6) -> RedisLockStore:
    return RedisLockStore(client, keyring, wait_seconds=5, life_seconds=life)


async def test_two_processes_take_turns(redis: Redis) -> None:
    keyring = Keyring(SecretStr(uuid.uuid4().hex))
    stores = [process(redis, keyring), process(redis, keyring)]
    inside = 0
    turns = 0

    async def turn(store: RedisLockStore) -> None:
        nonlocal inside, turns
        async with store.hold("c"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.001)
            inside -= 1
            turns += 1

    await asyncio.gather(*(turn(stores[number % 2]) for number in range(20)))
    assert turns == 20


async def test_a_waiter_is_woken_at_once(redis: Redis) -> None:
    keyring = Keyring(SecretStr(uuid.uuid4().hex))
    first, second = process(redis, keyring, life=30), process(redis, keyring, life=30)
    entered = asyncio.Event()

    async def wait() -> None:
        async with second.hold("c"):
            entered.set()

    async with first.hold("c"):
        task = asyncio.create_task(wait())
        queue = f"sofy:lock:{{{keyring.hashes('c')[0].hex()[:32]}}}:queue"
        while await redis.llen(queue) < 2:  # type: ignore[misc]  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert not entered.is_set()
    async with asyncio.timeout(3):  # a look every life/3 = 10 s would be too late
        await entered.wait()
    await task


async def test_a_dead_holder_is_passed_over_and_a_slow_one_is_not(redis: Redis) -> None:
    keyring = Keyring(SecretStr(uuid.uuid4().hex))
    name = keyring.hashes("c")[0].hex()[:32]
    await redis.rpush(f"sofy:lock:{{{name}}}:queue", "ticket-of-a-dead-process")  # type: ignore[misc]
    one, two = process(redis, keyring, life=0.3), process(redis, keyring, life=0.3)
    async with one.hold("c"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), two.hold("c"):  # longer than a life: the holder renews
                pass


async def test_redis_out_of_reach() -> None:
    client = connect_redis(SecretStr("redis://:hunter22@127.0.0.1:1/0"))
    store = RedisLockStore(client, Keyring(SecretStr("k" * 40)))
    with pytest.raises(StorageError) as caught:
        async with store.hold("c"):
            pass
    assert "hunter22" not in str(caught.value)
    await store.close()
