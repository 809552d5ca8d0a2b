"""What the server does by itself: conversations anonymized and deleted on schedule, the project's parts kept tidy."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.plugins import Plugins
from bot.schedules import Schedule
from bot.storage.database import StorageError
from bot.storage.keeping import ConversationKeeper

logger = logging.getLogger(__name__)

MAINTAIN_SECONDS = 3600.0
_LONGEST_SLEEP = 3600.0
"""The clock may be set meanwhile: it is looked at again."""


class Housekeeping:
    """Runs the jobs until it is stopped. Several processes may do so at once: each job does what is left to do."""

    def __init__(
        self,
        keeper: ConversationKeeper,
        schedules: Sequence[Schedule],
        plugins: Plugins,
        *,
        session_minutes: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keeper, self._schedules, self._plugins = keeper, list(schedules), plugins
        self._session_minutes, self._clock = session_minutes, clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in the background."""
        self._tasks = [asyncio.create_task(self._repeat(schedule)) for schedule in self._schedules]
        self._tasks.append(asyncio.create_task(self._maintain()))

    async def stop(self) -> None:
        """End; a job that runs is not cut off in the middle of a step."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def run(self, schedule: Schedule) -> int:
        """Do one job now; how many conversations it changed. Raises StorageError."""
        cutoff = schedule.cutoff(self._clock(), self._session_minutes)
        work = self._keeper.anonymize if schedule.job == "anonymization" else self._keeper.delete
        return await work(cutoff)

    async def _repeat(self, schedule: Schedule) -> None:
        while True:
            due = schedule.cron.after(datetime.fromtimestamp(self._clock())).timestamp()  # noqa: DTZ006  (crontab's)
            while (wait := due - self._clock()) > 0:  # noqa: ASYNC110  (time passes: nothing sets an event)
                await asyncio.sleep(min(wait, _LONGEST_SLEEP))
            try:
                logger.info("privacy job=%s conversations=%d", schedule.job, await self.run(schedule))
            except StorageError as error:
                logger.error("privacy job=%s not done: %s", schedule.job, error)
            except Exception as error:
                logger.error("privacy job=%s not done: %s", schedule.job, type(error).__name__)

    async def _maintain(self) -> None:
        while True:
            await asyncio.sleep(MAINTAIN_SECONDS)
            await self._plugins.maintain()
