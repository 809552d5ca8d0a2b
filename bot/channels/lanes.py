"""Work in order: what has the same key runs one after the other, what has another key beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

MOST_WAITING = 20
"""Jobs that may wait in one lane; a flood is refused, not piled up."""

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


class LaneFullError(Exception):
    """Too much waits in this lane, or the program is stopping."""


class Lanes:
    """Queues that exist only while something is in them."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._last: dict[str, tuple[asyncio.Task[object], int]] = {}
        self._all: set[asyncio.Task[object]] = set()
        self._closing = False

    def submit(self, key: str, job: Callable[[], Awaitable[Result]]) -> asyncio.Task[Result]:
        """Run `job` once those submitted before with this key are done. Raises LaneFullError."""
        before, waiting = self._last.get(key, (None, 0))
        if self._closing or waiting >= self._most:
            raise LaneFullError
        task: asyncio.Task[Result] = asyncio.create_task(self._after(before, job))
        self._last[key] = (task, waiting + 1)
        self._all.add(task)
        task.add_done_callback(lambda done: self._leave(key, done))
        return task

    async def idle(self) -> None:
        """Wait until nothing is left to do."""
        while self._all:
            await asyncio.wait(set(self._all))

    async def close(self, seconds: float) -> None:
        """Take nothing more, and let what is here end, for so many seconds at most."""
        self._closing = True
        if not self._all:
            return
        _done, late = await asyncio.wait(set(self._all), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            logger.error("stopped with %d messages not dealt with", len(late))

    def __len__(self) -> int:
        return len(self._last)

    async def _after(self, before: asyncio.Task[object] | None, job: Callable[[], Awaitable[Result]]) -> Result:
        if before is not None:
            await asyncio.wait([before])  # however it ended: its error is its own
        return await job()

    def _leave(self, key: str, done: asyncio.Task[object]) -> None:
        self._all.discard(done)
        task, waiting = self._last[key]
        if waiting == 1:
            del self._last[key]
        else:
            self._last[key] = (task, waiting - 1)
