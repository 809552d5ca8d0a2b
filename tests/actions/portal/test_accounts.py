"""Accounts: provisional until a code proves the mailbox; logins that tell a stranger nothing."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from actions.portal import UnknownAccountError
from actions.portal.models import Account, Consent
from tests.actions.portal.world import PASSWORD, World

WEEK = 7 * 24 * 3600
WRONG = SecretStr("Mauvais!2024")


class TestOpening:
    async def test_keeps_both_consents_with_their_versions_and_time(self, world: World) -> None:
        account = await world.sign_up()
        async with world.portal.core.db.read() as session:
            consents = (await session.scalars(select(Consent).order_by(Consent.document))).all()
        assert [(c.account_id, c.document, c.version, c.accepted_at) for c in consents] == [
            (account, "privacy", "2024-2", world.clock.now),
            (account, "terms", "2024-1", world.clock.now),
        ]

    async def test_needs_a_confirmed_password(self, world: World) -> None:
        person = {"email": "a@example.com", "nam": "DEMO50010122", "username": "someone"}
        assert (await world.create("conv", **person)).status == "no_password"
        await world.portal.set_password("conv", PASSWORD)
        assert (await world.create("conv", **person)).status == "no_password"
        assert not await world.portal.confirm_password("conv", WRONG)
        assert (await world.create("conv", **person)).status == "no_password"
        assert await world.portal.confirm_password("conv", PASSWORD)
        assert (await world.create("conv", **person)).status == "created"
        assert (await world.create("conv", **person)).status == "no_password"

    async def test_says_the_same_whether_the_email_and_nam_are_known(self, world: World) -> None:
        await world.link(await world.sign_up("a"), conv="a")
        assert await world.sign_up("b", username="another_one")

    async def test_usernames_are_unique_from_the_start_whatever_their_case(self, world: World) -> None:
        await world.sign_up("a", username="Lucie_88")
        assert await world.portal.username_taken("lUCIE_88 ")
        await world.portal.set_password("b", PASSWORD)
        await world.portal.confirm_password("b", PASSWORD)
        result = await world.create("b", email="x@example.com", nam="DEMO50010122", username="LUCIE_88")
        assert result.status == "username_taken"
        draft = await world.portal.get_draft("b")
        assert draft is not None
        assert draft.password_confirmed  # another name is all that is missing

    async def test_the_same_username_at_once(self, world: World) -> None:
        for conv in ("a", "b", "c"):
            await world.portal.set_password(conv, PASSWORD)
            await world.portal.confirm_password(conv, PASSWORD)
        person = {"email": "x@example.com", "nam": "DEMO50010122", "username": "wanted"}
        results = await asyncio.gather(*(world.create(conv, **person) for conv in ("a", "b", "c")))
        assert sorted(result.status for result in results) == ["created", "username_taken", "username_taken"]

    async def test_nothing_personal_is_stored_in_clear(self, world: World) -> None:
        await world.sign_up(email="lucie@example.com", username="lucie@example.com")
        async with world.portal.core.db.read() as session:
            row = (await session.scalars(select(Account))).one()
        stored = b"|".join(str(getattr(row, c.key)).encode() for c in Account.__table__.columns)
        for value in (b"lucie", b"TEST8503", b"Soleil"):
            assert value not in stored
        assert row.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


class TestProvisional:
    async def test_lasts_a_week(self, world: World) -> None:
        account = await world.sign_up()
        world.clock.advance(WEEK - 1)
        assert not (await world.portal.profile(account)).verified
        world.clock.advance(1)
        with pytest.raises(UnknownAccountError):
            await world.portal.profile(account)
        assert (await world.portal.login("lucie_88", PASSWORD, "x")).status == "wrong"

    async def test_expired_it_frees_its_username(self, world: World) -> None:
        await world.sign_up("a")
        world.clock.advance(WEEK)
        assert not await world.portal.username_taken("lucie_88")
        assert await world.sign_up("b")


class TestLogin:
    @pytest.mark.parametrize("login", ["lucie_88", "LUCIE_88", " lucie@example.com", "Lucie@Example.COM"])
    async def test_by_username_or_email(self, world: World, login: str) -> None:
        account = await world.sign_up()
        result = await world.portal.login(login, PASSWORD, "x")
        assert (result.status, result.account_id) == ("ok", account)

    async def test_wrong_and_unknown_are_the_same(self, world: World) -> None:
        await world.sign_up()
        wrong = await world.portal.login("lucie_88", WRONG, "x")
        unknown = await world.portal.login("nobody_here", WRONG, "y")
        assert wrong == unknown
        assert wrong.status == "wrong"

    async def test_an_owner_is_not_shut_out_by_a_username_that_is_their_email(self, world: World) -> None:
        owner = await world.sign_up("a")
        await world.link(owner, conv="a")
        await world.portal.set_password("b", WRONG)
        await world.portal.confirm_password("b", WRONG)
        squatter = {"email": "lucie@example.com", "nam": "TEST85031412", "username": "lucie@example.com"}
        assert (await world.create("b", **squatter)).status == "created"
        assert (await world.portal.login("lucie@example.com", PASSWORD, "x")).account_id == owner

    async def test_an_email_of_several_provisional_accounts_opens_none(self, world: World) -> None:
        await world.sign_up("a", username="first_one")
        await world.sign_up("b", username="second_one")
        assert (await world.portal.login("lucie@example.com", PASSWORD, "x")).status == "wrong"

    async def test_guesses_in_one_conversation_are_slowed_then_forgiven(self, world: World) -> None:
        await world.sign_up()
        for _ in range(5):
            assert (await world.portal.login("lucie_88", WRONG, "x")).status == "wrong"
        slowed = await world.portal.login("lucie_88", PASSWORD, "x")
        assert slowed.status == "slowed"
        world.clock.advance(slowed.wait_seconds)
        assert (await world.portal.login("lucie_88", PASSWORD, "x")).status == "ok"

    async def test_a_stranger_cannot_lock_the_owner_out(self, world: World) -> None:
        await world.sign_up()
        for number in range(15):
            await world.portal.login("lucie_88", WRONG, f"stranger{number}")
        assert (await world.portal.login("lucie_88", PASSWORD, "owner")).status == "ok"
        assert (await world.portal.login("lucie_88", WRONG, "stranger0")).status == "slowed"


class TestProfile:
    async def test_a_correction_is_matched_at_once_and_keeps_the_username(self, world: World) -> None:
        account = await world.sign_up(email="typo@example.com", username="typo@example.com")
        assert (await world.portal.match_record(account, "c1")).status == "none"
        await world.portal.change_profile(account, email=" lucie@example.com ")
        profile = await world.portal.profile(account)
        assert (profile.email, profile.username) == ("lucie@example.com", "typo@example.com")
        assert (await world.portal.match_record(account, "c1")).status == "one"

    async def test_the_nam_and_its_province(self, world: World) -> None:
        account = await world.sign_up()
        await world.portal.change_profile(account, nam="9876-543-217", province="ON")
        profile = await world.portal.profile(account)
        assert (profile.nam, profile.province) == ("9876543217", "ON")

    async def test_a_permanent_account_changes_only_when_a_code_proves_the_mailbox(self, world: World) -> None:
        account = await world.sign_up()
        await world.link(account)
        patients = "clinic_id,record_number,nam,email,first_name,last_name\nc2,9,TEST85031412,new@example.com,L,T\n"
        await world.load(patients=patients)
        await world.portal.change_profile(account, email="new@example.com")
        assert (await world.portal.profile(account)).email == "new@example.com"
        assert (await world.portal.login("new@example.com", PASSWORD, "x")).status == "wrong"
        await world.link(account, "c2")
        assert (await world.portal.login("new@example.com", PASSWORD, "x")).status == "ok"
        assert (await world.portal.login("lucie@example.com", PASSWORD, "x")).status == "wrong"

    async def test_a_change_to_an_email_that_is_owned_is_dropped_the_account_stays(self, world: World) -> None:
        await world.link(await world.sign_up("a"), conv="a")
        omar = await world.sign_up("b", email="omar@example.com", nam="DEMO50010122", username="omar_50")
        await world.link(omar, conv="b")
        await world.load(
            patients="clinic_id,record_number,nam,email,first_name,last_name\nc2,9,DEMO50010122,lucie@example.com,O,D\n"
        )
        await world.portal.change_profile(omar, email="lucie@example.com")
        result = await world.check(omar, await world.send(omar, "c2", "b"), "c2", "b")
        assert result.status == "owned"
        assert (await world.portal.profile(omar)).email == "omar@example.com"


class TestMatching:
    async def test_one_none_several(self, world: World) -> None:
        lucie = await world.sign_up("a")
        assert (await world.portal.match_record(lucie, "c1")).status == "one"
        assert (await world.portal.match_record(lucie, "nowhere")).status == "none"
        twin = await world.sign_up("b", email="twin@example.com", nam="TREM04121925", username="twin_user")
        assert (await world.portal.match_record(twin, "c1")).status == "several"
        no_email = await world.sign_up("c", email="x@example.com", nam="TEST85531416", username="no_email")
        assert (await world.portal.match_record(no_email, "c1")).status == "none"

    async def test_hunting_for_a_record_is_slowed(self, world: World) -> None:
        account = await world.sign_up()
        statuses = []
        for number in range(12):
            await world.portal.change_profile(account, email=f"guess{number}@example.com")
            statuses.append((await world.portal.match_record(account, "c1", "conv")).status)
        assert statuses == ["none"] * 8 + ["slowed"] * 4
        world.clock.advance(15 * 60)
        await world.portal.change_profile(account, email="lucie@example.com")
        assert (await world.portal.match_record(account, "c1", "conv")).status == "one"
