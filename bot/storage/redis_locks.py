"""Locks shared by several processes through Redis.

Each conversation has a queue of tickets in Redis; whose ticket is first holds the lock. A ticket is alive while its
own key has not expired: its owner renews it, so that a process that dies blocks the others only for a few seconds.
Letting go wakes the next one at once (it waits on a list of its own), nobody polls.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.storage.database import StorageError
from bot.storage.keyring import Keyring
from bot.storage.locks import LockTimeoutError, MemoryLockStore

# KEYS: queue, prefix. ARGV: ticket, life (ms), join (1: queue up when not there). Gives 1 when the ticket is first.
_TAKE = """
local ticket, life = ARGV[1], ARGV[2]
redis.call('SET', KEYS[2] .. 'alive:' .. ticket, 1, 'PX', life)
if ARGV[3] == '1' then redis.call('RPUSH', KEYS[1], ticket) end
redis.call('PEXPIRE', KEYS[1], life * 100)
while true do
  local first = redis.call('LINDEX', KEYS[1], 0)
  if first == ticket then return 1 end
  if not first then redis.call('RPUSH', KEYS[1], ticket) return 1 end
  if redis.call('EXISTS', KEYS[2] .. 'alive:' .. first) == 1 then return 0 end
  redis.call('LPOP', KEYS[1])
end
"""
# KEYS: queue, prefix. ARGV: ticket, life (ms).
_LEAVE = """
local ticket = ARGV[1]
local held = redis.call('LINDEX', KEYS[1], 0) == ticket
redis.call('LREM', KEYS[1], 1, ticket)
redis.call('DEL', KEYS[2] .. 'alive:' .. ticket, KEYS[2] .. 'wake:' .. ticket)
local first = redis.call('LINDEX', KEYS[1], 0)
if held and first then
  redis.call('RPUSH', KEYS[2] .. 'wake:' .. first, 1)
  redis.call('PEXPIRE', KEYS[2] .. 'wake:' .. first, ARGV[2])
end
return held
"""


def connect_redis(url: SecretStr) -> Redis:
    """Make a client; it connects at its first command."""
    client: Redis = Redis.from_url(url.get_secret_value(), socket_connect_timeout=3, health_check_interval=30)
    return client


class RedisLockStore:
    """A lock per conversation across processes. `life_seconds`: how long a dead holder blocks the others."""

    def __init__(
        self, client: Redis, keyring: Keyring, *, wait_seconds: float = 60.0, life_seconds: float = 10.0
    ) -> None:
        self._client = client
        self._keyring = keyring
        self._wait = wait_seconds
        self._life = life_seconds
        # In this process first: then at most one waiter per conversation and process blocks a connection.
        self._local = MemoryLockStore(wait_seconds)
        self._take = client.register_script(_TAKE)
        self._leave = client.register_script(_LEAVE)

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Hold `key` (only its keyed hash goes to Redis)."""
        name = self._keyring.hashes(key)[0].hex()[:32]
        keys = [f"sofy:lock:{{{name}}}:queue", f"sofy:lock:{{{name}}}:"]
        ticket = secrets.token_hex(8)
        async with self._local.hold(key):
            try:
                await self._enter(keys, ticket)
                renewal = asyncio.create_task(self._renew(keys, ticket))
                try:
                    yield
                finally:
                    renewal.cancel()
                    with suppress(asyncio.CancelledError):
                        await renewal
            finally:
                # Not kept from the caller: an expired ticket frees the lock by itself.
                with suppress(RedisError, OSError):
                    await self._leave(keys=keys, args=[ticket, self._milliseconds])

    @property
    def _milliseconds(self) -> int:
        return int(self._life * 1000)

    async def _enter(self, keys: list[str], ticket: str) -> None:
        join = 1
        try:
            async with asyncio.timeout(self._wait):
                while not await self._take(keys=keys, args=[ticket, self._milliseconds, join]):
                    join = 0
                    # Woken by who leaves; else looks again soon enough to stay alive and to notice the dead.
                    await self._client.blpop([f"{keys[1]}wake:{ticket}"], timeout=self._life / 3)
        except TimeoutError:
            raise LockTimeoutError("the conversation is busy") from None
        except (RedisError, OSError) as error:
            raise StorageError(f"Redis did not answer ({type(error).__name__})") from None

    async def _renew(self, keys: list[str], ticket: str) -> None:
        while True:
            await asyncio.sleep(self._life / 3)
            with suppress(RedisError, OSError):  # a lost renewal is made up for by the next one
                await self._client.set(f"{keys[1]}alive:{ticket}", 1, px=self._milliseconds)

    async def check(self) -> None:
        """Raise StorageError when Redis does not answer."""
        try:
            await self._client.ping()
        except (RedisError, OSError) as error:
            raise StorageError(f"Redis did not answer ({type(error).__name__})") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
