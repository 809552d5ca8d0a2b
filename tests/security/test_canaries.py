"""No secret is written or shown anywhere, whatever is typed and whatever fails. A conversation per way to fail."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from sqlalchemy import event

import actions.forms.login
import actions.forms.signup
from actions.portal import get_portal
from actions.portal.codes import Codes
from actions.portal.passwords import Passwords
from tests.security import canaries
from tests.security.canaries import GOOD, LATE, ODD, OTHER, PASSWORDS, STRAY, WRONG_CODES
from tests.security.house import LUCIE, House

pytestmark = pytest.mark.parametrize("engine", ["embedded", "rasa"])


@pytest.mark.parametrize("masked", [True, False])
async def test_a_whole_signup_and_login(house: House, masked: bool) -> None:
    await house.go("a", "password", GOOD, masked=masked)
    for refused in ODD:
        await house.say("a", refused, masked=masked)
        if await house.asked("a") == "password_confirmation":  # taken: twice another one, and it is asked again
            await house.say("a", OTHER, OTHER, masked=masked)
        assert await house.asked("a") == "password", refused
    await house.say("a", GOOD, masked=masked)
    await house.say("a", OTHER, masked=masked)
    await house.say("a", OTHER, masked=masked)
    assert await house.asked("a") == "password"
    await house.go("a", "activation_code", GOOD, masked=masked)
    for wrong in WRONG_CODES:
        await house.say("a", wrong, masked=masked)
    code = house.code()
    await house.say("a", code, masked=masked)
    assert await house.asked("a") == "another_clinic"
    await house.say("a", STRAY, masked=True)
    await house.say("b", "/login", LUCIE["email"])
    assert await house.asked("b") == "login_password"
    await house.say("b", OTHER, masked=masked)
    await house.say("b", LUCIE["email"])
    replies = await house.say("b", GOOD, masked=masked)
    assert any(reply.name == "utter_logged_in" for reply in replies), replies
    assert await house.leaks(PASSWORDS, (*WRONG_CODES, code)) == {}


async def test_the_search_finds_what_is_there(house: House) -> None:
    """The other tests mean something only if a secret that is written down is found."""
    await house.say("a", f"mon mot de passe est {GOOD}")
    assert await house.leaks([GOOD]) != {}
    for form in canaries.forms_of(GOOD):
        (house.folder / "note").write_bytes(b"before" + form + b"after")
        assert "note" in canaries.sweep(house.folder, [GOOD])


def _quoting(text: str) -> Any:
    """Something that fails and quotes what it was given, as careless code does."""

    def fail(*values: Any, **named: Any) -> Any:
        raise ValueError(f"{text}: {values} {named}")

    return fail


async def test_a_validation_that_raises(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.go("a", "password", GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(actions.forms.signup, "check_password", _quoting("a rule failed"))
        for secret in (GOOD, *ODD):
            replies = await house.say("a", secret, masked=True)
            assert replies[0].name == "utter_internal_error"
            assert await house.asked("a") == "password"
    await house.go("a", "activation_code", GOOD)
    code = house.code()
    with monkeypatch.context() as patch:
        patch.setattr(Codes, "_check", _quoting(f"no code {code}"))
        assert (await house.say("a", code, masked=True))[0].name == "utter_internal_error"
    assert await house.leaks(PASSWORDS, [code]) == {}


async def test_an_action_that_raises(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.go("a", "another_clinic", GOOD)
    code = house.code()
    monkeypatch.setattr(actions.login.ActionLogin, "run", _quoting(f"with {OTHER}"))
    await house.say("b", "/login", LUCIE["email"])
    await house.say("b", OTHER, masked=True)
    await house.say("b", "/login", LUCIE["email"], GOOD)
    monkeypatch.setattr(actions.signup.ActionCreateAccount, "run", _quoting(f"with {GOOD}"))
    await house.go("c", "signup_confirmed", GOOD, username="lucie_99")
    await house.say("c", "oui")
    assert await house.leaks(PASSWORDS, [code]) == {}


@pytest.mark.parametrize("which", ["portal", "conversations"])
async def test_a_database_that_goes_away(house: House, which: str) -> None:
    def down(*_: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    await house.go("a", "password", GOOD)
    portal = await get_portal()
    engines = {
        "portal": portal.core.db._engine.sync_engine,
        "conversations": house.runtime.service._store._database._engine,
    }
    engine = engines[which]
    event.listen(engine, "before_cursor_execute", down)
    for secret in (GOOD, *ODD[:2], "oui", OTHER):
        await house.say("a", secret, masked=True)
    event.remove(engine, "before_cursor_execute", down)
    await house.go("a", "password_confirmation", GOOD)
    event.listen(engine, "before_cursor_execute", down)
    await house.say("a", OTHER)
    event.remove(engine, "before_cursor_execute", down)
    await house.go("a", "activation_code", GOOD)
    assert await house.leaks(PASSWORDS, [house.code()]) == {}


async def test_a_turn_that_is_cut_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.go("a", "password", GOOD)
    inside = asyncio.Event()

    async def endless(*_: Any) -> str:
        inside.set()
        await asyncio.Event().wait()
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(Passwords, "hash", endless)
        turn = asyncio.create_task(house.say("a", LATE, masked=True))
        await inside.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        inside.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await house.say("a", LATE)
    assert await house.asked("a") == "password"
    assert await house.leaks(PASSWORDS) == {}
    await house.go("a", "activation_code", GOOD)


async def test_requests_that_are_refused(house: House) -> None:
    """An error page, and the log line of it, quote nothing of the request."""
    hook = "/webhooks/rest/webhook"
    bodies: list[Any] = [
        f'{{"sender": "a", "message": "{GOOD}"',
        f'["{GOOD}"]',
        f'{{"sender": 5, "message": "{GOOD}"}}',
        f'{{"sender": "a", "message": ["{GOOD}"]}}',
        f'{{"sender": "{GOOD * 20}", "message": "x"}}',
        f'{{"sender": "a", "message": "x", "metadata": "{GOOD}"}}',
        GOOD * 6000,
    ]
    for body in bodies:
        async with house.client.post(hook, data=body.encode(), headers={"X-Note": GOOD}) as answer:
            assert answer.status in {400, 413, 422}
            assert GOOD not in await answer.text()
    for path in (f"/{GOOD}", f"/conversations/{GOOD}/tracker", f"/metrics?token={GOOD}", f"/{GOOD}?{GOOD}"):
        async with house.client.get(path, headers={"Authorization": f"Bearer {GOOD}"}) as answer:
            assert GOOD not in await answer.text()
    async with house.client.post(hook, json={"sender": "a", "message": "x" * 6000 + GOOD}) as answer:
        assert answer.status == 200
    assert await house.leaks(PASSWORDS) == {}
