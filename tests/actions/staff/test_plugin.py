"""The portal beside the server: start, demo, readiness, stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import plugin
from actions.portal import PortalError, close_portal, get_portal
from actions.portal.portal import configure
from actions.rules.nam import parse_nam
from tests.actions.portal.world import KEY, Clock, World

ROOT = Path(__file__).parents[3]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    return {"SOFY_SECRET_KEY": KEY}


async def test_the_demo_says_what_to_type_and_starts_twice(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await plugin.startup({}, demo=True)
    first = capsys.readouterr().out
    assert "lucie.essai@example.com" in first
    assert "Clinique médicale Info-Data" in first
    assert await plugin.ready() is None
    await plugin.shutdown()

    await plugin.startup({}, demo=True)
    assert capsys.readouterr().out == first
    portal = await get_portal()
    assert (await portal.search_clinics("infodata")).hits[0].clinic_id == "info-data"
    world = World(portal, Clock(), tmp_path / "var")
    world.clock.now = portal.core.clock()
    account = await world.sign_up(email="lucie.essai@example.com", nam="ESSL85531419")
    await world.link(account, "info-data")
    await plugin.shutdown()

    await plugin.startup({}, demo=True)
    assert "lucie.essai@example.com" not in (someone_else := capsys.readouterr().out)
    assert "@example.com" in someone_else
    await plugin.shutdown()


async def test_without_demo_nothing_is_loaded_or_printed(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    await plugin.startup(environ, demo=False)
    assert capsys.readouterr().out == ""
    assert (await (await get_portal()).search_clinics("infodata")).status == "none"
    await plugin.shutdown()


async def test_without_a_key_it_does_not_start(environ: dict[str, str]) -> None:
    with pytest.raises(PortalError, match="SOFY_SECRET_KEY"):
        await plugin.startup({}, demo=False)


async def test_a_start_that_fails_leaves_nothing_open(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PortalError, match="MAIL_URL"):
        await plugin.startup({**environ, "MAIL_URL": "spool:file/mail"}, demo=False)
    await plugin.shutdown()


async def test_ready_says_why_not(environ: dict[str, str], tmp_path: Path) -> None:
    await plugin.startup(environ, demo=False)
    (tmp_path / "var" / "mail").rmdir()
    (tmp_path / "var" / "mail").write_text("")
    reason = await plugin.ready()
    assert reason is not None
    assert "MAIL_URL" in reason
    await plugin.shutdown()


async def test_a_portal_that_failed_to_open_is_tried_again(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOFY_SECRET_KEY", raising=False)
    monkeypatch.delenv("SOFY_DEMO", raising=False)
    configure(None)
    with pytest.raises(PortalError):
        await get_portal()
    monkeypatch.setenv("SOFY_SECRET_KEY", KEY)
    assert await get_portal() is await get_portal()
    await close_portal()
    await close_portal()


def test_the_demo_s_people_are_made_up_and_their_numbers_right() -> None:
    lines = (ROOT / "data" / "demo" / "patients.csv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        _, _, nam, email, _, _ = line.split(",")
        assert parse_nam(nam, "NB" if len(nam) == 9 else None).check_ok
        assert email == "" or email.endswith("@example.com")
