"""Twilio's HTTP contract, both ways."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.channels.http import ApiError
from bot.channels.twilio import _messages, sign
from bot.storage.keyring import Keyring
from tests.bot.channels.messaging.conftest import Serve, World
from tests.bot.channels.messaging.providers import NUMBER, SID, TOKEN, twilio_signature
from tests.bot.fakes import KEY, EchoEngine


class TestSignatures:
    def test_the_published_example(self) -> None:
        """From the official libraries' own tests."""
        fields = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
            ("Caller", "+14158675309"),
        ]
        assert sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="

    @pytest.mark.parametrize("signature", ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "é", "x" * 5000])
    async def test_a_delivery_that_is_not_signed_is_refused(
        self, world: World, engine: EchoEngine, signature: str
    ) -> None:
        answer = await world.phone().post("bonjour", signature=signature)
        assert answer.status == 403
        assert not engine.heard

    @pytest.mark.parametrize("field", ["Body", "From", "To", "MessageSid"])
    async def test_a_delivery_that_was_changed_is_refused(self, world: World, engine: EchoEngine, field: str) -> None:
        fields = {"MessageSid": "SM1", "From": "+15145550111", "To": NUMBER, "Body": "bonjour"}
        signature = twilio_signature(f"{world.public_url}/webhooks/twilio/webhook", fields)
        for changed in ({**fields, field: "autre"}, {**fields, "More": "1"}):
            answer = await world.client.post(
                "/webhooks/twilio/webhook", data=changed, headers={"X-Twilio-Signature": signature}
            )
            assert answer.status == 403
        assert not engine.heard

    async def test_a_query_is_signed_too(self, world: World, engine: EchoEngine) -> None:
        fields = {"MessageSid": "SM1", "From": "+15145550111", "Body": "bonjour"}
        signature = twilio_signature(f"{world.public_url}/webhooks/twilio/webhook?a=1", fields)
        headers = {"X-Twilio-Signature": signature}
        answer = await world.client.post("/webhooks/twilio/webhook?a=2", data=fields, headers=headers)
        assert answer.status == 403
        answer = await world.client.post("/webhooks/twilio/webhook?a=1", data=fields, headers=headers)
        assert answer.status == 200
        await world.exchange.idle()

    async def test_forwarded_headers_count_only_when_configured(self, serve: Serve, engine: EchoEngine) -> None:
        fields = {"MessageSid": "SM1", "From": "+15145550111", "Body": "bonjour"}
        headers = {
            "X-Twilio-Signature": twilio_signature("https://autre.exemple.ca/webhooks/twilio/webhook", fields),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "autre.exemple.ca",
        }
        world = await serve()
        answer = await world.client.post("/webhooks/twilio/webhook", data=fields, headers=headers)
        assert answer.status == 403
        world = await serve(trust_forwarded="true", SOFY_PROXY_HOPS="1")
        answer = await world.client.post("/webhooks/twilio/webhook", data=fields, headers=headers)
        assert answer.status == 200
        await world.exchange.idle()

    async def test_the_standard_port_may_be_signed_or_not(self, serve: Serve) -> None:
        world = await serve(trust_forwarded="true", SOFY_PROXY_HOPS="1")
        fields = {"MessageSid": "SM1", "From": "+15145550111", "Body": "bonjour"}
        headers = {
            "X-Twilio-Signature": twilio_signature("https://exemple.ca:443/webhooks/twilio/webhook", fields),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "exemple.ca",
        }
        answer = await world.client.post("/webhooks/twilio/webhook", data=fields, headers=headers)
        assert answer.status == 200
        await world.exchange.idle()

    @pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%ff", b"&".join([b"a=1"] * 500), b"{}"])
    async def test_a_body_that_is_no_form(self, world: World, body: bytes) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "x"}
        answer = await world.client.post("/webhooks/twilio/webhook", data=body, headers=headers)
        assert answer.status == 403

    async def test_a_body_that_is_too_large(self, world: World) -> None:
        assert (await world.phone().post("x" * 70_000)).status == 413


