"""Matching an account with a clinic's record: exactly one with the same NAM and the same email."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.accounts import Accounts
from actions.portal.core import Core
from actions.portal.counting import Use
from actions.portal.limit_settings import Limits
from actions.portal.limits import Attempt, Slowing, of_crowd
from actions.portal.models import Account, Link, Record
from actions.portal.reached import Reached
from actions.portal.types import MatchResult, MatchStatus
from actions.portal.vault import canonical_email


class Matching:
    """Finds the record of an account in a clinic."""

    def __init__(self, core: Core, accounts: Accounts, limits: Limits, slowing: Slowing, reached: Reached):
        self._core, self._accounts, self._limits = core, accounts, limits
        self._slowing, self._reached = slowing, reached

    async def match(
        self, account_id: str, clinic_id: str, conv: str | None = None, *, address: str | None = None
    ) -> MatchResult:
        """Look for the record; failures count per conversation (else account), NAM, address, clinic and in total."""
        async with self._core.db.write() as session:
            account = await self._accounts.get(session, account_id)
            if await self.is_linked(session, account_id, clinic_id):
                return MatchResult("already_linked")
            now = self._core.clock()
            conv_index = self._core.conv_index(conv or account_id)
            nam_index = self._core.vault.mac("nam", self._accounts.person(account)["nam"])
            attempt = Attempt("match", conv_index, nam_index, self._crowd(clinic_id), self._core.address_index(address))
            counts = self._core.counting.on(session, now)
            hold = await self._slowing.hold(counts, now, attempt)
            if hold is not None:
                await self._reached.note(hold.limit, clinic_id, session)
                return MatchResult(hold.status, hold.wait_seconds)
            records = await self.records(session, account, clinic_id)
            status: MatchStatus = "one" if len(records) == 1 else "several" if records else "none"
            if status != "one":
                await self._slowing.failed(counts, attempt)
            await audit.add(
                session, self._core.vault, now, f"match_{status}", account_id=account_id, clinic_id=clinic_id
            )
        return MatchResult(status)

    async def records(self, session: AsyncSession, account: Account, clinic_id: str) -> list[str]:
        """The keys of the matching records (two are enough to know that there are several)."""
        person = self._accounts.person(account)
        found = await session.scalars(
            select(Record.record_key)
            .where(
                Record.clinic_id == clinic_id,
                Record.nam_index.in_(self._core.vault.macs("nam", person["nam"])),
                Record.email_index.in_(self._core.vault.macs("email", canonical_email(person["email"]))),
            )
            .limit(2)
        )
        return list(found)

    async def is_linked(self, session: AsyncSession, account_id: str, clinic_id: str) -> bool:
        """Whether the account is already linked to the clinic."""
        link = select(Link.id).where(Link.account_id == account_id, Link.clinic_id == clinic_id)
        return await session.scalar(link) is not None

    def _crowd(self, clinic_id: str) -> list[Use]:
        clinic = f"matches:clinic:{self._core.vault.mac('clinic', clinic_id)}"
        return [
            *of_crowd(clinic, self._limits.clinic_match_failures_per_hour, "match_failures_clinic"),
            *of_crowd("matches:total", self._limits.total_match_failures_per_hour, "match_failures_total"),
        ]
