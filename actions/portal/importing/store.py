"""Writing what was read, in the caller's transaction: rows that did not change are left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.clinics import bump_version
from actions.portal.importing.content import ClinicLines, PatientLine, SiteLine
from actions.portal.models import Clinic, Record, Site
from actions.portal.vault import Vault, canonical_email

_BATCH: Final = 1000

Progress = Callable[[Iterable[Any], str, int], Iterable[Any]]
RecordKey = tuple[str, str, int]
"""Clinic, record key, occurrence."""


@dataclass(slots=True)
class Tally:
    """How many rows were added, changed, removed, left as they were."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def touched(self) -> int:
        """How many rows are not as they were."""
        return self.added + self.changed + self.removed


async def store_clinics(session: AsyncSession, clinics: dict[str, ClinicLines]) -> Tally:
    """Write the clinics and their sites; a change is announced to every process's search index."""
    tally = Tally()
    stored = await _stored_clinics(session) if clinics else {}
    for clinic_id, clinic in clinics.items():
        before = stored.get(clinic_id)
        if before == (clinic.name, clinic.sites):
            tally.unchanged += 1
            continue
        tally.added += before is None
        tally.changed += before is not None
        await session.merge(Clinic(id=clinic_id, name=clinic.name))
        await session.flush()
        await session.execute(delete(Site).where(Site.clinic_id == clinic_id))
        session.add_all(
            Site(
                clinic_id=clinic_id,
                position=position,
                name=site.name,
                address=site.address,
                city=site.city,
                postal_code=site.postal_code,
            )
            for position, site in enumerate(clinic.sites)
        )
    await session.flush()
    if tally.touched:
        await bump_version(session)
    return tally


@dataclass(slots=True)
class RecordPlan:
    """What an import will do to the records: rows to add, rows to change, ids to remove, and the tally."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    unchanged: int = 0

    @property
    def tally(self) -> Tally:
        """The plan in numbers."""
        return Tally(len(self.new), len(self.changed), len(self.gone), self.unchanged)


async def plan_records(
    session: AsyncSession, vault: Vault, patients: Sequence[PatientLine], progress: Progress
) -> RecordPlan:
    """Compare the records with the stored ones, and encrypt what is new: the long part, without any lock."""
    plan = RecordPlan()
    stored = await _stored_records(session, patients)
    kept: set[RecordKey] = set()
    for patient in progress(patients, "Chiffrement", len(patients)):
        key = (patient.clinic_id, _record_key(vault, patient), patient.occurrence)
        kept.add(key)
        before = stored.get(key)
        content_mac = _content_mac(vault, patient)
        if before is None:
            plan.new.append(_row(vault, patient, content_mac))
        elif before[1] != content_mac:
            plan.changed.append({"row_id": before[0], **_row(vault, patient, content_mac)})
        else:
            plan.unchanged += 1
    plan.gone = _gone(stored, kept)
    return plan


async def write_records(session: AsyncSession, plan: RecordPlan, progress: Progress) -> None:
    """Carry the plan out, in batches."""
    table: Any = Record.__table__
    batches = [plan.new[start : start + _BATCH] for start in range(0, len(plan.new), _BATCH)]
    for batch in progress(batches, "Écriture", len(batches)):
        await session.execute(insert(table), batch)
    if plan.changed:
        columns: dict[str, Any] = {name: bindparam(name) for name in plan.changed[0] if name != "row_id"}
        connection = await session.connection()
        await connection.execute(update(table).where(table.c.id == bindparam("row_id")).values(columns), plan.changed)
    for start in range(0, len(plan.gone), _BATCH):
        await session.execute(delete(Record).where(Record.id.in_(plan.gone[start : start + _BATCH])))


async def _stored_clinics(session: AsyncSession) -> dict[str, tuple[str, list[SiteLine]]]:
    names = (await session.execute(select(Clinic.id, Clinic.name))).all()
    found: dict[str, tuple[str, list[SiteLine]]] = {clinic_id: (name, []) for clinic_id, name in names}
    sites = select(Site.clinic_id, Site.name, Site.address, Site.city, Site.postal_code)
    for clinic_id, *site in await session.execute(sites.order_by(Site.position)):
        found[clinic_id][1].append(SiteLine(*site))
    return found


async def _stored_records(session: AsyncSession, patients: Sequence[PatientLine]) -> dict[RecordKey, tuple[int, str]]:
    found: dict[RecordKey, tuple[int, str]] = {}
    columns = select(Record.id, Record.clinic_id, Record.record_key, Record.occurrence, Record.content_mac)
    for clinic_id in sorted({patient.clinic_id for patient in patients}):
        for row_id, clinic, key, occurrence, mac in await session.execute(columns.where(Record.clinic_id == clinic_id)):
            found[clinic, key, occurrence] = (row_id, mac)
    return found


def _gone(stored: dict[RecordKey, tuple[int, str]], kept: set[RecordKey]) -> list[int]:
    """Rows of record numbers that the file has, but fewer times than before."""
    numbers = {(clinic_id, key) for clinic_id, key, _ in kept}
    return [row_id for key, (row_id, _) in stored.items() if key[:2] in numbers and key not in kept]


def _row(vault: Vault, patient: PatientLine, content_mac: str) -> dict[str, Any]:
    person = {
        "nam": patient.nam,
        "email": patient.email,
        "first_name": patient.first_name,
        "last_name": patient.last_name,
    }
    return {
        "clinic_id": patient.clinic_id,
        "record_key": _record_key(vault, patient),
        "occurrence": patient.occurrence,
        "nam_index": vault.mac("nam", patient.nam),
        "email_index": vault.mac("email", canonical_email(patient.email)) if patient.email else None,
        "content_mac": content_mac,
        "person": vault.seal(person),
    }


def _record_key(vault: Vault, patient: PatientLine) -> str:
    return patient.number or f"~{vault.mac('nam', patient.nam)}"


def _content_mac(vault: Vault, patient: PatientLine) -> str:
    content = [patient.nam, patient.email, patient.first_name, patient.last_name]
    return vault.mac("record", json.dumps(content))
