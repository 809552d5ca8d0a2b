"""The rate limits of several processes together, counted in Redis."""

from __future__ import annotations

import logging
import math
import secrets
import time
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.storage.keyring import Keyring
from bot.storage.limits import WINDOW_SECONDS

logger = logging.getLogger(__name__)

# KEYS: log. ARGV: now (ms), window (ms), limit, a unique mark. Gives ms to wait, 0 when counted.
_COUNT = """
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], -limit, -limit, 'WITHSCORES')
  return math.max(1, math.ceil(tonumber(oldest[2]) + window - now))
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], window)
return 0
"""


class RedisRateLimiter:
    """Counts in Redis, under keyed hashes. When Redis is down nothing is refused for it (the lock will say so)."""

    def __init__(self, client: Redis, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._keyring = keyring
        self._clock = clock
        self._count = client.register_script(_COUNT)

    async def wait_seconds(self, name: str, limit: int) -> int:
        """See RateLimiter."""
        if limit <= 0:
            return 0
        key = f"sofy:rate:{self._keyring.hashes(name)[0].hex()[:32]}"
        milliseconds = [int(self._clock() * 1000), int(WINDOW_SECONDS * 1000)]
        try:
            wait = int(await self._count(keys=[key], args=[*milliseconds, limit, secrets.token_hex(6)]))
        except (RedisError, OSError) as error:
            logger.warning("rate limits are not counted: Redis did not answer (%s)", type(error).__name__)
            return 0
        return math.ceil(wait / 1000)
