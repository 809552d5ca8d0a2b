"""The audit trail: chained, append-only, and free of values."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from actions.portal import Portal, audit
from actions.portal.errors import UnsafeAuditFieldError
from actions.portal.models import AuditEvent
from tests.actions.portal.world import World


async def _broken(portal: Portal) -> int | None:
    async with portal.core.db.read() as session:
        return await audit.first_broken(session, portal.core.vault)


class TestTrail:
    async def test_is_whole_after_a_signup_and_holds_no_value(self, world: World) -> None:
        account = await world.sign_up()
        await world.link(account)
        async with world.portal.core.db.read() as session:
            events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id))).all()
        assert [event.kind for event in events] == ["import", "account_created", "code_sent", "clinic_linked"]
        assert json.loads(events[-1].fields) == {"account_id": account, "clinic_id": "c1"}
        written = " ".join(event.fields for event in events)
        assert "lucie" not in written
        assert "TEST85" not in written
        assert await _broken(world.portal) is None

    async def test_written_at_once_it_is_still_one_chain(self, portal: Portal) -> None:
        await asyncio.gather(*(portal.audit("thing", n=number) for number in range(12)))
        assert await _broken(portal) is None

    async def test_cannot_be_changed_or_deleted(self, portal: Portal) -> None:
        await portal.audit("thing")
        for statement in (update(AuditEvent).values(kind="other"), delete(AuditEvent)):
            with pytest.raises(DBAPIError):
                async with portal.core.db.write() as session:
                    await session.execute(statement)

    async def test_tampering_below_the_triggers_shows(self, portal: Portal) -> None:
        for number in range(3):
            await portal.audit("thing", n=number)
        on_sqlite = portal.core.db.dialect == "sqlite"
        without = "DROP TRIGGER audit_no_update" if on_sqlite else "SET LOCAL session_replication_role = replica"
        async with portal.core.db.write() as session:
            await session.execute(text(without))
            await session.execute(update(AuditEvent).where(AuditEvent.id == 2).values(fields='{"n": 7}'))
        assert await _broken(portal) == 2

    async def test_a_forged_event_shows(self, portal: Portal) -> None:
        await portal.audit("thing")
        async with portal.core.db.write() as session:
            last = (await session.scalars(select(AuditEvent))).one()
            forged = {"at": 1.0, "kind": "x", "fields": "{}", "previous_mac": last.mac, "mac": "f" * 64}
            await session.execute(insert(AuditEvent), [forged])
        assert await _broken(portal) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "a@b.ca"},
        {"nam": "TEST85031412"},
        {"code": 123456},
        {"code": "123456"},
        {"reason": "a sentence with spaces"},
        {"clinic_id": "a b@c"},
        {"n": -1},
    ],
)
async def test_what_may_be_a_value_is_refused_without_quoting_it(portal: Portal, fields: dict[str, str | int]) -> None:
    with pytest.raises(UnsafeAuditFieldError) as caught:
        await portal.audit("thing", **fields)
    assert str(next(iter(fields.values()))) not in str(caught.value)
    with pytest.raises(UnsafeAuditFieldError):
        await portal.audit("a@b.ca")


async def test_words_numbers_and_identifiers_are_fine(portal: Portal) -> None:
    await portal.audit("thing", ok=True, tries=5, reason="no_match", nothing=None, clinic_id="gmf-1")
