"""The clinics: a search index kept in memory and rebuilt when another process changes them."""

from __future__ import annotations

import asyncio
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.core import Core
from actions.portal.models import Clinic, Counter, Link, Site
from actions.portal.search import ClinicIndex, Entry
from actions.portal.types import ClinicHit, SearchResult

_COUNTER: Final = "clinics"
_CHECKED_EVERY_SECONDS: Final = 5.0


class Clinics:
    """Search and lookup."""

    def __init__(self, core: Core):
        self._core = core
        self._index = ClinicIndex([])
        self._by_id: dict[str, ClinicHit] = {}
        self._version: int | None = None
        self._checked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def search(self, query: str) -> SearchResult:
        """See :meth:`ClinicIndex.search`."""
        await self.refresh()
        return self._index.search(query)

    async def get(self, clinic_id: str) -> ClinicHit | None:
        """A clinic with its first site."""
        await self.refresh()
        return self._by_id.get(clinic_id)

    async def linked_to(self, account_id: str) -> list[ClinicHit]:
        """The clinics of an account, in the order in which they were linked."""
        await self.refresh()
        async with self._core.db.read() as session:
            linked = await session.scalars(
                select(Link.clinic_id).where(Link.account_id == account_id).order_by(Link.linked_at, Link.id)
            )
        return [self._by_id[clinic_id] for clinic_id in linked if clinic_id in self._by_id]

    async def refresh(self, *, now: bool = False) -> None:
        """Read the clinics again if they changed; looked at every few seconds at most, unless `now`."""
        at = self._core.clock()
        if not now and 0 <= at - self._checked_at < _CHECKED_EVERY_SECONDS:
            return
        async with self._lock, self._core.db.read() as session:
            version = await _version(session)
            if version != self._version:
                entries = await _entries(session)
                self._index = ClinicIndex(entries)
                self._by_id = {}
                for entry in entries:
                    self._by_id.setdefault(entry.hit.clinic_id, entry.hit)
                self._version = version
            self._checked_at = at


async def bump_version(session: AsyncSession) -> None:
    """Tell every process that the clinics changed, in the transaction that changes them."""
    await session.execute(
        text(
            "INSERT INTO counters (name, value) VALUES (:name, 1) "
            "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1"
        ),
        {"name": _COUNTER},
    )


async def _version(session: AsyncSession) -> int:
    return await session.scalar(select(Counter.value).where(Counter.name == _COUNTER)) or 0


async def _entries(session: AsyncSession) -> list[Entry]:
    rows = await session.execute(
        select(Clinic.id, Clinic.name, Site.name, Site.address, Site.city, Site.postal_code)
        .join(Site, Site.clinic_id == Clinic.id)
        .order_by(Clinic.id, Site.position)
    )
    return [
        Entry(ClinicHit(clinic_id, name, site, address, city), postal_code)
        for clinic_id, name, site, address, city, postal_code in rows
    ]
