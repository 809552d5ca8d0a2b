"""Signup drafts: what a conversation entered, kept a day under a keyed hash of the conversation's id."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.core import Core
from actions.portal.models import SignupDraft
from actions.portal.types import Draft
from actions.portal.vault import canonical_email

HELD_NAM: Final = "held_nam"
"""Field of a draft: a number in doubt. Never part of the draft that is offered again."""

KEPT_SECONDS: Final = 24 * 3600
PASSWORD_KEPT_SECONDS: Final = 3600
"""Values wait a day for the patient to come back; even the hash of a password does not."""


class Drafts:
    """Reads and writes the drafts."""

    def __init__(self, core: Core):
        self._core = core

    async def save(self, conv: str, **fields: str | None) -> None:
        """Set the given fields (those that are not None) and keep the draft a day more."""
        async with self._core.db.write() as session:
            row = await self._row(session, conv) or self._new(conv)
            given = {name: value for name, value in fields.items() if value is not None}
            values = {**self._core.vault.open(row.fields), **given}
            row.fields = self._core.vault.seal(values)
            if "email" in values:
                row.email_index = self._core.vault.mac("email", canonical_email(values["email"]))
            row.expires_at = self._core.clock() + KEPT_SECONDS
            session.add(row)

    async def hold_nam(self, conv: str, value: str | None) -> None:
        """Keep a number that is in doubt (a NAM or a NAS?) until the patient has answered; None forgets it."""
        async with self._core.db.write() as session:
            row = await self._row(session, conv)
            if row is None and value is None:
                return
            row = row or self._new(conv)
            values = self._core.vault.open(row.fields)
            if value is None:
                values.pop(HELD_NAM, None)
            else:
                values[HELD_NAM] = value
            row.fields = self._core.vault.seal(values)
            row.expires_at = self._core.clock() + KEPT_SECONDS
            session.add(row)

    async def held_nam(self, conv: str) -> str | None:
        """The number in doubt, None when there is none."""
        async with self._core.db.read() as session:
            row = await self._row(session, conv)
        return self._core.vault.open(row.fields).get(HELD_NAM) if row is not None else None

    async def get(self, conv: str) -> Draft | None:
        """The draft of a conversation, None when there is none or it is over a day old."""
        async with self._core.db.read() as session:
            row = await self._row(session, conv)
        if row is None:
            return None
        values = self._core.vault.open(row.fields)
        values.pop(HELD_NAM, None)
        password = self.password_of(row)
        return Draft(
            **values,
            has_password=password is not None,
            password_confirmed=password is not None and row.password_confirmed,
        )

    async def drop(self, conv: str) -> None:
        """Forget the draft, password and all."""
        async with self._core.db.write() as session:
            await session.execute(delete(SignupDraft).where(SignupDraft.conv_index.in_(self._core.conv_indexes(conv))))

    async def set_password(self, conv: str, password: SecretStr) -> None:
        """Keep the Argon2id hash of the chosen password; it still has to be confirmed."""
        password_hash = await self._core.passwords.hash(password)
        async with self._core.db.write() as session:
            row = await self._row(session, conv) or self._new(conv)
            now = self._core.clock()
            row.password_hash, row.password_confirmed = password_hash, False
            row.password_expires_at = now + PASSWORD_KEPT_SECONDS
            row.expires_at = now + KEPT_SECONDS
            session.add(row)

    async def confirm_password(self, conv: str, password: SecretStr) -> bool:
        """Whether this is the chosen password; if it is, the draft remembers that it was confirmed."""
        async with self._core.db.read() as session:
            row = await self._row(session, conv)
        chosen = self.password_of(row) if row is not None else None
        same = await self._core.passwords.verify(chosen, password)
        if same:
            async with self._core.db.write() as session:
                fresh = await self._row(session, conv)
                # Checked again: the password may have been changed or forgotten meanwhile.
                same = fresh is not None and fresh.password_hash == chosen
                if same and fresh is not None:
                    fresh.password_confirmed = True
        return same

    async def forget_password(self, conv: str) -> None:
        """Forget the chosen password, keep the rest."""
        async with self._core.db.write() as session:
            row = await self._row(session, conv)
            if row is not None:
                row.password_hash, row.password_confirmed, row.password_expires_at = None, False, None

    async def confirmed_password(self, session: AsyncSession, conv: str) -> str | None:
        """The hash to open the account with: chosen, confirmed, not too old."""
        row = await self._row(session, conv)
        return self.password_of(row) if row is not None and row.password_confirmed else None

    def password_of(self, row: SignupDraft) -> str | None:
        """The hash in a draft unless it is too old."""
        expires_at = row.password_expires_at
        return row.password_hash if expires_at is not None and expires_at > self._core.clock() else None

    async def _row(self, session: AsyncSession, conv: str) -> SignupDraft | None:
        for index in self._core.conv_indexes(conv):
            row = await session.get(SignupDraft, index)
            if row is not None and row.expires_at > self._core.clock():
                return row
            if row is not None and session.in_transaction() and self._core.is_writing(session):
                await session.delete(row)
                await session.flush()
        return None

    def _new(self, conv: str) -> SignupDraft:
        return SignupDraft(
            conv_index=self._core.conv_index(conv),
            fields=self._core.vault.seal({}),
            password_confirmed=False,
        )