class TestDeliveries:
    async def test_the_answer_comes_before_the_turn(self, world: World, engine: EchoEngine) -> None:
        engine.gate = asyncio.Event()
        answer = await world.phone().post("bonjour")
        assert (answer.status, answer.content_type) == (200, "text/xml")
        assert (await answer.text()).endswith("<Response></Response>")
        assert not world.api.sent
        engine.gate.set()
        await world.exchange.idle()
        assert world.api.sent[0].to == "+15145550111"

    async def test_the_same_delivery_is_taken_once(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone()
        answers = await asyncio.gather(*(phone.post("bonjour", identity="SM7") for _ in range(8)))
        assert {answer.status for answer in answers} == {200}
        await world.exchange.idle()
        assert await phone.text("bonjour", identity="SM7")
        assert len(engine.heard) == 1
        assert len(world.api.sent) == 1

    async def test_the_same_delivery_to_another_process(self, serve: Serve, engine: EchoEngine) -> None:
        one, other = await serve(), await serve()
        await one.phone().text("bonjour", identity="SM7")
        await other.phone().text("bonjour", identity="SM7")
        assert len(engine.heard) == 1

    async def test_messages_are_answered_in_the_order_they_came(self, world: World, engine: EchoEngine) -> None:
        engine.gate = asyncio.Event()
        phone = world.phone()
        for number in range(6):
            await phone.post(f"message {number}")
        engine.gate.set()
        await phone.news()
        assert [message.text for message in engine.heard] == [f"message {number}" for number in range(6)]
        assert [sent.text.split(": ")[1] for sent in world.api.sent] == [f"message {number}" for number in range(6)]

    async def test_patients_do_not_wait_for_each_other(self, world: World, engine: EchoEngine) -> None:
        world.api.script.clear()
        phones = [world.phone(address=f"+1514555{number:04}") for number in range(12)]
        await asyncio.gather(*(phone.text("bonjour") for phone in phones))
        assert {sent.to for sent in world.api.sent} == {phone.address for phone in phones}

    async def test_a_flood_is_refused_and_may_be_tried_again(self, world: World, engine: EchoEngine) -> None:
        engine.gate = asyncio.Event()
        phone = world.phone()
        answers = [await phone.post("bonjour", identity=f"SM{number}") for number in range(22)]
        assert [answer.status for answer in answers].count(503) == 2
        assert answers[-1].headers["Retry-After"] == "10"
        engine.gate.set()
        await world.exchange.idle()
        assert (await phone.post("bonjour", identity="SM21")).status == 200
        await world.exchange.idle()
        assert len(engine.heard) == 21

    async def test_too_many_messages_are_told_so_once(self, serve: Serve, engine: EchoEngine) -> None:
        world = await serve(SOFY_MESSAGES_PER_MINUTE="2")
        phone = world.phone()
        said = [await phone.text("bonjour") for _ in range(5)]
        assert said[2:] == ["Trop vite.", "", ""]

    async def test_too_many_messages_of_all_are_nobodys_fault(self, serve: Serve) -> None:
        world = await serve(SOFY_TOTAL_MESSAGES_PER_MINUTE="1")
        await world.phone(address="+15145550101").text("bonjour")
        phone = world.phone(address="+15145550102")
        assert [await phone.text("bonjour") for _ in range(2)] == ["Beaucoup de monde.", ""]

    async def test_a_failing_turn_is_answered(self, world: World) -> None:
        assert "Un problème est survenu" in await world.phone().text("boom")

    async def test_a_picture_is_not_read(self, world: World, engine: EchoEngine) -> None:
        assert await world.phone().text("", NumMedia="1") == "Du texte seulement."
        assert not engine.heard

    async def test_a_receipt_is_not_a_message(self, world: World, engine: EchoEngine) -> None:
        assert _messages({"From": "+1", "MessageSid": "SM1", "MessageStatus": "delivered"}) == []

    async def test_what_is_typed_is_never_a_command_of_the_program(self, world: World, engine: EchoEngine) -> None:
        await world.phone().text("/greet")
        assert not engine.heard[0].payloads
        await world.phone().text("choix")
        await world.phone().text("/affirm")
        assert not engine.heard[2].payloads
        await world.phone().text("choix")
        await world.phone().text("1")
        assert (engine.heard[4].text, engine.heard[4].payloads) == ("/affirm", True)

    async def test_an_at_sign_that_a_carrier_changed(self, world: World, engine: EchoEngine) -> None:
        await world.phone().text("lucie¡exemple.ca")
        assert engine.heard[0].text == "lucie@exemple.ca"

    @given(st.dictionaries(st.sampled_from(["From", "MessageSid", "Body", "NumMedia", "OptOutType"]), st.text()))
    def test_any_form(self, form: dict[str, str]) -> None:
        if form.get("From") and form.get("MessageSid"):
            assert all(message.sender and message.id for message in _messages(form))
        else:
            with pytest.raises(ApiError):
                _messages(form)


class TestKeywords:
    async def test_stop_and_start(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone()
        assert await phone.text("ARRÊT") == "C'est fini."
        assert await phone.text("allo?") == ""
        assert await phone.text("arret") == ""
        assert await phone.text("DÉBUT") == "Bon retour."
        assert await phone.text("allo?")
        assert [message.text for message in engine.heard] == ["allo?"]

    async def test_what_the_carrier_has_answered_is_not_answered_again(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone()
        assert await phone.text("STOP", OptOutType="STOP") == ""
        assert await phone.text("START", OptOutType="START") == ""
        assert "Aide" not in await phone.text("AIDE", OptOutType="HELP")
        assert [message.text for message in engine.heard] == ["AIDE"]

    async def test_stop_holds_after_another_key_and_start_still_works(self, world: World, engine: EchoEngine) -> None:
        phone = world.phone()
        await phone.text("bonjour")
        assert await phone.text("STOP") == "C'est fini."
        rotated = Keyring(SecretStr("n" * 43 + "," + KEY))
        world.runtime.keyring = world.exchange.store._keyring = rotated
        assert await phone.text("bonjour") == ""
        assert await phone.text("STOP") == ""  # known already
        assert len(engine.heard) == 1
        assert await phone.text("START") == "Bon retour."
        assert "bonjour" in await phone.text("bonjour")

    async def test_stop_ends_links_made_before_another_key(self, world: World) -> None:
        phone, exchange = world.phone(), world.exchange
        name = exchange.conversation_id(world.channel("twilio"), phone.address)
        await exchange.store.add_link("token", name, {"slot": "password"}, 900)
        rotated = Keyring(SecretStr("n" * 43 + "," + KEY))
        world.runtime.keyring = exchange.store._keyring = rotated
        await phone.text("STOP")
        assert await exchange.store.link("token") is None

    async def test_help_says_who_this_is_and_then_helps(self, world: World, engine: EchoEngine) -> None:
        assert (await world.phone().text("AIDE")).startswith("Aide du texto.\n")
        assert engine.heard[0].text == "AIDE"

    async def test_a_reply_under_way_is_held_back_after_stop(self, world: World, engine: EchoEngine) -> None:
        engine.gate = asyncio.Event()
        phone = world.phone()
        await phone.post("bonjour")
        await phone.post("STOP")
        engine.gate.set()
        text = await phone.news()
        assert text.endswith("C'est fini.")
        assert await phone.text("bonjour") == ""

    async def test_a_stop_that_only_the_carrier_knows(self, world: World) -> None:
        from aiohttp import web

        phone = world.phone()
        refusal = {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}
        world.api.script.append(web.json_response(refusal, status=400))
        assert await phone.text("bonjour") == ""
        assert await phone.text("bonjour") == ""
        assert len(world.api.calls) == 2  # setWebhook of the start is Telegram's


class TestSending:
    async def test_whatsapp_numbers(self, world: World) -> None:
        phone = world.phone("whatsapp")
        assert await phone.text("bonjour")
        assert world.api.sent[0].to.startswith("whatsapp:+")

    async def test_a_messaging_service(self, world: World) -> None:
        world.channel("twilio").options = {**world.channel("twilio").options, "twilio_number": "MG" + "1" * 32}
        world.api.script.clear()
        await world.phone().post("bonjour")
        await world.exchange.idle()
        assert world.api.wrong == ["fields"]  # the stand-in expects From; the service takes its place

    def test_nothing_secret_in_a_repr(self) -> None:
        from bot.channels.base import Inbound, Outgoing

        shown = repr(Inbound("SM1", "+15145550111", "Tr0is-Canots!")) + repr(Outgoing({"Body": "secret"}))
        assert "5145550111" not in shown
        assert "Canots" not in shown
        assert "secret" not in shown
        assert SID != TOKEN
