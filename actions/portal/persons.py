"""Everything that is held about one person: found by the email, reported, or (a conversation's) erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.admin import Receipt
from actions.portal.core import Core
from actions.portal.models import (
    Account,
    ActivationCode,
    AuditEvent,
    Clinic,
    Consent,
    Link,
    Record,
    SignupDraft,
)
from actions.portal.vault import canonical_email

_NAMES = ("email", "nam", "username")


async def values_of(core: Core, email: str) -> set[str]:
    """The email, and the NAM, usernames and new email of the accounts and signups that have it."""
    values = {email}
    async with core.db.read() as session:
        for account in await _accounts(core, session, email):
            for sealed in (account.person, account.pending):
                person = core.vault.open(sealed) if sealed else {}
                values |= {person[name] for name in _NAMES if person.get(name)}
        for draft in await _drafts(core, session, email):
            fields = core.vault.open(draft.fields)
            values |= {fields[name] for name in _NAMES if fields.get(name)}
    return values


async def report(core: Core, email: str) -> dict[str, Any]:
    """What the portal holds about an email, in clear: it is for the person it is about."""
    async with core.db.read() as session:
        accounts = [await _account(core, session, account) for account in await _accounts(core, session, email)]
        drafts = [core.vault.open(draft.fields) for draft in await _drafts(core, session, email)]
        theirs = Record.email_index.in_(core.vault.macs("email", canonical_email(email)))
        rows = await session.execute(
            select(Record, Clinic.name).join(Clinic, Clinic.id == Record.clinic_id).where(theirs).order_by(Record.id)
        )
        records = [
            {"clinic": name, "record_number": _number(record), **core.vault.open(record.person)}
            for record, name in rows
        ]
        ids = [account["account_id"] for account in accounts]
        events = [event for event in await audit.recent(session, 0.0) if _about(event, ids)]
    history = [{"at": event.at, "event": event.kind} for event in events]
    return {"accounts": accounts, "signups": drafts, "records": records, "history": history}


async def erase_conversation(core: Core, conv: str, conversations: int) -> Receipt:
    """Erase what one conversation left here: its signup, and the codes that it asked for."""
    async with core.db.write() as session:
        here = core.conv_indexes(conv)
        counts = {"conversations": conversations}
        for name, table in (("drafts", SignupDraft), ("codes", ActivationCode)):
            found = await session.scalar(select(func.count()).select_from(table).where(table.conv_index.in_(here)))
            await session.execute(delete(table).where(table.conv_index.in_(here)))
            counts[name] = min(int(found or 0), 99_999)
        event = await audit.add(session, core.vault, core.clock(), "erased", **counts)
    return Receipt(event.id, event.mac[:16], event.at, counts)


async def _account(core: Core, session: AsyncSession, account: Account) -> dict[str, Any]:
    consents = await session.scalars(select(Consent).where(Consent.account_id == account.id).order_by(Consent.id))
    links = await session.execute(
        select(Clinic.name, Link.linked_at)
        .join(Clinic, Clinic.id == Link.clinic_id)
        .where(Link.account_id == account.id)
        .order_by(Link.id)
    )
    return {
        "account_id": account.id,
        **core.vault.open(account.person),
        "pending": core.vault.open(account.pending) if account.pending else None,
        "province": account.province,
        "created_at": account.created_at,
        "verified_at": account.verified_at,
        "expires_at": account.expires_at,
        "consents": [{"document": each.document, "version": each.version, "at": each.accepted_at} for each in consents],
        "clinics": [{"clinic": name, "linked_at": at} for name, at in links],
    }


async def _accounts(core: Core, session: AsyncSession, email: str) -> list[Account]:
    is_theirs = Account.email_index.in_(core.vault.macs("email", canonical_email(email)))
    return list(await session.scalars(select(Account).where(is_theirs).order_by(Account.created_at)))


async def _drafts(core: Core, session: AsyncSession, email: str) -> list[SignupDraft]:
    is_theirs = SignupDraft.email_index.in_(core.vault.macs("email", canonical_email(email)))
    return list(await session.scalars(select(SignupDraft).where(is_theirs)))


def _number(record: Record) -> str | None:
    return None if record.record_key.startswith("~") else record.record_key


def _about(event: AuditEvent, ids: list[str]) -> bool:
    return any(f'"{each}"' in event.fields for each in ids)
