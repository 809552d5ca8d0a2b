"""Accounts: opened provisional, for 7 days, and made permanent by the first code that proves the mailbox."""

from __future__ import annotations

import uuid
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.core import Core
from actions.portal.drafts import Drafts
from actions.portal.errors import UnknownAccountError
from actions.portal.limit_settings import Limits
from actions.portal.limits import Attempt, Slowing, of_crowd
from actions.portal.models import Account, ActivationCode, Consent, SignupDraft
from actions.portal.reached import Reached
from actions.portal.types import CreateResult, LoginResult, Profile
from actions.portal.vault import canonical_email, canonical_nam, canonical_username

PROVISIONAL_SECONDS: Final = 7 * 24 * 3600


class Accounts:
    """Opens, finds, reads and changes accounts."""

    def __init__(self, core: Core, drafts: Drafts, limits: Limits, slowing: Slowing, reached: Reached):
        self._core, self._drafts, self._slowing, self._reached = core, drafts, slowing, reached
        self._crowd = of_crowd("logins:total", limits.total_login_failures_per_hour, "login_failures_total")

    async def username_taken(self, username: str) -> bool:
        """Whether an account that has not expired has this username, whatever its case."""
        async with self._core.db.read() as session:
            found = await session.scalar(select(Account.id).where(self._has_username(username), self._alive()))
        return found is not None

    async def create(
        self,
        conv: str,
        *,
        email: str,
        nam: str,
        province: str,
        username: str,
        terms_version: str,
        privacy_version: str,
    ) -> CreateResult:
        """Open a provisional account with the confirmed password of the draft, which ends there."""
        person = {"email": email.strip(), "nam": canonical_nam(nam), "username": username.strip()}
        try:
            async with self._core.db.write() as session:
                password_hash = await self._drafts.confirmed_password(session, conv)
                if password_hash is None:
                    return CreateResult("no_password")
                # An expired provisional account frees its username.
                await session.execute(delete(Account).where(self._has_username(username), self._expired()))
                if await session.scalar(select(Account.id).where(self._has_username(username))):
                    return CreateResult("username_taken")
                account = self._new(person, province, password_hash)
                session.add(account)
                await session.flush()
                for document, version in (("terms", terms_version), ("privacy", privacy_version)):
                    session.add(self._consent(account, document, version))
                await session.execute(
                    delete(SignupDraft).where(SignupDraft.conv_index.in_(self._core.conv_indexes(conv)))
                )
                await self._audit(session, "account_created", account)
        except IntegrityError:  # someone took the username between the look and the leap
            return CreateResult("username_taken")
        return CreateResult("created", account.id)

    async def login(self, login_id: str, password: SecretStr, conv: str, *, address: str | None = None) -> LoginResult:
        """Log in by username or email; as long and with the same answer whether the account exists or not."""
        login_index = self._core.vault.mac("login", canonical_username(login_id))
        attempt = Attempt(
            "login", self._core.conv_index(conv), login_index, self._crowd, self._core.address_index(address)
        )
        async with self._core.db.read() as session:
            now = self._core.clock()
            counts = self._core.counting.on(session, now)
            hold = await self._slowing.hold(counts, now, attempt)
            account = await self._by_login(session, login_id) if hold is None else None
        if hold is not None:
            await self._reached.note(hold.limit)
            return LoginResult(hold.status, wait_seconds=hold.wait_seconds)
        right = await self._core.passwords.verify(account.password_hash if account else None, password)
        async with self._core.db.write() as session:
            counts = self._core.counting.on(session, self._core.clock())
            if right and account is not None:
                await self._slowing.succeeded(counts, attempt)
                await self._audit(session, "login", account)
                return LoginResult("ok", account.id)
            await self._slowing.failed(counts, attempt)
            await audit.add(session, self._core.vault, self._core.clock(), "login_failed")
        return LoginResult("wrong")

    async def profile(self, account_id: str) -> Profile:
        """What the account holds, a verified account's unproven changes included.

        Raises:
            UnknownAccountError: there is no such account (any more).
        """
        async with self._core.db.read() as session:
            account = await self.get(session, account_id)
        person = self.person(account)
        return Profile(
            email=person["email"],
            nam=person["nam"],
            province=person["province"],
            username=person["username"],
            verified=account.verified_at is not None,
        )

    async def change_profile(
        self,
        account_id: str,
        *,
        email: str | None = None,
        nam: str | None = None,
        province: str | None = None,
    ) -> None:
        """Correct the email or the NAM; a verified account's change counts once a code proves the mailbox."""
        given = {
            "email": email.strip() if email else None,
            "nam": canonical_nam(nam) if nam else None,
            "province": province,
        }
        changes = {name: value for name, value in given.items() if value}
        async with self._core.db.write() as session:
            account = await self.get(session, account_id, lock=True)
            if account.verified_at is None:
                self._set_person(account, {**self.person(account), **changes})
            else:
                pending = self._core.vault.open(account.pending) if account.pending else {}
                account.pending = self._core.vault.seal({**pending, **changes})
            # A code proves the mailbox and the NAM that it was sent for, and no others.
            await session.execute(
                update(ActivationCode)
                .where(ActivationCode.account_id == account_id, ActivationCode.state == "live")
                .values(state="superseded")
            )
            await self._audit(session, "profile_changed", account, email=bool(email), nam=bool(nam))

    async def drop_provisional(self, account_id: str) -> bool:
        """Delete an account that no code has made permanent; False when it stays (or is gone already)."""
        async with self._core.db.write() as session:
            account = await session.get(Account, account_id, with_for_update=True)
            if account is None or account.verified_at is not None:
                return False
            await self._audit(session, "account_dropped", account)
            await session.delete(account)
        return True

    async def get(self, session: AsyncSession, account_id: str, *, lock: bool = False) -> Account:
        """The row of an account that has not expired."""
        account = await session.get(Account, account_id, with_for_update=True if lock else None)
        if account is None or (account.expires_at is not None and account.expires_at <= self._core.clock()):
            raise UnknownAccountError("Ce compte n’existe pas ou n’existe plus.")
        return account

    def person(self, account: Account) -> dict[str, Any]:
        """{email, nam, username, province} as the patient sees them: with the changes not proven yet."""
        person = {**self._core.vault.open(account.person), "province": account.province}
        return {**person, **(self._core.vault.open(account.pending) if account.pending else {})}

    async def verify(self, session: AsyncSession, account: Account) -> Account | None:
        """The mailbox is proven: make the account permanent, its pending changes too.

        Returns the verified account that already holds this email or NAM, if there is one: then a provisional
        account is dropped, and a verified one loses the pending changes.
        """
        person = self.person(account)
        owner = await session.scalar(
            select(Account)
            .where(
                Account.id != account.id,
                Account.verified_at.is_not(None),
                or_(
                    Account.email_index.in_(self._core.vault.macs("email", canonical_email(person["email"]))),
                    Account.nam_index.in_(self._core.vault.macs("nam", person["nam"])),
                ),
            )
            .limit(1)
        )
        if owner is not None:
            if account.verified_at is None:
                await session.delete(account)
            else:
                account.pending = None
            return owner
        self._set_person(account, person)
        account.pending, account.expires_at = None, None
        account.verified_at = account.verified_at or self._core.clock()
        await session.flush()
        return None

    async def _by_login(self, session: AsyncSession, login_id: str) -> Account | None:
        """A proven email counts before a username: nobody shuts its owner out by taking it as username."""
        by_email = Account.email_index.in_(self._core.vault.macs("email", canonical_email(login_id)))
        verified = await session.scalar(select(Account).where(by_email, Account.verified_at.is_not(None)))
        if verified is not None:
            return verified
        by_name = await session.scalar(select(Account).where(self._has_username(login_id), self._alive()))
        if by_name is not None:
            return by_name
        provisional = (await session.scalars(select(Account).where(by_email, self._alive()).limit(2))).all()
        return provisional[0] if len(provisional) == 1 else None

    def _new(self, person: dict[str, Any], province: str, password_hash: str) -> Account:
        now = self._core.clock()
        account = Account(
            id=uuid.uuid4().hex,
            password_hash=password_hash,
            created_at=now,
            expires_at=now + PROVISIONAL_SECONDS,
        )
        self._set_person(account, {**person, "province": province})
        return account

    def _set_person(self, account: Account, person: dict[str, Any]) -> None:
        vault = self._core.vault
        account.person = vault.seal({name: person[name] for name in ("email", "nam", "username")})
        account.province = person["province"]
        account.email_index = vault.mac("email", canonical_email(person["email"]))
        account.nam_index = vault.mac("nam", canonical_nam(person["nam"]))
        account.username_index = vault.mac("username", canonical_username(person["username"]))

    def _consent(self, account: Account, document: str, version: str) -> Consent:
        return Consent(account_id=account.id, document=document, version=version, accepted_at=self._core.clock())

    def _has_username(self, username: str) -> Any:
        return Account.username_index.in_(self._core.vault.macs("username", canonical_username(username)))

    def _alive(self) -> Any:
        return or_(Account.expires_at.is_(None), Account.expires_at > self._core.clock())

    def _expired(self) -> Any:
        return Account.expires_at <= self._core.clock()

    async def _audit(self, session: AsyncSession, kind: str, account: Account, **fields: audit.Safe) -> None:
        await audit.add(session, self._core.vault, self._core.clock(), kind, account_id=account.id, **fields)
