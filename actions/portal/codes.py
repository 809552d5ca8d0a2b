"""Access codes: 6 digits, 10 minutes, 5 tries, bound to the conversation and to the page that asked.

The tries are counted with the code, in the database: they are what a code is worth, not a rate.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Final, NamedTuple

from pydantic import SecretStr
from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.accounts import Accounts
from actions.portal.core import Core
from actions.portal.counting import Counts, Refusal, Use, Window
from actions.portal.errors import MailError
from actions.portal.letters import code_letter
from actions.portal.limit_settings import Limits
from actions.portal.limits import ADDRESS_SECONDS, DAY_SECONDS, HOUR_SECONDS, Attempt, Slowing, codes_to, of_crowd
from actions.portal.mail import Mailer
from actions.portal.matching import Matching
from actions.portal.models import Account, ActivationCode, Clinic, Link
from actions.portal.reached import Reached
from actions.portal.types import CodeResult, SendResult
from actions.portal.vault import canonical_email
from actions.rules.code import format_code
from actions.rules.email import mask_email

LIFETIME_SECONDS: Final = 600
MAX_TRIES: Final = 5
BETWEEN_SENDS_SECONDS: Final = 60
OLDER_LOOKED_AT: Final = 10
"""How many codes before the newest a wrong one is compared with, to tell the patient that it is an older one."""
_MAILBOX: Final = "mailbox"
_ADDRESS: Final = "codes_address"
_CROWDED: Final = frozenset({"codes_clinic", "codes_total", _ADDRESS})


class _Wanted(NamedTuple):
    """A code about to be sent."""

    row: ActivationCode
    address_index: str | None
    """Keyed hash of the address that asks for it."""


class Codes:
    """Sends, kills and checks codes."""

    def __init__(
        self,
        core: Core,
        accounts: Accounts,
        matching: Matching,
        mailer: Mailer,
        *,
        limits: Limits,
        slowing: Slowing,
        reached: Reached,
    ):
        self._core, self._accounts, self._matching, self._mailer = core, accounts, matching, mailer
        self._limits, self._slowing, self._reached = limits, slowing, reached

    async def send(
        self, account_id: str, clinic_id: str, conv: str, page_session: str, *, address: str | None = None
    ) -> SendResult:
        """Mail a new code to the email that matched; the one before is dead from here on."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        taken: tuple[list[Use], str] | None = None
        try:
            async with self._core.db.write() as session:
                account = await self._accounts.get(session, account_id, lock=True)
                records = await self._matching.records(session, account, clinic_id)
                if len(records) != 1 or await self._matching.is_linked(session, account_id, clinic_id):
                    return SendResult("no_match")
                row = self._new(account, clinic_id, records[0], code, conv=conv, page=page_session)
                wanted = _Wanted(row, self._core.address_index(address))
                taken = (self._uses(wanted), row.id)
                refusal = await self._refusal(self._core.counting.on(session, row.sent_at), wanted)
                if refusal is not None:
                    return await self._refuse_send(session, row, refusal)
                await self._supersede(session, account_id, clinic_id)
                session.add(row)
                await self._audit(session, "code_sent", account_id, clinic_id)
                to = self._accounts.person(account)["email"]
                clinic = await session.get_one(Clinic, clinic_id)
        except BaseException as error:
            if taken is not None:  # nothing went: it must not count, nor be told of as just sent
                await self._core.counting.undo(*taken)
            if isinstance(error, IntegrityError):  # two sends at once: the other one's code is the live one
                return SendResult("too_soon", BETWEEN_SENDS_SECONDS)
            raise
        return await self._mail(wanted, to, clinic.name, code)

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

    async def check(
        self,
        account_id: str,
        clinic_id: str,
        conv: str,
        page_session: str,
        code: SecretStr,
        *,
        address: str | None = None,
    ) -> CodeResult:
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
                        address=address,
                    )
            except IntegrityError:  # another account was verified with this email at this instant: look again
                continue
        return CodeResult("none")

    async def _check(
        self,
        session: AsyncSession,
        code: SecretStr,
        *,
        account_id: str,
        clinic_id: str,
        conv: str,
        page: str,
        address: str | None,
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
        attempt = Attempt("code", self._core.conv_index(conv), address_index=self._core.address_index(address))
        counts = self._core.counting.on(session, now)
        hold = await self._slowing.hold(counts, now, attempt)
        if hold is not None:
            await self._reached.note(hold.limit, clinic_id, session)
            return CodeResult("slowed", MAX_TRIES - row.tries, wait_seconds=hold.wait_seconds)
        row.tries += 1
        if self._core.vault.matches("code", _bound(row, code), row.code_mac):
            return await self._accept(session, account, row)
        await self._slowing.failed(counts, attempt)
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
            .limit(OLDER_LOOKED_AT)
        )
        was_good = any(self._core.vault.matches("code", _bound(each, code), each.code_mac) for each in older)
        return CodeResult("superseded" if was_good else "wrong", left)

    async def _mail(self, wanted: _Wanted, to: str, clinic_name: str, code: str) -> SendResult:
        row = wanted.row
        letter = code_letter(format_code(code), clinic_name, LIFETIME_SECONDS // 60)
        try:
            await self._mailer.send(to, letter, self._core.clock())
        except MailError:
            async with self._core.db.write() as session:
                # It never left: it neither counts in the limits nor opens anything.
                await session.execute(update(ActivationCode).where(ActivationCode.id == row.id).values(state="failed"))
                await self._core.counting.on(session, row.sent_at).give_back(self._uses(wanted), row.id)
                await self._audit(session, "mail_failed", row.account_id, row.clinic_id)
            return SendResult("mail_failed")
        return SendResult("sent", BETWEEN_SENDS_SECONDS)

    async def _refusal(self, counts: Counts, wanted: _Wanted) -> Refusal | None:
        """Count the code that is about to go, unless something is against it."""
        crowded: frozenset[str] = frozenset()
        while True:
            refusal = await counts.take(self._uses(wanted, crowded), wanted.row.id)
            if refusal is None or refusal.reason not in {_MAILBOX, _ADDRESS} - crowded:
                return refusal
            # Whoever filled it, nobody is kept out: from here on a mailbox gets one a minute, an address one in 10 s.
            crowded |= {refusal.reason}

    async def _refuse_send(self, session: AsyncSession, row: ActivationCode, refusal: Refusal) -> SendResult:
        if refusal.reason in _CROWDED:
            await self._reached.note(refusal.reason, row.clinic_id, session)
            return SendResult("busy", refusal.wait_seconds)
        await self._audit(session, f"code_refused_{refusal.reason}", row.account_id, row.clinic_id)
        return SendResult(refusal.reason, refusal.wait_seconds)  # type: ignore[arg-type]

    def _uses(self, wanted: _Wanted, crowded: frozenset[str] = frozenset()) -> list[Use]:
        """What a code counts for: its account in the clinic, its mailbox, the address that asks, the clinic, all."""
        row, limits, mac = wanted.row, self._limits, self._core.vault.mac
        mailbox = Window(limits.mailbox_codes_per_hour, HOUR_SECONDS, _MAILBOX)
        if _MAILBOX in crowded:
            mailbox = Window(1, BETWEEN_SENDS_SECONDS, "too_soon")
        address = Window(limits.address_codes_per_hour, HOUR_SECONDS, _ADDRESS)
        if _ADDRESS in crowded:
            address = Window(1, ADDRESS_SECONDS, _ADDRESS)
        asking = f"codes:address:{wanted.address_index}"
        return [
            Use(
                f"codes:account:{mac('codes of', row.account_id + ' ' + row.clinic_id)}",
                (
                    Window(1, BETWEEN_SENDS_SECONDS, "too_soon"),
                    Window(limits.codes_per_hour, HOUR_SECONDS, "hourly"),
                    Window(limits.codes_per_day, DAY_SECONDS, "daily"),
                ),
            ),
            # The window without a limit has it remembered for an hour in both cases.
            Use(codes_to(row.email_index), (mailbox, Window(0, HOUR_SECONDS, _MAILBOX))),
            *([Use(asking, (address, Window(0, HOUR_SECONDS, _ADDRESS)))] if wanted.address_index else []),
            *of_crowd(f"codes:clinic:{mac('clinic', row.clinic_id)}", limits.clinic_codes_per_hour, "codes_clinic"),
            *of_crowd("codes:total", limits.total_codes_per_hour, "codes_total"),
        ]

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
