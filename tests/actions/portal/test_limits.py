"""Limits per clinic and in total: what they hold, what they never hold, and who is told."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from actions import plugin
from actions.portal.errors import SettingsError
from actions.portal.limit_settings import Limits, read_limits
from actions.portal.models import AuditEvent, Throttle
from actions.portal.portal import Portal
from actions.portal.reached import AGAIN_SECONDS, refused
from actions.portal.settings import load_settings
from actions.portal.types import CodeResult
from tests.actions.portal.world import PASSWORD, World, other_than

ROOT = Path(__file__).parents[3]
KEY = "a" * 40
WRONG = SecretStr("Soleil!2025")
OMAR = {"email": "omar@example.com", "nam": "DEMO50010122", "username": "omar_50"}


def limited(world: World, **limits: int) -> World:
    """The same portal with other limits."""
    known = world.portal.settings
    settings = replace(known, limits=replace(known.limits, **limits))
    return World(Portal(world.portal.core, world.portal.mailer, settings), world.clock, world.folder)


async def reached(world: World) -> list[tuple[str, str | None]]:
    """What the audit trail says of limits, in order."""
    async with world.portal.core.db.read() as session:
        events = await session.scalars(
            select(AuditEvent.fields).where(AuditEvent.kind == "limit_reached").order_by(AuditEvent.id)
        )
        return [(fields_["limit"], fields_["clinic_id"]) for fields_ in map(json.loads, events)]


class TestSettings:
    def test_each_has_its_variable(self) -> None:
        given = {f"SOFY_{each.name.upper()}": str(number) for number, each in enumerate(fields(Limits), start=1)}
        limits = load_settings({"SOFY_SECRET_KEY": KEY, **given}).limits
        assert [getattr(limits, each.name) for each in fields(Limits)] == list(range(1, len(given) + 1))

    def test_what_is_not_set_is_as_by_default(self) -> None:
        assert load_settings({"SOFY_SECRET_KEY": KEY, "SOFY_CODES_PER_HOUR": ""}).limits == Limits()

    @pytest.mark.parametrize("value", ["-1", "beaucoup", "1.5", "1e3", "²", "10000001", "9" * 500])
    def test_what_makes_no_sense_is_refused_in_one_sentence(self, value: str) -> None:
        with pytest.raises(SettingsError, match="SOFY_CODES_PER_HOUR doit être un nombre entier") as caught:
            read_limits({"SOFY_CODES_PER_HOUR": value})
        assert value not in str(caught.value).split("d’au plus")[0]

    def test_guesses_are_never_without_limit(self) -> None:
        assert read_limits({"SOFY_CODES_PER_DAY": "0"}).codes_per_day == 0
        with pytest.raises(SettingsError, match="au moins 1"):
            read_limits({"SOFY_CONVERSATION_LOGIN_FAILURES": "0"})

    @pytest.mark.parametrize("url", ["http://localhost", "redis://", "redis://h:port/0", "s3cr3t"])
    def test_where_redis_is(self, url: str) -> None:
        with pytest.raises(SettingsError, match="REDIS_URL") as caught:
            load_settings({"SOFY_SECRET_KEY": KEY, "REDIS_URL": url})
        assert "s3cr3t" not in str(caught.value)

    def test_its_password_is_not_shown(self) -> None:
        settings = load_settings({"SOFY_SECRET_KEY": KEY, "REDIS_URL": "redis://:s3cr3t@localhost/0"})
        assert settings.redis_url is not None
        assert "s3cr3t" not in repr(settings)

    @pytest.mark.parametrize("file", [".env.example", "docs/operation.md"])
    def test_all_are_written_down_with_their_default(self, file: str) -> None:
        text = (ROOT / file).read_text(encoding="utf-8")
        for each in fields(Limits):
            name, default = f"SOFY_{each.name.upper()}", str(each.default)
            lines = [line for line in text.splitlines() if name in line]
            assert lines, f"{name} is missing"
            assert any(default in line.replace("\u00a0", "").replace(" ", "") for line in lines), f"{name}: {default}"


class TestCodes:
    @pytest.mark.parametrize(
        ("limit", "reason"), [("clinic_codes_per_hour", "codes_clinic"), ("total_codes_per_hour", "codes_total")]
    )
    async def test_no_more_are_mailed_and_it_recovers(self, world: World, limit: str, reason: str) -> None:
        world = limited(world, **{limit: 1})
        lucie, omar = await world.sign_up("a"), await world.sign_up("b", **OMAR)
        code = await world.send(lucie, conv="a")
        world.clock.advance(60)
        refusal = await world.portal.send_code(omar, "c1", "b", "page")
        assert (refusal.status, refusal.wait_seconds) == ("busy", 3540)
        assert (await world.check(lucie, code, conv="a")).status == "ok"  # who has a code uses it
        assert len(world.mails()) == 1
        assert await reached(world) == [(reason, "c1")]
        world.clock.advance(3540)
        await world.send(omar, conv="b")

    async def test_asking_again_does_not_kill_the_code_that_is_there(self, world: World) -> None:
        world = limited(world, clinic_codes_per_hour=1)
        account = await world.sign_up()
        code = await world.send(account)
        world.clock.advance(61)
        assert (await world.portal.send_code(account, "c1", "conv", "page")).status == "busy"
        assert (await world.check(account, code)).status == "ok"

    async def test_another_clinic_is_not_concerned(self, world: World) -> None:
        world = limited(world, clinic_codes_per_hour=1)
        account = await world.sign_up()
        await world.send(account)
        await world.send(account, "c2")

    async def test_what_is_refused_counts_for_nobody(self, world: World) -> None:
        world = limited(world, clinic_codes_per_hour=2, codes_per_hour=1)
        lucie, omar = await world.sign_up("a"), await world.sign_up("b", **OMAR)
        await world.send(lucie, conv="a")
        for _ in range(20):
            world.clock.advance(61)
            assert (await world.portal.send_code(lucie, "c1", "a", "page")).status == "hourly"
        await world.send(omar, conv="b")

    async def test_the_sixth_try_is_refused_however_high_the_limits_are(self, world: World) -> None:
        world = limited(world, conversation_code_failures=1_000_000)
        account = await world.sign_up()
        code = await world.send(account)
        for number in range(1, 6):
            await world.check(account, other_than(code, but=number))
        assert await world.check(account, code) == CodeResult("dead")

    async def test_thresholds_are_settings(self, world: World) -> None:
        world = limited(world, conversation_code_failures=1, codes_per_hour=0, codes_per_day=2)
        account = await world.sign_up()
        code = await world.send(account)
        assert (await world.check(account, other_than(code))).status == "wrong"
        assert (await world.check(account, code)).status == "slowed"
        world.clock.advance(61)
        await world.send(account)
        world.clock.advance(61)
        assert (await world.portal.send_code(account, "c1", "conv", "page")).status == "daily"


class TestMatches:
    @pytest.mark.parametrize(
        ("limit", "reason"),
        [
            ("clinic_match_failures_per_hour", "match_failures_clinic"),
            ("total_match_failures_per_hour", "match_failures_total"),
        ],
    )
    async def test_hold_only_who_failed_already(self, world: World, limit: str, reason: str) -> None:
        world = limited(world, **{limit: 3})
        guesser = await world.sign_up("g", email="guess@example.com", username="guesser")
        for number in range(3):
            assert (await world.portal.match_record(guesser, "c1", f"g{number}")).status == "none"
        held = await world.portal.match_record(guesser, "c1", "g0")
        assert held.status == "busy"
        assert 0 < held.wait_seconds <= 300  # a failure is forgiven after five minutes
        assert await reached(world) == [(reason, "c1")]
        lucie = await world.sign_up("a")
        assert (await world.portal.match_record(lucie, "c1", "a")).status == "one"
        world.clock.advance(held.wait_seconds)
        assert (await world.portal.match_record(guesser, "c1", "g0")).status == "none"

    async def test_what_matches_counts_for_nothing(self, world: World) -> None:
        world = limited(world, total_match_failures_per_hour=1)
        lucie = await world.sign_up("a")
        for _ in range(20):
            assert (await world.portal.match_record(lucie, "c1", "a")).status == "one"

    async def test_an_hour_later_all_is_as_before(self, world: World) -> None:
        world = limited(world, clinic_match_failures_per_hour=1)
        guesser = await world.sign_up("g", email="guess@example.com", username="guesser")
        assert (await world.portal.match_record(guesser, "c1", "x")).status == "none"
        assert (await world.portal.match_record(guesser, "c1", "x")).status == "busy"
        world.clock.advance(3600)
        assert (await world.portal.match_record(guesser, "c1", "x")).status == "none"


class TestLogins:
    async def test_hold_only_who_failed_already(self, world: World) -> None:
        world = limited(world, total_login_failures_per_hour=3)
        await world.sign_up("a")
        for number in range(3):
            assert (await world.portal.login("nobody", WRONG, f"g{number}")).status == "wrong"
        held = await world.portal.login("lucie_88", PASSWORD, "g0")
        assert held.status == "busy"
        assert 0 < held.wait_seconds <= 600
        assert await reached(world) == [("login_failures_total", None)]
        assert (await world.portal.login("lucie_88", PASSWORD, "patient")).status == "ok"
        world.clock.advance(held.wait_seconds)
        assert (await world.portal.login("lucie_88", PASSWORD, "g0")).status == "ok"

    async def test_known_and_unknown_are_told_the_same(self, world: World) -> None:
        world = limited(world, total_login_failures_per_hour=1)
        await world.sign_up("a")
        await world.portal.login("nobody", WRONG, "g")
        assert await world.portal.login("lucie_88", WRONG, "g") == await world.portal.login("nobody", WRONG, "g")

    async def test_the_threshold_is_a_setting(self, world: World) -> None:
        world = limited(world, conversation_login_failures=2)
        statuses = [(await world.portal.login("nobody", WRONG, "g")).status for _ in range(3)]
        assert statuses == ["wrong", "wrong", "slowed"]


class TestAddresses:
    """Slowed whatever the conversation: a guesser would begin a new one for each try."""

    async def test_a_guesser_with_a_new_conversation_for_each_try(self, world: World) -> None:
        world = limited(world, address_login_failures_per_hour=3)
        await world.sign_up()
        for number in range(3):
            tried = await world.portal.login(f"name_{number}", WRONG, f"conv{number}", address="203.0.113.7")
            assert tried.status == "wrong"
        held = await world.portal.login("lucie_88", WRONG, "one more", address="203.0.113.7")
        assert (held.status, held.wait_seconds) == ("busy", 10)
        assert await reached(world) == [("login_failures_address", None)]
        elsewhere = await world.portal.login("lucie_88", PASSWORD, "lucie", address="198.51.100.1")
        assert elsewhere.status == "ok"
        unknown = await world.portal.login("lucie_88", PASSWORD, "by text")
        assert unknown.status == "ok"

    async def test_slowed_and_never_shut_out(self, world: World) -> None:
        world = limited(world, address_login_failures_per_hour=2)
        await world.sign_up()
        for number in range(2):
            await world.portal.login("x_x_x_x", WRONG, f"conv{number}", address="a")
        assert (await world.portal.login("lucie_88", PASSWORD, "lucie", address="a")).status == "busy"
        world.clock.advance(10)
        assert (await world.portal.login("lucie_88", PASSWORD, "lucie", address="a")).status == "ok"
        world.clock.advance(1800)  # one of two an hour is forgiven
        assert (await world.portal.login("x_x_x_x", WRONG, "new", address="a")).status == "wrong"
        assert (await world.portal.login("x_x_x_x", WRONG, "newer", address="a")).status == "busy"

    async def test_known_and_unknown_names_are_told_the_same(self, world: World) -> None:
        world = limited(world, address_login_failures_per_hour=1)
        await world.sign_up()
        await world.portal.login("nobody_here", WRONG, "a", address="a")
        known = await world.portal.login("lucie_88", WRONG, "b", address="a")
        assert known == await world.portal.login("nobody_here", WRONG, "c", address="a")

    async def test_records_and_codes(self, world: World) -> None:
        world = limited(world, address_match_failures_per_hour=1, address_code_failures_per_hour=1)
        account = await world.sign_up()
        assert (await world.portal.match_record(account, "nowhere", "a", address="a")).status == "none"
        assert (await world.portal.match_record(account, "c1", "b", address="a")).status == "busy"
        assert (await world.portal.match_record(account, "c1", "b", address="b")).status == "one"
        code = await world.send(account)
        wrong = SecretStr(other_than(code))
        typed = ("c1", "conv", "page")
        assert (await world.portal.check_code(account, *typed, wrong, address="a")).status == "wrong"
        assert (await world.portal.check_code(account, *typed, SecretStr(code), address="a")).status == "slowed"
        world.clock.advance(10)
        assert (await world.portal.check_code(account, *typed, SecretStr(code), address="a")).status == "ok"

    async def test_codes_asked_for(self, world: World) -> None:
        world = limited(world, address_codes_per_hour=1)
        lucie, omar = await world.sign_up("a"), await world.sign_up("b", **OMAR)
        assert (await world.portal.send_code(lucie, "c1", "a", "page", address="a")).status == "sent"
        held = await world.portal.send_code(omar, "c1", "b", "page", address="a")
        assert (held.status, held.wait_seconds) == ("busy", 10)
        world.clock.advance(10)
        assert (await world.portal.send_code(omar, "c1", "b", "page", address="a")).status == "sent"

    async def test_no_limit(self, world: World) -> None:
        world = limited(world, address_login_failures_per_hour=0, address_codes_per_hour=0)
        for number in range(4):
            assert (await world.portal.login("x_x_x_x", WRONG, f"conv{number}", address="a")).status == "wrong"

    async def test_addresses_are_stored_as_keyed_hashes(self, world: World) -> None:
        await world.portal.login("x_x_x_x", WRONG, "conv", address="203.0.113.7")
        async with world.portal.core.db.read() as session:
            names = list(await session.scalars(select(Throttle.key)))
        assert [name for name in names if name.startswith("login:a:")]
        assert "203.0.113.7" not in " ".join(names)


class TestTold:
    async def test_the_metrics_of_each_refusal_the_trail_once_in_a_while(self, world: World) -> None:
        before = plugin.counts().get("refused_login_slowed", 0)
        for number in range(9):
            status = (await world.portal.login("nobody", WRONG, "g")).status
            assert status == ("wrong" if number < 5 else "slowed")
        assert plugin.counts()["refused_login_slowed"] == refused["refused_login_slowed"] == before + 4
        assert await reached(world) == [("login_slowed", None)]
        world.clock.advance(AGAIN_SECONDS)
        for _ in range(4):
            await world.portal.login("nobody", WRONG, "g")
        assert await reached(world) == [("login_slowed", None)] * 2
