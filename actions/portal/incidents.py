"""The register of confidentiality incidents (see `incident_fields`); encrypted at rest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from actions.portal import audit
from actions.portal.core import Core
from actions.portal.models import Incident


async def add(core: Core, fields: dict[str, str]) -> int:
    """Add an incident to the register; its number."""
    async with core.db.write() as session:
        row = Incident(recorded_at=core.clock(), body=core.vault.seal(fields))
        session.add(row)
        await session.flush()
        await audit.add(session, core.vault, core.clock(), "incident_recorded", number=min(row.id, 99_999))
        return row.id


async def register(core: Core) -> list[dict[str, Any]]:
    """Every incident: number, recorded_at, and the fields."""
    async with core.db.read() as session:
        rows = await session.scalars(select(Incident).order_by(Incident.id))
        return [{"number": row.id, "recorded_at": row.recorded_at, **core.vault.open(row.body)} for row in rows]
