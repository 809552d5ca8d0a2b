"""The audit trail: what happened, when, to which account or clinic; never a value that someone typed."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.errors import UnsafeAuditFieldError
from actions.portal.models import AuditEvent, AuditHead
from actions.portal.vault import Vault

if TYPE_CHECKING:
    from actions.portal.core import Core

_FIRST: Final = "0" * 64
_CHAIN_LOCK: Final = 0x50F8
_HEAD_ROW: Final = 1
REKEYED: Final = "rekeyed"
_IDENTIFIERS: Final = frozenset({"account_id", "clinic_id", "digest", "operator"})
_WORD: Final = re.compile(r"[a-z][a-z_]{0,39}")
_IDENTIFIER: Final = re.compile(r"[\w.-]{1,100}", re.ASCII)
_LARGEST_NUMBER: Final = 100_000

added: Final[Counter[str]] = Counter()
"""How many events of each kind this process has added; a transaction that failed afterwards is counted too."""

Safe = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the trail found."""

    events: int
    broken_at: int | None
    """Number of the first event that was altered, forged, or follows a removed one."""
    cut: bool
    """Events are missing at the end."""
    head: str
    """Number and seal of the last event: kept elsewhere, it shows later that the trail was not rolled back."""

    @property
    def whole(self) -> bool:
        """Whether nothing was tampered with."""
        return self.broken_at is None and not self.cut


async def add(session: AsyncSession, vault: Vault, at: float, kind: str, **fields: Safe) -> AuditEvent:
    """Add one event in the transaction of `session`.

    Raises:
        UnsafeAuditFieldError: the kind or a field is not a plain word, a small number, or an identifier.
    """
    _check(kind, fields)
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})"))
    previous = await session.scalar(select(AuditEvent.mac).order_by(AuditEvent.id.desc()).limit(1)) or _FIRST
    body = json.dumps(fields, sort_keys=True)
    event = AuditEvent(at=at, kind=kind, fields=body, previous_mac=previous, mac="")
    event.mac = vault.mac("audit", _content(event))
    session.add(event)
    await session.flush()
    await _move_head(session, vault, event.mac, by=1)
    added[kind] += 1
    return event


async def start_head(core: Core) -> None:
    """Say where the trail ends, in a database that an older version made."""
    async with core.db.write() as session:
        count = await session.scalar(select(func.count()).select_from(AuditEvent)) or 0
        last = await session.scalar(select(AuditEvent.mac).order_by(AuditEvent.id.desc()).limit(1))
        if last is not None and await session.get(AuditHead, _HEAD_ROW) is None:
            await _move_head(session, core.vault, last, by=count)


async def verify(session: AsyncSession, vault: Vault, seen: str | None = None) -> Verdict:
    """Check the whole trail; `seen` is a head given earlier, that must still be in it.

    Events under a key that is gone count as whole when an event « rekeyed » after them holds their digest.
    """
    previous, events, broken, unknown, digest, last = _FIRST, 0, None, None, hashlib.sha256(), 0
    wanted = seen
    async for event in _all(session):
        events, last = events + 1, event.id
        if event.previous_mac != previous:
            broken = broken or event.id
        if not vault.matches("audit", _content(event), event.mac):
            unknown = unknown or event.id
        elif event.kind == REKEYED and json.loads(event.fields).get("digest") == digest.hexdigest():
            unknown = None
        digest.update(_line(event))
        previous = event.mac
        if wanted is not None and wanted == _head(event.id, event.mac):
            wanted = None
    broken = min(number for number in (broken, unknown) if number is not None) if broken or unknown else None
    row = await session.get(AuditHead, _HEAD_ROW, populate_existing=True)
    agrees = row is None if events == 0 else row is not None and _is_head(vault, row, events, previous)
    return Verdict(events, broken, not agrees or wanted is not None, _head(last, previous))


async def first_broken(session: AsyncSession, vault: Vault) -> int | None:
    """The number of the first event that was altered or removed (one past the last when the end is); None: whole."""
    verdict = await verify(session, vault)
    if verdict.broken_at is None and verdict.cut:
        return int(verdict.head.partition("-")[0]) + 1
    return verdict.broken_at


async def add_digest(session: AsyncSession, vault: Vault, at: float) -> AuditEvent:
    """Vouch under the newest key for all events so far: the older keys may then go."""
    digest, count = hashlib.sha256(), 0
    async for event in _all(session):
        digest.update(_line(event))
        count += 1
    return await add(session, vault, at, REKEYED, digest=digest.hexdigest(), events=min(count, _LARGEST_NUMBER - 1))


async def recent(session: AsyncSession, since: float, kinds: Collection[str] = ()) -> list[AuditEvent]:
    """The events since a time, the oldest first."""
    statement = select(AuditEvent).where(AuditEvent.at >= since).order_by(AuditEvent.id)
    if kinds:
        statement = statement.where(AuditEvent.kind.in_(kinds))
    return list(await session.scalars(statement))


async def count_by_kind(session: AsyncSession, since: float) -> dict[str, int]:
    """How many events of each kind since a time."""
    rows = await session.execute(
        select(AuditEvent.kind, func.count()).where(AuditEvent.at >= since).group_by(AuditEvent.kind)
    )
    return {kind: count for kind, count in rows.all()}  # noqa: C416  (mypy takes a Row for no pair)


async def _all(session: AsyncSession) -> AsyncIterator[AuditEvent]:
    async for event in await session.stream_scalars(select(AuditEvent).order_by(AuditEvent.id)):
        yield event


async def _move_head(session: AsyncSession, vault: Vault, mac: str, *, by: int) -> None:
    row = await session.get(AuditHead, _HEAD_ROW, with_for_update=True)
    if row is None:
        row = AuditHead(id=_HEAD_ROW, events=0, mac="")
        session.add(row)
    row.events += by
    row.mac = vault.mac("audit-head", f"{row.events} {mac}")
    await session.flush()


def _is_head(vault: Vault, row: AuditHead, events: int, last: str) -> bool:
    return row.events == events and vault.matches("audit-head", f"{events} {last}", row.mac)


def _head(number: int, mac: str) -> str:
    return f"{number}-{mac[:16]}"


def _line(event: AuditEvent) -> bytes:
    return f"{event.id} {_content(event)} {event.mac}\n".encode()


def _content(event: AuditEvent) -> str:
    return json.dumps([event.previous_mac, round(event.at, 3), event.kind, event.fields])


def _check(kind: str, fields: dict[str, Safe]) -> None:
    if not _WORD.fullmatch(kind):
        raise UnsafeAuditFieldError("Le genre d’un événement de l’audit est un mot simple.")
    for name, value in fields.items():
        if not _is_safe(name, value):
            raise UnsafeAuditFieldError(f"Le champ « {name} » de l’audit n’est ni un mot, ni un petit nombre.")


def _is_safe(name: str, value: Safe) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return 0 <= value < _LARGEST_NUMBER
    if name in _IDENTIFIERS:
        return bool(_IDENTIFIER.fullmatch(value))
    return bool(_WORD.fullmatch(value))
