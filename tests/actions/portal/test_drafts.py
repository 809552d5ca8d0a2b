"""Drafts: values wait a day, the hash of a password an hour."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import select

from actions.portal import Draft, Portal
from actions.portal.models import SignupDraft
from tests.actions.portal.world import PASSWORD, Clock


class TestDrafts:
    async def test_values_add_up(self, portal: Portal) -> None:
        assert await portal.get_draft("conv") is None
        await portal.save_draft("conv", email="a@b.ca")
        await portal.save_draft("conv", nam="TEST85031412", province="QC")
        await portal.save_draft("conv", email="c@d.ca")
        assert await portal.get_draft("conv") == Draft("c@d.ca", "TEST85031412", "QC", None)
        assert await portal.get_draft("another") is None

    async def test_a_day(self, portal: Portal, clock: Clock) -> None:
        await portal.save_draft("conv", email="a@b.ca")
        clock.advance(24 * 3600 - 1)
        assert await portal.get_draft("conv") is not None
        clock.advance(1)
        assert await portal.get_draft("conv") is None
        await portal.save_draft("conv", nam="TEST85031412")
        assert await portal.get_draft("conv") == Draft(None, "TEST85031412")

    async def test_dropped(self, portal: Portal) -> None:
        await portal.save_draft("conv", email="a@b.ca")
        await portal.drop_draft("conv")
        assert await portal.get_draft("conv") is None
        await portal.drop_draft("conv")

    async def test_a_password_is_confirmed_by_the_same_one_only(self, portal: Portal) -> None:
        assert not await portal.confirm_password("conv", PASSWORD)
        await portal.set_password("conv", PASSWORD)
        assert await portal.get_draft("conv") == Draft(has_password=True)
        assert not await portal.confirm_password("conv", SecretStr("soleil!2024"))
        assert await portal.confirm_password("conv", PASSWORD)
        assert await portal.get_draft("conv") == Draft(has_password=True, password_confirmed=True)

    async def test_another_password_has_to_be_confirmed_again(self, portal: Portal) -> None:
        await portal.set_password("conv", PASSWORD)
        await portal.confirm_password("conv", PASSWORD)
        await portal.set_password("conv", SecretStr("Lune!20244"))
        assert await portal.get_draft("conv") == Draft(has_password=True)
        assert not await portal.confirm_password("conv", PASSWORD)

    async def test_a_password_is_forgotten_at_will_and_after_an_hour(self, portal: Portal, clock: Clock) -> None:
        await portal.save_draft("conv", email="a@b.ca")
        await portal.set_password("conv", PASSWORD)
        await portal.forget_password("conv")
        assert await portal.get_draft("conv") == Draft("a@b.ca")
        await portal.set_password("conv", PASSWORD)
        clock.advance(3600)
        assert await portal.get_draft("conv") == Draft("a@b.ca")
        assert not await portal.confirm_password("conv", PASSWORD)
        await portal.forget_password("nobody")

    async def test_nothing_is_stored_in_clear_nor_shown(self, portal: Portal) -> None:
        await portal.save_draft("the-conversation", email="lucie@b.ca", nam="TEST85031412", username="lucie_88")
        await portal.set_password("the-conversation", PASSWORD)
        async with portal.core.db.read() as session:
            row = (await session.scalars(select(SignupDraft))).one()
        stored = "|".join(str(getattr(row, column.key)) for column in SignupDraft.__table__.columns)
        draft = await portal.get_draft("the-conversation")
        for value in ("lucie", "TEST85", "Soleil", "the-conv"):
            assert value not in stored
            assert value not in repr(draft)
