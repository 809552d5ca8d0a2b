"""Limits that were reached: each refusal in the metrics, each limit in the audit trail, once in a while."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.core import Core

AGAIN_SECONDS: Final = 600.0
"""How long the audit trail is not told again of the same limit: a flood must not fill what can't be deleted from."""

refused: Final[Counter[str]] = Counter()
"""How often each limit refused something in this process, for the metrics: « refused_login_slowed » …"""


class Reached:
    """Takes note of refusals."""

    def __init__(self, core: Core):
        self._core = core
        self._told: dict[tuple[str, str | None], float] = {}

    async def note(self, limit: str, clinic_id: str | None = None, session: AsyncSession | None = None) -> None:
        """A limit (a word, see `limits`) refused something, of a clinic or of all.

        The audit trail is told in the transaction of `session`, else in one of its own.

        Raises:
            DatabaseUnavailableError: the audit trail could not be told.
        """
        refused[f"refused_{limit}"] += 1
        now, key = self._core.clock(), (limit, clinic_id)
        told = self._told.get(key)
        if told is not None and now - told < AGAIN_SECONDS:
            return
        self._told[key] = now  # at most one for each clinic and limit
        if session is not None:
            await self._add(session, now, limit, clinic_id)
            return
        async with self._core.db.write() as own:
            await self._add(own, now, limit, clinic_id)

    async def _add(self, session: AsyncSession, now: float, limit: str, clinic_id: str | None) -> None:
        await audit.add(session, self._core.vault, now, "limit_reached", limit=limit, clinic_id=clinic_id)
