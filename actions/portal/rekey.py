"""Writing everything again under the newest key, in small steps: stopped at any point, it goes on where it was.

What is kept for a day at most under a hash of something that is stored nowhere (a conversation's id, a page's, a code)
cannot be written again: drafts, codes and counted failures stay as they are, and the older key is needed until they
are gone.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal import audit
from actions.portal.core import Core
from actions.portal.models import Account, ActivationCode, Incident, Link, Record, SignupDraft
from actions.portal.vault import Vault, canonical_email, canonical_nam, canonical_username

OLD_KEY_SECONDS: Final = 24 * 3600
"""How long the older key is still needed afterwards."""
_STEP: Final = 200

Progress = Callable[[str, int, int], None]
"""Told what is written, how many of it are done, and how many there are."""
Rewrite = Callable[[AsyncSession, Vault, Any], Awaitable[bool]]


async def rekey(core: Core, progress: Progress = lambda what, done, total: None) -> dict[str, int]:
    """Write every row again that the newest key did not write; how many of each kind."""
    counts = {}
    for name, table, rewrite in _TABLES:
        counts[name] = await _table(core, name, table, rewrite, progress)
    if any(counts.values()):
        async with core.db.write() as session:
            await audit.add_digest(session, core.vault, core.clock())
    return counts


async def _table(core: Core, name: str, table: Any, rewrite: Rewrite, progress: Progress) -> int:
    key = table.__mapper__.primary_key[0]
    async with core.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(table)) or 0
    done, written, last = 0, 0, None
    while True:
        async with core.db.write() as session:
            statement = select(table).order_by(key).limit(_STEP).with_for_update()
            rows = (await session.scalars(statement if last is None else statement.where(key > last))).all()
            for row in rows:
                written += await rewrite(session, core.vault, row)
            last = getattr(rows[-1], key.name) if rows else last
        done += len(rows)
        progress(name, done, max(total, done))
        if len(rows) < _STEP:
            return written


async def _record(session: AsyncSession, vault: Vault, row: Record) -> bool:
    if vault.is_current(row.person):
        return False
    person = vault.open(row.person)
    row.person = vault.seal(person)
    row.nam_index = vault.mac("nam", person["nam"])
    row.email_index = vault.mac("email", canonical_email(person["email"])) if person["email"] else None
    content = [person[name] for name in ("nam", "email", "first_name", "last_name")]
    row.content_mac = vault.mac("record", json.dumps(content))
    if row.record_key.startswith("~"):  # a line without a record number is known by its NAM's hash
        await _rename(session, row, f"~{row.nam_index}")
    return True


async def _rename(session: AsyncSession, row: Record, name: str) -> None:
    for table in (Link, ActivationCode):
        same = (table.clinic_id == row.clinic_id) & (table.record_key == row.record_key)
        await session.execute(update(table).where(same).values(record_key=name))
    row.record_key = name


async def _account(session: AsyncSession, vault: Vault, row: Account) -> bool:
    if vault.is_current(row.person) and (row.pending is None or vault.is_current(row.pending)):
        return False
    person = vault.open(row.person)
    shown = {**person, **(vault.open(row.pending) if row.pending else {})}
    row.person = vault.seal(person)
    row.pending = vault.seal(vault.open(row.pending)) if row.pending else None
    row.email_index = vault.mac("email", canonical_email(person["email"]))
    row.nam_index = vault.mac("nam", canonical_nam(person["nam"]))
    row.username_index = vault.mac("username", canonical_username(person["username"]))
    codes = await session.scalars(select(ActivationCode).where(ActivationCode.account_id == row.id))
    for code in codes:  # so that an erasure still finds them
        if vault.matches("email", canonical_email(shown["email"]), code.email_index):
            code.email_index = vault.mac("email", canonical_email(shown["email"]))
        if vault.matches("nam", shown["nam"], code.nam_index):
            code.nam_index = vault.mac("nam", shown["nam"])
    return True


async def _draft(_session: AsyncSession, vault: Vault, row: SignupDraft) -> bool:
    if vault.is_current(row.fields):
        return False
    fields = vault.open(row.fields)
    row.fields = vault.seal(fields)
    if "email" in fields:
        row.email_index = vault.mac("email", canonical_email(fields["email"]))
    return True


async def _incident(_session: AsyncSession, vault: Vault, row: Incident) -> bool:
    if vault.is_current(row.body):
        return False
    row.body = vault.seal(vault.open(row.body))
    return True


_TABLES: Final[tuple[tuple[str, Any, Rewrite], ...]] = (
    ("records", Record, _record),
    ("accounts", Account, _account),
    ("drafts", SignupDraft, _draft),
    ("incidents", Incident, _incident),
)
