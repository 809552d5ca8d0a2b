"""Telegram's HTTP contract, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import _inbound, callback
from tests.bot.channels.messaging.conftest import World
from tests.bot.channels.messaging.providers import HOOK_SECRET
from tests.bot.fakes import EchoEngine

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.dictionaries(
        st.sampled_from(["update_id", "message", "callback_query", "chat", "id", "type", "text", "data"]), inner
    ),
    max_leaves=12,
)


class TestStart:
    async def test_the_webhook_is_set(self, world: World) -> None:
        assert world.api.webhook == {
            "url": f"{world.public_url}/webhooks/telegram/webhook",
            "secret_token": HOOK_SECRET,
            "allowed_updates": ["message", "callback_query"],
        }


class TestDeliveries:
    @pytest.mark.parametrize("secret", ["", "autre", "é"])
    async def test_without_the_secret(self, world: World, engine: EchoEngine, secret: str) -> None:
        phone = world.phone("telegram")
        update = {"update_id": 1, "message": {"chat": phone.chat(), "text": "bonjour"}}
        assert (await phone.deliver(update, secret.encode("latin-1").decode("latin-1"))).status == 403
        assert not engine.heard

    async def test_duplicates_and_late_updates(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("telegram")
        for identity, text in (("11", "deux"), ("10", "un"), ("11", "deux")):
            await phone.text(text, identity=identity)
        assert [message.text for message in engine.heard] == ["deux", "un"]

    async def test_groups_channels_and_edits_are_left_alone(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("telegram")
        message = {"chat": {"id": -5, "type": "supergroup"}, "text": "bonjour"}
        for update in (
            {"update_id": 1, "message": message},
            {"update_id": 2, "edited_message": {**message, "chat": phone.chat()}},
            {"update_id": 3, "channel_post": message},
            {"update_id": 4},
            {},
        ):
            assert (await phone.deliver(update)).status == 200
        await phone.news()
        assert not engine.heard

    async def test_start_says_hello(self, world: World, engine: EchoEngine) -> None:
        for text in ("/start", "/start clinique", "/start@sofy_bot"):
            await world.phone("telegram").text(text)
        assert {message.text for message in engine.heard} == {"bonjour"}

    async def test_a_button(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("telegram")
        await phone.text("choix")
        assert phone.last.buttons == [("Oui", callback("/affirm"))]
        await phone.press("Oui")
        assert (engine.heard[-1].text, engine.heard[-1].payloads) == ("/affirm", True)
        assert engine.heard[-1].metadata["title"] == "Oui"
        assert "answerCallbackQuery" in world.api.calls

    async def test_a_button_that_was_not_sent(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("telegram")
        query = {"id": "q", "data": callback("/restart"), "message": {"chat": phone.chat()}}
        await phone.deliver({"update_id": 1, "callback_query": query})
        await phone.news()
        assert not engine.heard[-1].payloads

    async def test_a_voice_message(self, world: World) -> None:
        phone = world.phone("telegram")
        await phone.deliver({"update_id": 1, "message": {"chat": phone.chat(), "voice": {}}})
        assert await phone.news() == "Du texte seulement."

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null"])
    async def test_a_body_that_is_no_update(self, world: World, body: bytes) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": HOOK_SECRET}
        assert (await world.client.post("/webhooks/telegram/webhook", data=body, headers=headers)).status == 400

    @given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), JSON))
    def test_any_update(self, update: dict[str, Any]) -> None:
        message = _inbound(update)
        assert message is None or (message.id and message.sender)

    @given(st.text(max_size=2000))
    def test_callback_data_is_short(self, payload: str) -> None:
        assert len(callback(payload).encode()) <= 64
