"""The jobs that the server runs by itself."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import housekeeping
from bot.cron import Cron
from bot.housekeeping import Housekeeping
from bot.plugins import Plugins
from bot.schedules import Schedule
from bot.storage.database import StorageError

SCHEDULES = [
    Schedule("anonymization", 120, Cron.parse("* * * * *")),
    Schedule("deletion", 3000, Cron.parse("* * * * *")),
]


class Keeper:
    def __init__(self) -> None:
        self.done: list[tuple[str, float]] = []
        self.fails = True

    async def anonymize(self, cutoff: float) -> int:
        if self.fails:
            self.fails = False
            raise StorageError("the database did not answer (OSError)")
        self.done.append(("anonymize", cutoff))
        return 2

    async def delete(self, cutoff: float) -> int:
        self.done.append(("delete", cutoff))
        return 1


async def test_jobs_run_when_due_and_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC).timestamp()
    maintained = asyncio.Event()
    sleep = asyncio.sleep
    monkeypatch.setattr(housekeeping, "MAINTAIN_SECONDS", -1.0)

    async def pass_time(seconds: float) -> None:
        nonlocal now
        now += max(seconds, 0)
        await sleep(0)

    class Part:
        async def maintain(self) -> None:
            maintained.set()
            raise ValueError("not a word of this")

        def counts(self) -> dict[str, int]:
            return {"login_failed": 3}

    monkeypatch.setattr(asyncio, "sleep", pass_time)
    caplog.set_level(logging.INFO)
    keeper: Any = Keeper()
    plugins: Any = Plugins({"a": Part(), "b": object()})  # type: ignore[dict-item]
    house = Housekeeping(keeper, SCHEDULES, plugins, session_minutes=60, clock=lambda: now)
    house.start()
    await maintained.wait()
    while len({job for job, _ in keeper.done}) < 2:
        await sleep(0)
    await house.stop()
    jobs = dict(reversed(keeper.done))
    assert jobs["anonymize"] - jobs["delete"] == pytest.approx((3000 - 120) * 60, abs=3600)
    assert "privacy job=anonymization not done: the database did not answer" in caplog.text
    assert "privacy job=deletion conversations=1" in caplog.text
    assert "not a word" not in caplog.text
    assert plugins.counts() == {"login_failed": 3}
