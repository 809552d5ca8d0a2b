"""Rasa as the engine, and it goes away: patients are told, operators see it, nothing is kept that should not be."""

from __future__ import annotations

import pytest

from tests.security.canaries import GOOD, PASSWORDS
from tests.security.house import House

pytestmark = pytest.mark.parametrize("engine", ["rasa"])


async def test_it_goes_and_comes_back(house: House) -> None:
    assert house.rasa is not None
    assert (await house.client.get("/health/ready")).status == 200
    await house.go("a", "password", GOOD)
    house.rasa.down = True
    ready = await house.client.get("/health/ready")
    assert (ready.status, (await ready.json())["problems"]) == (503, {"rasa": "status: status 503"})
    replies = await house.say("a", GOOD, masked=True)
    assert replies[0].name == "utter_internal_error"
    house.rasa.down = False
    assert await house.asked("a") == "password"
    await house.say("a", GOOD, masked=True)
    assert await house.asked("a") == "password_confirmation"
    assert await house.leaks(PASSWORDS) == {}


async def test_what_rasa_keeps_is_looked_through(house: House) -> None:
    """The sweeps of other tests mean something only if the stand-in keeps what it is sent."""
    await house.go("a", "password", GOOD)
    kept = (house.folder / "rasa-tracker.json").read_text(encoding="utf-8")
    assert "ticket-" in kept
    assert "sealed:" in kept
    assert "lucie.essai" not in kept + (house.folder / "rasa.log").read_text(encoding="utf-8")
