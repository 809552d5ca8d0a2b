"""What the clinic's staff ask of the store: duplicates, links, numbers, purge, erasure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import CursorResult, Delete, Select, Update, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.core import Core
from actions.portal.counting import FAILURES_KEPT_SECONDS
from actions.portal.limits import codes_to, failed_logins_of
from actions.portal.models import (
    Account,
    ActivationCode,
    AuditEvent,
    Clinic,
    CountedUse,
    Link,
    Record,
    SignupDraft,
    Site,
    Throttle,
)
from actions.portal.vault import canonical_email, canonical_username
from actions.rules.nam import mask_nam

_CODES_KEPT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Records of one clinic that hold the same NAM; ``blocking`` when two of them also hold the same email."""

    clinic_id: str
    clinic_name: str
    nam_masked: str
    record_numbers: list[str]
    blocking: bool


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account of an email, with the clinics it is linked to."""

    username: str
    nam_masked: str
    verified: bool
    clinics: list[str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of an erasure: the audit event's number and seal, when, how much of what."""

    number: int
    seal: str
    at: float
    counts: dict[str, int] = field(default_factory=dict)


async def duplicates(core: Core) -> list[Duplicate]:
    """The records that stand in each other's way, by clinic."""
    twice = select(Record.clinic_id, Record.nam_index).group_by(Record.clinic_id, Record.nam_index)
    twins = twice.having(func.count() > 1).subquery()
    statement = (
        select(Record, Clinic.name)
        .join(Clinic, Clinic.id == Record.clinic_id)
        .join(twins, (twins.c.clinic_id == Record.clinic_id) & (twins.c.nam_index == Record.nam_index))
        .order_by(Record.clinic_id, Record.id)
    )
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    async with core.db.read() as session:
        for record, name in await session.execute(statement):
            groups[record.clinic_id, name, record.nam_index].append(record)
    return [_duplicate(core, clinic_id, name, records) for (clinic_id, name, _), records in groups.items()]


async def links(core: Core, email: str) -> list[LinkedAccount]:
    """The accounts that hold this email, the oldest first."""
    found = []
    async with core.db.read() as session:
        accounts = await session.scalars(
            select(Account).where(_email_is(core, Account.email_index, email)).order_by(Account.created_at)
        )
        for account in accounts:
            clinics = select(Link.clinic_id).where(Link.account_id == account.id).order_by(Link.linked_at, Link.id)
            person = core.vault.open(account.person)
            found.append(
                LinkedAccount(
                    username=person["username"],
                    nam_masked=mask_nam(person["nam"]),
                    verified=account.verified_at is not None,
                    clinics=list(await session.scalars(clinics)),
                )
            )
    return found


async def has_verified(core: Core, email: str) -> bool:
    """Whether a permanent account holds this email."""
    async with core.db.read() as session:
        found = await session.scalar(
            select(Account.id).where(_email_is(core, Account.email_index, email), Account.verified_at.is_not(None))
        )
    return found is not None


async def stats(core: Core, days: int) -> dict[str, int]:
    """How many there are of everything, and (keys « event:… ») what happened in the last days."""
    verified, provisional = Account.verified_at.is_not(None), Account.verified_at.is_(None)
    statements: dict[str, Select[Any]] = {
        "clinics": select(func.count()).select_from(Clinic),
        "sites": select(func.count()).select_from(Site),
        "records": select(func.count()).select_from(Record),
        "records_without_email": select(func.count()).select_from(Record).where(Record.email_index.is_(None)),
        "accounts_verified": select(func.count()).select_from(Account).where(verified),
        "accounts_provisional": select(func.count())
        .select_from(Account)
        .where(provisional, Account.expires_at > core.clock()),
        "links": select(func.count()).select_from(Link),
    }
    async with core.db.read() as session:
        numbers = {name: int(await session.scalar(each) or 0) for name, each in statements.items()}
        events = await audit.count_by_kind(session, core.clock() - days * 24 * 3600)
    return {**numbers, **{f"event:{kind}": count for kind, count in sorted(events.items())}}


