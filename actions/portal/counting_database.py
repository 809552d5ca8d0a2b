"""Counting in the portal's own database: where there is no Redis, and while it does not answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.counting import Counts, Failures, Refusal, Use, longest, remaining
from actions.portal.models import CountedUse, Throttle

_LOCK: Final = 0x50F9
"""PostgreSQL advisory lock: two that count at once count one after the other. Always taken before the audit's."""


class DatabaseCounting:
    """Counts in the turn's own transaction: what is rolled back was not counted."""

    def on(self, session: AsyncSession, now: float) -> Counts:
        """Count in this session."""
        return DatabaseCounts(session, now)

    async def undo(self, uses: Sequence[Use], mark: str) -> None:
        """The rows went with the transaction."""

    async def close(self) -> None:
        """The database is closed by whoever opened it."""


class DatabaseCounts:
    """One row for each use, one for the failures of each name."""

    def __init__(self, session: AsyncSession, now: float):
        self._session, self._now = session, now

    async def refusal(self, uses: Sequence[Use]) -> Refusal | None:
        """See Counts."""
        return longest(
            [
                (window.reason, await self._wait(use.name, window.limit, window.seconds))
                for use in uses
                for window in use.windows
                if window.limit
            ]
        )

    async def take(self, uses: Sequence[Use], mark: str) -> Refusal | None:
        """See Counts."""
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        refusal = await self.refusal(uses)
        if refusal is None:
            await self.note(uses, mark)
        return refusal

    async def note(self, uses: Sequence[Use], mark: str) -> None:
        """See Counts."""
        self._session.add_all(
            CountedUse(key=use.name, mark=mark, at=self._now, expires_at=self._now + use.kept_seconds) for use in uses
        )
        await self._session.flush()

    async def give_back(self, uses: Sequence[Use], mark: str) -> None:
        """See Counts."""
        names = [use.name for use in uses]
        await self._session.execute(delete(CountedUse).where(CountedUse.key.in_(names), CountedUse.mark == mark))

    async def failures(self, names: Sequence[str]) -> list[Failures | None]:
        """See Counts."""
        rows = await self._session.execute(
            select(Throttle.key, Throttle.failures, Throttle.last_at).where(Throttle.key.in_(names))
        )
        found = {key: Failures(count, last_at) for key, count, last_at in rows}
        return [found.get(name) for name in names]

    async def add_failure(self, name: str, forgiven_every: float) -> None:
        """See Counts."""
        # Two conversations may fail on the same value at once: the row is made first, then locked.
        await self._session.execute(
            text("INSERT INTO throttles (key, failures, last_at) VALUES (:key, 0, :now) ON CONFLICT DO NOTHING"),
            {"key": name, "now": self._now},
        )
        row = await self._session.get_one(Throttle, name, with_for_update=True, populate_existing=True)
        row.failures = remaining(Failures(row.failures, row.last_at), forgiven_every, self._now) + 1
        row.last_at = self._now
        await self._session.flush()

    async def forget(self, names: Iterable[str]) -> None:
        """See Counts."""
        keys = list(names)
        await self._session.execute(delete(Throttle).where(Throttle.key.in_(keys)))
        await self._session.execute(delete(CountedUse).where(CountedUse.key.in_(keys)))

    async def _wait(self, name: str, limit: int, seconds: float) -> float:
        """Until the oldest of the last `limit` uses is out of the window; 0 when there are fewer in it."""
        oldest = await self._session.scalar(
            select(CountedUse.at)
            .where(CountedUse.key == name, CountedUse.at > self._now - seconds)
            .order_by(CountedUse.at.desc())
            .offset(limit - 1)
            .limit(1)
        )
        return 0.0 if oldest is None else oldest + seconds - self._now
