"""Messenger's HTTP contract, both ways."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.facebook import FacebookChannel, _message
from bot.dialogue.messages import BotMessage
from tests.bot.channels.messaging.conftest import World
from tests.bot.channels.messaging.providers import VERIFY
from tests.bot.fakes import EchoEngine

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["sender", "id", "message", "mid", "text", "postback", "payload", "quick_reply", "timestamp"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


class TestVerification:
    async def test_the_challenge_is_given_back(self, world: World) -> None:
        query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
        answer = await world.client.get("/webhooks/facebook/webhook", params=query)
        assert (answer.status, await answer.text()) == (200, "1158201444")

    @pytest.mark.parametrize(
        "change",
        [
            {"hub.verify_token": "autre"},
            {"hub.mode": "unsubscribe"},
            {"hub.challenge": "<script>"},
            {"hub.challenge": ""},
        ],
    )
    async def test_only_with_the_right_token(self, world: World, change: dict[str, str]) -> None:
        query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444", **change}
        assert (await world.client.get("/webhooks/facebook/webhook", params=query)).status == 403


class TestDeliveries:
    @pytest.mark.parametrize("signature", ["", "sha256=", "sha1=abc", "sha256=" + "0" * 64])
    async def test_unsigned_or_changed(self, world: World, engine: EchoEngine, signature: str) -> None:
        phone = world.phone("messenger")
        answer = await phone.deliver([{**phone.event(), "message": {"mid": "m", "text": "a"}}], signature)
        assert answer.status == 403
        assert not engine.heard

    async def test_a_batch_is_read_in_the_order_of_its_times(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("messenger")
        events = [{**phone.event(stamp), "message": {"mid": f"m{stamp}", "text": f"{stamp}"}} for stamp in (3, 1, 2)]
        assert (await phone.deliver(events)).status == 200
        await phone.news()
        assert [message.text for message in engine.heard] == ["1", "2", "3"]

    async def test_a_late_message_is_answered_too(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("messenger")
        for stamp in (2, 1):
            await phone.deliver([{**phone.event(stamp), "message": {"mid": f"m{stamp}", "text": f"{stamp}"}}])
        await phone.news()
        assert [message.text for message in engine.heard] == ["2", "1"]

    async def test_echoes_receipts_and_duplicates(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("messenger")
        event = phone.event()
        said = {**event, "message": {"mid": "m1", "text": "bonjour"}}
        await asyncio.gather(phone.deliver([said]), phone.deliver([said, said]))
        await phone.deliver(
            [
                {**event, "message": {"mid": "m2", "text": "de nous", "is_echo": True}},
                {**event, "delivery": {"mids": ["m1"], "watermark": 1}},
                {**event, "read": {"watermark": 1}},
                {**event, "reaction": {"mid": "m1", "action": "react"}},
            ]
        )
        await phone.news()
        assert [message.text for message in engine.heard] == ["bonjour"]

    async def test_a_postback_is_obeyed_when_its_button_was_sent(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("messenger")
        await phone.text("choix")
        for mid, payload in (("p1", "/affirm"), ("p2", "/restart")):
            await phone.deliver([{**phone.event(), "postback": {"mid": mid, "title": "Oui", "payload": payload}}])
        await phone.news()
        assert [(message.text, message.payloads) for message in engine.heard[1:]] == [("/affirm", True), ("Oui", False)]

    async def test_a_picture(self, world: World) -> None:
        phone = world.phone("messenger")
        await phone.deliver([{**phone.event(), "message": {"mid": "m1", "attachments": [{"type": "image"}]}}])
        assert await phone.news() == "Du texte seulement."

    async def test_other_objects_are_taken_and_left(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone("messenger")
        assert (await phone.deliver([{"sender": 3}, {"sender": {"id": ""}}, {}])).status == 200
        assert not engine.heard

    @given(st.dictionaries(st.sampled_from(["sender", "message", "postback", "timestamp"]), JSON))
    def test_any_event(self, event: dict[str, Any]) -> None:
        message = _message(event)
        assert message is None or (message.id and message.sender)


class TestRendering:
    def rendered(self, world: World, *replies: BotMessage) -> list[dict[str, Any]]:
        channel = world.channel("facebook")
        assert isinstance(channel, FacebookChannel)
        return [dict(outgoing.body) for outgoing in channel.render(replies, world.exchange.words)]

    async def test_choices_are_quick_replies(self, world: World) -> None:
        buttons = [{"title": "Oui", "payload": "/affirm"}]
        assert self.rendered(world, BotMessage(text="Bon?", buttons=buttons)) == [
            {"text": "Bon?", "quick_replies": [{"content_type": "text", "title": "Oui", "payload": "/affirm"}]}
        ]

    async def test_titles_that_are_too_long_are_numbered(self, world: World) -> None:
        buttons = [
            {"title": "Clinique médicale Info-Data, Laval", "payload": "/a"},
            {"title": "Aucune", "payload": "/b"},
        ]
        message = self.rendered(world, BotMessage(text="Laquelle?", buttons=buttons))[0]
        assert "1. Clinique médicale Info-Data, Laval" in message["text"]
        assert [reply["title"] for reply in message["quick_replies"]] == ["1", "2"]

    async def test_long_texts_are_cut(self, world: World) -> None:
        messages = self.rendered(world, BotMessage(text="Une phrase de plus. " * 300, buttons=[{"title": "Oui"}]))
        assert [len(message["text"]) <= 2000 for message in messages] == [True] * len(messages)
        assert ["quick_replies" in message for message in messages] == [False] * (len(messages) - 1) + [True]
