"""What test stories may do around a conversation."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from actions.portal.errors import DatabaseUnavailableError
from actions.portal.portal import get_portal
from actions.staff.rehearsal import PASSWORD, Rehearsal, RehearsalError
from tests.conftest import KEY

LUCIE = "lucie_88 lucie.essai@example.com ESSL85531419"


@pytest.fixture
async def rehearsal(demo_portal: Path, tmp_path: Path) -> AsyncIterator[Rehearsal]:
    shutil.copy(demo_portal, tmp_path / "portal.db")
    environ = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'portal.db'}",
        "MAIL_URL": f"spool:{tmp_path / 'mail'}",
        "SOFY_SECRET_KEY": KEY,
    }
    rehearsal = await Rehearsal.open(environ, now=1_790_000_000)
    yield rehearsal
    await rehearsal.close()


async def test_time_passes_when_told(rehearsal: Rehearsal) -> None:
    before = rehearsal.clock()
    assert await rehearsal.cue("minutes 11") == ""
    assert rehearsal.clock() - before == pytest.approx(660, abs=1)
    assert rehearsal.clock() < rehearsal.clock()


async def test_an_account_can_be_there_from_the_start(rehearsal: Rehearsal) -> None:
    await rehearsal.cue(f"account {LUCIE} info-data")
    portal = await get_portal()
    login = await portal.login("lucie_88", SecretStr(PASSWORD), "anybody")
    assert login.status == "ok"
    assert login.account_id is not None
    assert [clinic.clinic_id for clinic in await portal.linked_clinics(login.account_id)] == ["info-data"]


async def test_codes_are_read_in_the_mails(rehearsal: Rehearsal) -> None:
    with pytest.raises(RehearsalError):
        await rehearsal.cue("code")
    await rehearsal.cue(f"account {LUCIE} info-data gmf-st-jerome")
    first, last = await rehearsal.cue("first code"), await rehearsal.cue("code")
    assert first is not None
    assert last is not None
    assert len(first) == len(last) == 6


async def test_the_mail_fails_until_it_works_again(rehearsal: Rehearsal) -> None:
    await rehearsal.cue("mail fails")
    with pytest.raises(RehearsalError):
        await rehearsal.cue(f"account {LUCIE} info-data")
    await rehearsal.cue("mail works")
    await rehearsal.cue("account marc_1972 olivier.demo@example.com DEMO95072312 gmf-st-jerome")


async def test_the_portal_fails_until_it_works_again(rehearsal: Rehearsal) -> None:
    await rehearsal.cue("portal fails")
    with pytest.raises(DatabaseUnavailableError):
        await (await get_portal()).username_taken("lucie_88")
    await rehearsal.cue("portal works")
    assert not await (await get_portal()).username_taken("lucie_88")


async def test_other_directions_are_left_to_others(rehearsal: Rehearsal) -> None:
    assert await rehearsal.cue("sing a song") is None


async def test_mails_that_are_really_sent_cannot_be_read(tmp_path: Path) -> None:
    environ = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'portal.db'}",
        "MAIL_URL": "smtp://localhost:2525",
        "SOFY_SECRET_KEY": KEY,
    }
    with pytest.raises(RehearsalError):
        await Rehearsal.open(environ)


async def test_a_limit_can_be_another(rehearsal: Rehearsal) -> None:
    await rehearsal.cue("limit clinic_codes_per_hour 1")
    assert (await get_portal()).settings.limits.clinic_codes_per_hour == 1
    await rehearsal.cue(f"account {LUCIE} info-data")
    with pytest.raises(RehearsalError, match="ne se lie pas"):
        await rehearsal.cue("account aicha_90 aicha.exemple@example.com EXEA90562115 info-data")
    with pytest.raises(RehearsalError, match="pas de limite"):
        await rehearsal.cue("limit nothing_per_hour 1")
