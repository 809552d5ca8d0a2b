"""Codes: what makes one good, and everything that must make it worthless."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from actions.portal.models import ActivationCode, Link
from actions.portal.portal import Portal
from tests.actions.portal.world import PASSWORD, PATIENTS, World, other_than


class TestGoodCode:
    async def test_links_the_clinic_and_makes_the_account_permanent(self, world: World) -> None:
        account = await world.sign_up()
        result = await world.check(account, await world.send(account))
        assert result.status == "ok"
        assert [hit.clinic_id for hit in await world.portal.linked_clinics(account)] == ["c1"]
        assert (await world.portal.profile(account)).verified
        world.clock.advance(8 * 24 * 3600)
        assert (await world.portal.profile(account)).username == "lucie_88"

    async def test_the_mail_goes_to_the_email_that_matched_with_the_code_up_front(self, world: World) -> None:
        account = await world.sign_up(email="LUCIE@example.com")
        code = await world.send(account)
        mail = world.mails()[-1]
        shown = f"{code[:3]} {code[3:]}"
        body = mail.get_body(("plain",))
        assert body is not None
        assert mail["To"].casefold() == "lucie@example.com"
        assert mail["Subject"].startswith(shown)
        assert body.get_content().splitlines()[0] == shown
        html = mail.get_body(("html",))
        assert html is not None
        assert shown in html.get_content()

    async def test_a_profile_holds_several_clinics(self, world: World) -> None:
        account = await world.sign_up()
        await world.link(account, "c1")
        await world.link(account, "c2")
        assert [hit.clinic_id for hit in await world.portal.linked_clinics(account)] == ["c1", "c2"]
        assert (await world.portal.match_record(account, "c1")).status == "already_linked"

    async def test_is_kept_nowhere_in_clear(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        async with world.portal.core.db.read() as session:
            row = (await session.scalars(select(ActivationCode))).one()
        values = [str(getattr(row, column.key)) for column in ActivationCode.__table__.columns]
        assert not any(code in value for value in values if len(value) != 64 and "." not in value)
        assert "conv" not in values
        assert "page" not in values


class TestRefusals:
    async def test_the_first_dies_on_resend(self, world: World) -> None:
        account = await world.sign_up()
        first = await world.send(account)
        world.clock.advance(61)
        second = await world.send(account)
        if first != second:
            assert (await world.check(account, first)).status == "superseded"
        assert (await world.check(account, second)).status == "ok"

    async def test_five_wrong_tries_then_the_right_one_is_refused_too(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        results = [await world.check(account, other_than(code, but=n)) for n in range(1, 6)]
        assert [result.status for result in results] == ["wrong"] * 4 + ["dead"]
        assert [result.tries_left for result in results] == [4, 3, 2, 1, 0]
        assert (await world.check(account, code)).status == "dead"
        assert await world.portal.linked_clinics(account) == []

    async def test_replay(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        assert (await world.check(account, code)).status == "ok"
        assert (await world.check(account, code)).status == "none"

    @pytest.mark.parametrize(("conv", "page"), [("conv", "other"), ("other", "page")])
    async def test_elsewhere(self, world: World, conv: str, page: str) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        assert (await world.check(account, code, conv=conv, page=page)).status == "other_page"
        assert (await world.check(account, code)).status == "ok"

    async def test_tries_from_elsewhere_do_not_use_up_the_code(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        for _ in range(10):
            await world.check(account, other_than(code), page="stranger")
        assert (await world.check(account, code)).status == "ok"

    async def test_after_ten_minutes(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        world.clock.advance(600)
        assert (await world.check(account, code)).status == "expired"
        assert (await world.check(account, code)).status == "expired"

    async def test_one_second_before(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        world.clock.advance(599)
        assert (await world.check(account, code)).status == "ok"

    async def test_the_page_was_reloaded(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        await world.portal.kill_code("conv", "another page")
        await world.portal.kill_code("another conversation", None)
        await world.portal.kill_code("conv", "page")
        assert (await world.check(account, code)).status == "other_page"

    async def test_for_another_clinic(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account, "c1")
        assert (await world.check(account, code, clinic="c2")).status == "none"

    async def test_after_the_profile_changed(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        await world.portal.change_profile(account, email="omar@example.com")
        assert (await world.check(account, code)).status == "superseded"

    async def test_after_an_import_took_the_record_away(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        await world.load(patients=PATIENTS.replace("c1,1,TEST85031412,lucie@", "c1,1,TEST85031412,moved@"))
        assert (await world.check(account, code)).status == "superseded"
        assert await world.portal.linked_clinics(account) == []

    async def test_none_was_asked_for(self, world: World) -> None:
        account = await world.sign_up()
        assert (await world.check(account, "123456")).status == "none"


class TestSending:
    async def test_sixty_seconds_apart(self, world: World) -> None:
        account = await world.sign_up()
        await world.send(account)
        world.clock.advance(30)
        refused = await world.portal.send_code(account, "c1", "conv", "page")
        assert (refused.status, refused.wait_seconds) == ("too_soon", 30)
        world.clock.advance(30)
        await world.send(account)

    async def test_a_refused_send_leaves_the_last_code_good(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        await world.portal.send_code(account, "c1", "conv", "page")
        assert (await world.check(account, code)).status == "ok"

    async def test_five_an_hour_ten_a_day_per_clinic(self, world: World) -> None:
        account = await world.sign_up()
        for _ in range(5):
            await world.send(account)
            world.clock.advance(61)
        refused = await world.portal.send_code(account, "c1", "conv", "page")
        assert (refused.status, refused.wait_seconds) == ("hourly", 3600 - 5 * 61)
        await world.send(account, "c2")
        world.clock.advance(3600)
        for _ in range(5):
            await world.send(account)
            world.clock.advance(61)
        refused = await world.portal.send_code(account, "c1", "conv", "page")
        assert refused.status == "daily"
        world.clock.advance(refused.wait_seconds)
        await world.send(account)

    async def test_one_mailbox_is_not_flooded_by_many_accounts(self, world: World) -> None:
        for number in range(20):
            await world.send(await world.sign_up(f"c{number}", username=f"stranger{number}"), conv=f"c{number}")
        one_more = await world.sign_up()
        assert (await world.portal.send_code(one_more, "c1", "conv", "page")).status == "too_soon"
        world.clock.advance(61)
        await world.send(one_more)

    async def test_without_a_single_match_nothing_is_sent(self, world: World) -> None:
        stranger = await world.sign_up(email="nobody@example.com")
        assert (await world.portal.send_code(stranger, "c1", "conv", "page")).status == "no_match"
        twin = await world.sign_up("conv2", email="twin@example.com", nam="TREM04121925", username="twin_user")
        assert (await world.portal.send_code(twin, "c1", "conv2", "page")).status == "no_match"
        assert world.mails() == []

    async def test_a_mail_that_cannot_leave_counts_for_nothing(self, world: World) -> None:
        account = await world.sign_up()
        (world.folder / "mail").write_text("a file where the folder should be")
        assert (await world.portal.send_code(account, "c1", "conv", "page")).status == "mail_failed"
        (world.folder / "mail").unlink()
        await world.send(account)


class TestAtOnce:
    async def test_the_right_code_twice_links_once(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        results = await asyncio.gather(*(world.check(account, code) for _ in range(4)))
        assert sorted(result.status for result in results) == ["none", "none", "none", "ok"]
        async with world.portal.core.db.read() as session:
            assert len((await session.scalars(select(Link))).all()) == 1

    async def test_wrong_tries_are_all_counted(self, world: World) -> None:
        account = await world.sign_up()
        code = await world.send(account)
        wrong = [world.check(account, other_than(code, but=n)) for n in range(1, 9)]
        statuses = sorted(result.status for result in await asyncio.gather(*wrong))
        assert statuses == ["dead"] * 4 + ["wrong"] * 4
        assert (await world.check(account, code)).status == "dead"

    async def test_two_sends_make_one_mail(self, world: World) -> None:
        account = await world.sign_up()
        results = await asyncio.gather(*(world.portal.send_code(account, "c1", "conv", "page") for _ in range(3)))
        assert sorted(result.status for result in results) == ["sent", "too_soon", "too_soon"]
        assert len(world.mails()) == 1

    async def test_two_accounts_of_one_person_cannot_both_become_permanent(self, world: World) -> None:
        first = await world.sign_up("a", username="first_one")
        second = await world.sign_up("b", username="second_one")
        code_a, code_b = await world.send(first, conv="a"), await world.send(second, conv="b")
        results = await asyncio.gather(world.check(first, code_a, conv="a"), world.check(second, code_b, conv="b"))
        assert sorted(result.status for result in results) == ["ok", "owned"]


async def test_the_owner_is_told_masked_and_the_provisional_account_goes(world: World) -> None:
    await world.link(await world.sign_up("a", username="lucie_88"), conv="a")
    world.clock.advance(61)
    second = await world.sign_up("b", username="lucie_99")
    result = await world.check(second, await world.send(second, conv="b"), conv="b")
    assert (result.status, result.owner_username_masked) == ("owned", "l•••8")
    assert not await world.portal.username_taken("lucie_99")
    assert (await world.portal.login("lucie_88", PASSWORD, "c")).status == "ok"


async def test_codes_survive_a_restart_and_a_key_rotation(world: World) -> None:
    account = await world.sign_up()
    code = await world.send(account)
    old = world.portal.settings
    rotated = type(old)(old.database_url, old.mail_url, (SecretStr("n" * 40), *old.secret_keys), old.public_url)
    portal = await Portal.open(rotated, clock=world.clock)
    try:
        assert (await portal.profile(account)).email == "lucie@example.com"
        assert (await portal.login("lucie@example.com", PASSWORD, "x")).status == "ok"
        result = await portal.check_code(account, "c1", "conv", "page", SecretStr(code))
        assert result.status == "ok"
        assert await portal.username_taken("Lucie_88")
    finally:
        await portal.close()