async def audit_broken_at(core: Core) -> int | None:
    """The number of the first event of the audit trail that was tampered with, None when it is whole."""
    async with core.db.read() as session:
        return await audit.first_broken(session, core.vault)


async def audit_verdict(core: Core, seen: str | None = None) -> audit.Verdict:
    """Check the whole audit trail (see `audit.verify`)."""
    async with core.db.read() as session:
        return await audit.verify(session, core.vault, seen)


async def purge(core: Core) -> dict[str, int]:
    """Delete what is past its time: drafts, their passwords, provisional accounts, codes, counted failures."""
    now = core.clock()
    async with core.db.write() as session:
        forgotten = update(SignupDraft).where(SignupDraft.password_expires_at <= now)
        await session.execute(forgotten.values(password_hash=None, password_confirmed=False))
        counts = {
            "drafts": await _count(session, delete(SignupDraft).where(SignupDraft.expires_at <= now)),
            "accounts": await _count(session, delete(Account).where(Account.expires_at <= now)),
            "codes": await _count(
                session, delete(ActivationCode).where(ActivationCode.sent_at <= now - _CODES_KEPT_SECONDS)
            ),
            "throttles": await _count(session, delete(Throttle).where(Throttle.last_at <= now - FAILURES_KEPT_SECONDS)),
        }
        # Not told of: they come and go with every code, and the trail only ever grows.
        await session.execute(delete(CountedUse).where(CountedUse.expires_at <= now))
        if any(counts.values()):
            await _audit(core, session, "purge", counts)
    return counts


async def erase(core: Core, email: str, *, records: bool, conversations: int = 0) -> Receipt:
    """Erase everything that the portal holds about an email: accounts with consents, links and codes; drafts.

    Imported records belong to the clinics' own files: they go only with `records`.
    """
    counts = {"conversations": conversations}
    async with core.db.write() as session:
        owned = select(Account.id).where(_email_is(core, Account.email_index, email))
        counts["links"] = await _count(session, delete(Link).where(Link.account_id.in_(owned)))
        code_owner = ActivationCode.account_id.in_(owned) | _email_is(core, ActivationCode.email_index, email)
        counts["codes"] = await _count(session, delete(ActivationCode).where(code_owner))
        counts["accounts"] = await _count(session, delete(Account).where(_email_is(core, Account.email_index, email)))
        counts["drafts"] = await _count(
            session, delete(SignupDraft).where(_email_is(core, SignupDraft.email_index, email))
        )
        logins = [failed_logins_of(mac) for mac in core.vault.macs("login", canonical_username(email))]
        mailbox = [codes_to(mac) for mac in core.vault.macs("email", canonical_email(email))]
        await core.counting.on(session, core.clock()).forget([*logins, *mailbox])
        theirs = _email_is(core, Record.email_index, email)
        if records:
            counts["records"] = await _count(session, delete(Record).where(theirs))
        else:
            kept = select(func.count()).select_from(Record).where(theirs)
            counts["records_kept"] = int(await session.scalar(kept) or 0)
        event = await _audit(core, session, "erased", counts)
    return Receipt(event.id, event.mac[:16], event.at, counts)


def _duplicate(core: Core, clinic_id: str, name: str, records: Sequence[Record]) -> Duplicate:
    emails = [record.email_index for record in records if record.email_index is not None]
    return Duplicate(
        clinic_id=clinic_id,
        clinic_name=name,
        nam_masked=mask_nam(core.vault.open(records[0].person)["nam"]),
        # A key that is no record number (there was none) begins with « ~ ».
        record_numbers=["—" if each.record_key.startswith("~") else each.record_key for each in records],
        blocking=len(set(emails)) < len(emails),
    )


def _email_is(core: Core, column: Any, email: str) -> Any:
    return column.in_(core.vault.macs("email", canonical_email(email)))


async def _count(session: AsyncSession, statement: Delete | Update) -> int:
    result = await session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


async def _audit(core: Core, session: AsyncSession, kind: str, counts: dict[str, int]) -> AuditEvent:
    capped = {name: min(count, 99_999) for name, count in counts.items()}
    return await audit.add(session, core.vault, core.clock(), kind, **capped)
