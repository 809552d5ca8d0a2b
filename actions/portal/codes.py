"""Access codes: 6 digits, 10 minutes, 5 tries, bound to the conversation and to the page that asked."""

from __future__ import annotations

import secrets
import uuid
from typing import Final

from pydantic import SecretStr
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit, limits
from actions.portal.accounts import Accounts
from actions.portal.core import Core
from actions.portal.errors import MailError
from actions.portal.letters import code_letter
from actions.portal.mail import Mailer
from actions.portal.matching import Matching
from actions.portal.models import Account, ActivationCode, Clinic, Link
from actions.portal.types import CodeResult, SendResult
from actions.portal.vault import canonical_email
from actions.rules.code import format_code
from actions.rules.email import mask_email

LIFETIME_SECONDS: Final = 600
MAX_TRIES: Final = 5
BETWEEN_SENDS_SECONDS: Final = 60
PER_HOUR: Final = 5
PER_DAY: Final = 10
MAILBOX_PER_HOUR: Final = 20
"""Over all accounts: beyond it one mailbox gets a mail a minute at most, whoever asks."""
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


class Codes:
    """Sends, kills and checks codes."""

    def __init__(self, core: Core, accounts: Accounts, matching: Matching, mailer: Mailer):
        self._core, self._accounts, self._matching, self._mailer = core, accounts, matching, mailer

    async def send(self, account_id: str, clinic_id: str, conv: str, page_session: str) -> SendResult:
        """Mail a new code to the email that matched; the one before is dead from here on."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        try:
            async with self._core.db.write() as session:
                account = await self._accounts.get(session, account_id, lock=True)
                records = await self._matching.records(session, account, clinic_id)
                if len(records) != 1 or await self._matching.is_linked(session, account_id, clinic_id):
                    return SendResult("no_match")
                row = self._new(account, clinic_id, records[0], code, conv=conv, page=page_session)
                refusal = await self._refusal(session, row)
                if refusal is not None:
                    await self._audit(session, f"code_refused_{refusal.status}", account_id, clinic_id)
                    return refusal
                await self._supersede(session, account_id, clinic_id)
                session.add(row)
                await self._audit(session, "code_sent", account_id, clinic_id)
                to = self._accounts.person(account)["email"]
                clinic = await session.get_one(Clinic, clinic_id)
        except IntegrityError:  # two sends at once: the other one's code is the live one
            return SendResult("too_soon", BETWEEN_SENDS_SECONDS)
        return await self._mail(row, to, clinic.name, code)

    async def kill(self, conv: str, page_session: str | None) -> bool:
        """The page was reloaded or left: the codes it asked for are dead (None: all the conversation's).

        Whether there was a code to kill.
        """
        statement = update(ActivationCode).where(
            ActivationCode.conv_index.in_(self._core.conv_indexes(conv)), ActivationCode.state == "live"
        )
        if page_session is not None:
            statement = statement.where(ActivationCode.page_index.in_(self._core.vault.macs("page", page_session)))
        async with self._core.db.write() as session:
            killed = await session.scalars(statement.values(state="left").returning(ActivationCode.id))
            return killed.first() is not None

    async def check(self, account_id: str, clinic_id: str, conv: str, page_session: str, code: SecretStr) -> CodeResult:
        """Check a typed code. The right one is used up, links the clinic and makes the account permanent."""
        for _ in range(2):
            try:
                async with self._core.db.write() as session:
                    return await self._check(
                        session,
                        code,
                        account_id=account_id,
                        clinic_id=clinic_id,
                        conv=conv,
                        page=page_session,
                    )
            except IntegrityError:  # another account was verified with this email at this instant: look again
                continue
        return CodeResult("none")

    async def _check(
        self, session: AsyncSession, code: SecretStr, *, account_id: str, clinic_id: str, conv: str, page: str
    ) -> CodeResult:
        account = await self._accounts.get(session, account_id, lock=True)
        row = await self._newest(session, account_id, clinic_id)
        if row is None or row.state == "used":
            return CodeResult("none")
        if row.state == "left" or not self._is_here(row, conv, page):
            return CodeResult("other_page")
        if row.state in {"dead", "expired", "superseded"}:
            return CodeResult(row.state)  # type: ignore[arg-type]
        now = self._core.clock()
        if row.expires_at <= now:
            row.state = "expired"
            return CodeResult("expired")
        conv_index = self._core.conv_index(conv)
        wait = await limits.wait_seconds(session, now, "code", conv_index)
        if wait:
            return CodeResult("slowed", MAX_TRIES - row.tries, wait_seconds=wait)
        row.tries += 1
        if self._core.vault.matches("code", _bound(row, code), row.code_mac):
            return await self._accept(session, account, row)
        await limits.record_failure(session, now, "code", conv_index)
        return await self._refuse(session, row, code)

    async def _accept(self, session: AsyncSession, account: Account, row: ActivationCode) -> CodeResult:
        row.state = "used"
        await session.flush()
        records = await self._matching.records(session, account, row.clinic_id)
        if records != [row.record_key]:  # the clinic imported something else since the code was sent
            return CodeResult("superseded")
        # `verify` may drop the account, and its codes with it: whatever needs the row comes first.
        clinic_id, record_key = row.clinic_id, row.record_key
        owner = await self._accounts.verify(session, account)
        if owner is not None:
            await self._audit(session, "code_owned", account.id, clinic_id)
            return CodeResult("owned", owner_username_masked=mask_username(self._accounts.person(owner)["username"]))
        link = Link(account_id=account.id, clinic_id=clinic_id, record_key=record_key, linked_at=self._core.clock())
        session.add(link)
        await self._audit(session, "clinic_linked", account.id, clinic_id)
        return CodeResult("ok")

    async def _refuse(self, session: AsyncSession, row: ActivationCode, code: SecretStr) -> CodeResult:
        left = MAX_TRIES - row.tries
        if left <= 0:
            row.state = "dead"
            await self._audit(session, "code_dead", row.account_id, row.clinic_id)
            return CodeResult("dead")
        await self._audit(session, "code_wrong", row.account_id, row.clinic_id)
        older = await session.scalars(
            self._sent(row.account_id, row.clinic_id)
            .where(ActivationCode.id != row.id)
            .order_by(ActivationCode.sent_at.desc())
            .limit(PER_DAY)
        )
        was_good = any(self._core.vault.matches("code", _bound(each, code), each.code_mac) for each in older)
        return CodeResult("superseded" if was_good else "wrong", left)

    async def _mail(self, row: ActivationCode, to: str, clinic_name: str, code: str) -> SendResult:
        letter = code_letter(format_code(code), clinic_name, LIFETIME_SECONDS // 60)
        try:
            await self._mailer.send(to, letter, self._core.clock())
        except MailError:
            async with self._core.db.write() as session:
                # It never left: it neither counts in the limits nor opens anything.
                await session.execute(update(ActivationCode).where(ActivationCode.id == row.id).values(state="failed"))
                await self._audit(session, "mail_failed", row.account_id, row.clinic_id)
            return SendResult("mail_failed")
        return SendResult("sent", BETWEEN_SENDS_SECONDS)

    async def _refusal(self, session: AsyncSession, row: ActivationCode) -> SendResult | None:
        now = row.sent_at
        sent = list(
            await session.scalars(
                select(ActivationCode.sent_at)
                .where(
                    ActivationCode.account_id == row.account_id,
                    ActivationCode.clinic_id == row.clinic_id,
                    ActivationCode.state != "failed",
                    ActivationCode.sent_at > now - _DAY,
                )
                .order_by(ActivationCode.sent_at.desc())
            )
        )
        if len(sent) >= PER_DAY:
            return SendResult("daily", _until(sent[PER_DAY - 1] + _DAY, now))
        if len(sent) >= PER_HOUR and sent[PER_HOUR - 1] > now - _HOUR:
            return SendResult("hourly", _until(sent[PER_HOUR - 1] + _HOUR, now))
        last = sent[0] if sent else None
        busy, last_anywhere = await self._mailbox(session, row)
        if busy and last_anywhere is not None:
            last = max(last or last_anywhere, last_anywhere)
        if last is not None and last > now - BETWEEN_SENDS_SECONDS:
            return SendResult("too_soon", _until(last + BETWEEN_SENDS_SECONDS, now))
        return None

    async def _mailbox(self, session: AsyncSession, row: ActivationCode) -> tuple[bool, float | None]:
        """Whether this mailbox got too many codes within the hour, and when the last one went."""
        count, last = (
            await session.execute(
                select(func.count(), func.max(ActivationCode.sent_at)).where(
                    ActivationCode.email_index == row.email_index,
                    ActivationCode.state != "failed",
                    ActivationCode.sent_at > row.sent_at - _HOUR,
                )
            )
        ).one()
        return count >= MAILBOX_PER_HOUR, last

    async def _supersede(self, session: AsyncSession, account_id: str, clinic_id: str) -> None:
        await session.execute(
            update(ActivationCode)
            .where(
                ActivationCode.account_id == account_id,
                ActivationCode.clinic_id == clinic_id,
                ActivationCode.state == "live",
            )
            .values(state="superseded")
        )

    async def _newest(self, session: AsyncSession, account_id: str, clinic_id: str) -> ActivationCode | None:
        newest = self._sent(account_id, clinic_id).order_by(ActivationCode.sent_at.desc()).limit(1)
        return await session.scalar(newest)

    @staticmethod
    def _sent(account_id: str, clinic_id: str) -> Select[ActivationCode]:
        return select(ActivationCode).where(
            ActivationCode.account_id == account_id,
            ActivationCode.clinic_id == clinic_id,
            ActivationCode.state != "failed",
        )

    def _is_here(self, row: ActivationCode, conv: str, page: str) -> bool:
        vault = self._core.vault
        return vault.matches("conversation", conv, row.conv_index) and vault.matches("page", page, row.page_index)

    def _new(
        self, account: Account, clinic_id: str, record_key: str, code: str, *, conv: str, page: str
    ) -> ActivationCode:
        now, vault, person = self._core.clock(), self._core.vault, self._accounts.person(account)
        row = ActivationCode(
            id=uuid.uuid4().hex,
            account_id=account.id,
            clinic_id=clinic_id,
            conv_index=self._core.conv_index(conv),
            page_index=vault.mac("page", page),
            email_index=vault.mac("email", canonical_email(person["email"])),
            nam_index=vault.mac("nam", person["nam"]),
            record_key=record_key,
            state="live",
            tries=0,
            sent_at=now,
            expires_at=now + LIFETIME_SECONDS,
        )
        row.code_mac = vault.mac("code", _bound(row, SecretStr(code)))
        return row

    async def _audit(self, session: AsyncSession, kind: str, account_id: str, clinic_id: str) -> None:
        await audit.add(session, self._core.vault, self._core.clock(), kind, account_id=account_id, clinic_id=clinic_id)


def mask_username(username: str) -> str:
    """A username shown to someone who may not own it: first and last character; an email masked as one."""
    if "@" in username:
        return mask_email(username)
    return f"{username[:1]}•••{username[-1:]}"


def _bound(row: ActivationCode, code: SecretStr) -> str:
    """What the hash is made of: a code is worth something only for the request it was sent for."""
    return f"{row.id}\x00{code.get_secret_value()}"


def _until(moment: float, now: float) -> int:
    return max(1, round(moment - now + 0.499))
