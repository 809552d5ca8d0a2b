"""Counting in Redis: shared by several processes, none of it in the database. Used only with a REDIS_URL.

A Redis that does not answer keeps no patient out: the database counts meanwhile, and Redis is asked again soon.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.counting import FAILURES_KEPT_SECONDS, Counts, Failures, Refusal, Use, longest
from actions.portal.counting_database import DatabaseCounts

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = logging.getLogger(__name__)

ASKED_AGAIN_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 1.0
"""How long a turn waits for Redis: twice (there is one retry) at most, and only once in ASKED_AGAIN_SECONDS."""
_PREFIX: Final = "sofy:{portal}:"
"""With a hash tag: a cluster keeps all of it in one place, as scripts over several keys need."""
Result = TypeVar("Result")

# KEYS: logs. ARGV: now (ms), what to do (look, take, note), a mark, then for each log how long it is kept (ms), how
# many windows there are, and their limits and lengths (ms). Gives the wait (ms) of each window, 0: does not refuse.
_USE = """
local now, mode, mark = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local waits, kept, refused, at = {}, {}, false, 4
for number, log in ipairs(KEYS) do
  kept[number] = tonumber(ARGV[at])
  redis.call('ZREMRANGEBYSCORE', log, '-inf', now - kept[number])
  local windows = tonumber(ARGV[at + 1])
  at = at + 2
  for _ = 1, windows do
    local limit, length, wait = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), 0
    at = at + 2
    if limit > 0 and mode ~= 'note' then
      local oldest = redis.call('ZRANGE', log, -limit, -limit, 'WITHSCORES')
      if oldest[2] then wait = math.max(0, math.ceil(tonumber(oldest[2]) + length - now)) end
    end
    refused = refused or wait > 0
    waits[#waits + 1] = wait
  end
end
if mode == 'note' or (mode == 'take' and not refused) then
  for number, log in ipairs(KEYS) do
    redis.call('ZADD', log, now, mark)
    redis.call('PEXPIRE', log, kept[number])
  end
end
return waits
"""
# KEYS: a name's failures. ARGV: now (s), seconds after which one is forgiven, how long they are kept (ms).
_FAIL = """
local known = redis.call('HMGET', KEYS[1], 'count', 'at')
local count = 0
if known[1] then
  local passed = math.max(0, tonumber(ARGV[1]) - tonumber(known[2]))
  count = math.max(0, tonumber(known[1]) - passed / tonumber(ARGV[2]))
end
redis.call('HSET', KEYS[1], 'count', string.format('%.6f', count + 1), 'at', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
"""


class RedisCounting:
    """Counts in Redis, and in the database while Redis is down."""

    def __init__(self, url: SecretStr, *, monotonic: Callable[[], float] = time.monotonic):
        # Here, and not above: rasa-sdk imports every module of actions/, and the client costs 8 MB.
        from redis.asyncio import Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import RedisError  # noqa: PLC0415

        self._outages = (RedisError, OSError)
        # One try over a new connection when the pooled one is dead, and no more: somebody is waiting for an answer.
        self._client: Redis = Redis.from_url(
            url.get_secret_value(),
            socket_connect_timeout=_ANSWER_SECONDS,
            socket_timeout=_ANSWER_SECONDS,
            health_check_interval=30,
            retry=Retry(NoBackoff(), 1),
        )
        self._use = self._client.register_script(_USE)
        self._fail = self._client.register_script(_FAIL)
        self._monotonic = monotonic
        self._down_until: float | None = None

    def on(self, session: AsyncSession, now: float) -> Counts:
        """Count in Redis; `session` is for when it is down."""
        return RedisCounts(self, DatabaseCounts(session, now), now)

    async def undo(self, uses: Sequence[Use], mark: str) -> None:
        """Redis knows nothing of the transaction: uncount there."""
        await self.ask(lambda: self.give_back(uses, mark), None)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(
        self, question: Callable[[], Awaitable[Result]], instead: Callable[[], Awaitable[Result]] | None
    ) -> Result | None:
        """Ask Redis, or do `instead` when it does not answer; a warning tells of it once."""
        down = self._down_until
        if down is None or self._monotonic() >= down:
            try:
                answer = await question()
            except self._outages as error:
                self._down_until = self._monotonic() + ASKED_AGAIN_SECONDS
                if down is None:
                    logger.warning("limits are counted in the database: no answer of Redis (%s)", type(error).__name__)
            else:
                if down is not None:
                    logger.warning("limits are counted in Redis again")
                self._down_until = None
                return answer
        return None if instead is None else await instead()

    async def use(self, mode: str, uses: Sequence[Use], mark: str, now: float) -> Refusal | None:
        """Run the script of the logs. Raises RedisError, OSError."""
        given: list[Any] = [int(now * 1000), mode, mark]
        for use in uses:
            given += [int(use.kept_seconds * 1000), len(use.windows)]
            for window in use.windows:
                given += [window.limit, int(window.seconds * 1000)]
        waits = await self._use(keys=[_log(use.name) for use in uses], args=given)
        reasons = [window.reason for use in uses for window in use.windows]
        return longest((reason, wait / 1000) for reason, wait in zip(reasons, waits, strict=True))

    async def give_back(self, uses: Sequence[Use], mark: str) -> None:
        """Take a mark out of the logs. Raises RedisError, OSError."""
        async with self._client.pipeline() as pipeline:
            for use in uses:
                pipeline.zrem(_log(use.name), mark)
            await pipeline.execute()

    async def failures(self, names: Sequence[str]) -> list[Failures | None]:
        """Read counted failures. Raises RedisError, OSError."""
        async with self._client.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.hmget(_failed(name), ["count", "at"])
            rows = await pipeline.execute()
        return [None if count is None else Failures(float(count), float(at)) for count, at in rows]

    async def add_failure(self, name: str, forgiven_every: float, now: float) -> None:
        """Count a failure. Raises RedisError, OSError."""
        await self._fail(keys=[_failed(name)], args=[f"{now:.3f}", forgiven_every, FAILURES_KEPT_SECONDS * 1000])

    async def forget(self, names: Iterable[str]) -> None:
        """Forget names. Raises RedisError, OSError."""
        keys = [key for name in names for key in (_log(name), _failed(name))]
        if keys:
            await self._client.delete(*keys)


class RedisCounts:
    """Counts at one moment (see `Counts`), in Redis when it answers."""

    def __init__(self, redis: RedisCounting, database: DatabaseCounts, now: float):
        self._redis, self._database, self._now = redis, database, now

    async def refusal(self, uses: Sequence[Use]) -> Refusal | None:
        """See Counts."""
        return await self._redis.ask(
            lambda: self._redis.use("look", uses, "", self._now), lambda: self._database.refusal(uses)
        )

    async def take(self, uses: Sequence[Use], mark: str) -> Refusal | None:
        """See Counts."""
        return await self._redis.ask(
            lambda: self._redis.use("take", uses, mark, self._now), lambda: self._database.take(uses, mark)
        )

    async def note(self, uses: Sequence[Use], mark: str) -> None:
        """See Counts."""

        async def use() -> None:
            await self._redis.use("note", uses, mark, self._now)

        await self._redis.ask(use, lambda: self._database.note(uses, mark))

    async def give_back(self, uses: Sequence[Use], mark: str) -> None:
        """In both: Redis may have gone, or come back, since they were counted."""
        await self._redis.ask(lambda: self._redis.give_back(uses, mark), None)
        await self._database.give_back(uses, mark)

    async def failures(self, names: Sequence[str]) -> list[Failures | None]:
        """See Counts."""
        found = await self._redis.ask(lambda: self._redis.failures(names), lambda: self._database.failures(names))
        return found or [None] * len(names)

    async def add_failure(self, name: str, forgiven_every: float) -> None:
        """See Counts."""
        await self._redis.ask(
            lambda: self._redis.add_failure(name, forgiven_every, self._now),
            lambda: self._database.add_failure(name, forgiven_every),
        )

    async def forget(self, names: Iterable[str]) -> None:
        """In both: what is forgotten must not come back when Redis goes away."""
        keys = list(names)
        await self._redis.ask(lambda: self._redis.forget(keys), None)
        await self._database.forget(keys)


def _log(name: str) -> str:
    return f"{_PREFIX}uses:{name}"


def _failed(name: str) -> str:
    return f"{_PREFIX}failures:{name}"
