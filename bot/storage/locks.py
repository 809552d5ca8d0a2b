"""One turn at a time in each conversation: the lock, in this process or shared through Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol


class LockTimeoutError(Exception):
    """The conversation stayed busy for longer than a caller may wait."""


class LockStore(Protocol):
    """Holds a conversation for the length of a turn; those who wait are served in the order they came."""

    def hold(self, key: str) -> AbstractAsyncContextManager[None]:
        """Hold the conversation `key`. Raises LockTimeoutError, or StorageError when the store is down."""

    async def check(self) -> None:
        """Raise StorageError when the store does not answer."""

    async def close(self) -> None:
        """Let go of connections."""


class MemoryLockStore:
    """Locks of one process. A lock exists only while someone holds it or waits for it."""

    def __init__(self, wait_seconds: float = 60.0) -> None:
        self._wait = wait_seconds
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Hold `key`; asyncio.Lock wakes its waiters at once, in order."""
        lock, users = self._locks.get(key, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[key] = (lock, users + 1)
        try:
            if lock.locked():
                await self._acquire(lock)
            else:
                await lock.acquire()
            try:
                yield
            finally:
                lock.release()
        finally:
            users = self._locks[key][1] - 1
            if users:
                self._locks[key] = (lock, users)
            else:
                del self._locks[key]

    async def _acquire(self, lock: asyncio.Lock) -> None:
        try:
            async with asyncio.timeout(self._wait):
                await lock.acquire()
        except TimeoutError:
            raise LockTimeoutError("the conversation is busy") from None

    async def check(self) -> None:
        """Memory always answers."""

    async def close(self) -> None:
        """Nothing to close."""

    def __len__(self) -> int:
        return len(self._locks)
