"""Rate limits: so many messages in any minute, counted here or in Redis for several processes."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Protocol

WINDOW_SECONDS = 60.0
_KNOWN = 20_000  # conversations and addresses remembered in memory: a flood of new names can't fill it


class RateLimiter(Protocol):
    """Counts uses of a name in a sliding minute."""

    async def wait_seconds(self, name: str, limit: int) -> int:
        """Count one use of `name`; 0 when it is within `limit` a minute, else whole seconds to wait (≥ 1)."""


class MemoryRateLimiter:
    """Counts in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uses: OrderedDict[str, deque[float]] = OrderedDict()

    async def wait_seconds(self, name: str, limit: int) -> int:
        """See RateLimiter; a refused use is not counted. A limit of 0 means none."""
        if limit <= 0:
            return 0
        now = self._clock()
        uses = self._uses.setdefault(name, deque())
        self._uses.move_to_end(name)
        if len(self._uses) > _KNOWN:
            self._uses.popitem(last=False)
        while uses and uses[0] <= now - WINDOW_SECONDS:
            uses.popleft()
        if len(uses) >= limit:
            return max(1, math.ceil(uses[-limit] + WINDOW_SECONDS - now))
        uses.append(now)
        return 0
