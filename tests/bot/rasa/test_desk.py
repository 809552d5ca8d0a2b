"""The desk that Rasa calls: it answers for turns that are going on, and gives back what Rasa must not know."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as some
from pydantic import SecretStr

from bot.dialogue.action_client import ActionFailedError, ActionRejectedError, ActionResult
from bot.dialogue.hearing import Hearing
from bot.dialogue.messages import UserMessage
from bot.dialogue.personal import PersonalText
from bot.dialogue.tracker import Tracker
from bot.nlu.result import ParseResult
from bot.project.domain import Domain
from bot.rasa.desk import Desk
from bot.rasa.sealing import Sealing
from bot.rasa.tickets import Ticket, Tickets
from bot.storage.keyring import Keyring

SECRET = "Canari!Secret99"
KEYRING = Keyring(SecretStr("k" * 43))
DOMAIN = Domain(
    {
        "intents": ["greet", "inform"],
        "slots": {
            "password": {"type": "bool", "influence_conversation": False, "mappings": [{"type": "custom"}]},
            "email": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]},
            "outcome": {"type": "text", "mappings": [{"type": "custom"}]},
        },
        "forms": {"secret_form": {"required_slots": ["email", "password"]}},
        "responses": {
            "utter_ask_password": [{"text": "Le mot de passe?", "custom": {"input": "secret", "slot": "password"}}],
            "utter_email": [
                {"text": "Courriel : {email}, {detail}."},
                {"text": "Par texto : {email}, {detail}.", "channel": "twilio"},
            ],
            "utter_two": [{"text": "un"}, {"text": "deux"}],
        },
    }
)


class Actions:
    """Records the calls and answers what it is told to."""

    def __init__(self) -> None:
        self.calls: list[Mapping[str, Any]] = []
        self.answer: ActionResult | Exception = ActionResult([], [])

    async def call(self, name: str, body: Mapping[str, Any]) -> ActionResult:
        self.calls.append({**body, "name": name})
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


Open = Callable[..., Awaitable["TestClient[Any, Any]"]]


class Room:
    """A desk with its tickets."""

    def __init__(self) -> None:
        self.actions = Actions()
        self.tickets = Tickets()
        self.sealing = Sealing(KEYRING, DOMAIN)

    def hear(self, text: str, *, secret: bool = False, channel: str = "rest") -> tuple[Tracker, UserMessage, Any]:
        tracker = Tracker("p", DOMAIN)
        if secret:
            tracker.update({"event": "active_loop", "name": "secret_form", "timestamp": 1.0})
            tracker.update({"event": "slot", "name": "requested_slot", "value": "password", "timestamp": 1.0})
        message = UserMessage(text, "p", channel, {"input": "secret"} if secret else {}, masked=secret)
        parsed = ParseResult(text, {"name": "inform", "confidence": 1.0}, [], [])
        hearing = Hearing(DOMAIN, lambda _text: parsed, PersonalText(["email"]))
        return tracker, message, hearing.hear(tracker, message, asked_secret=secret, now=2.0)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
async def open_desk(room: Room) -> AsyncIterator[Open]:
    clients: list[TestClient[Any, Any]] = []

    async def start(token: str | None = None) -> TestClient[Any, Any]:
        desk = Desk(DOMAIN, room.actions, room.tickets, room.sealing, token=SecretStr(token) if token else None)
        client: TestClient[Any, Any] = TestClient(TestServer(desk.app()))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


def call(ticket: Ticket, *, latest: str | None = None, name: str = "validate_secret_form") -> dict[str, Any]:
    """An action call as Rasa makes it."""
    text = ticket.number if latest is None else latest
    user = {"event": "user", "text": text, "parse_data": {"text": text, "intent": {}}, "timestamp": 2.0}
    old = {"event": "user", "text": f"ticket-{'0' * 32}", "parse_data": {}, "timestamp": 1.0}
    return {
        "next_action": name,
        "sender_id": ticket.sender_id,
        "domain": {},
        "tracker": {
            "sender_id": ticket.sender_id,
            "slots": {"email": None, "outcome": "x"},
            "latest_message": {"text": text, "intent": {}},
            "events": [old, user],
        },
    }


async def test_a_secret_reaches_the_action_and_nobody_else(room: Room, open_desk: Open) -> None:
    desk = await open_desk()
    room.actions.answer = ActionResult(
        [{"event": "slot", "name": "password", "value": SECRET}, {"event": "slot", "name": "outcome", "value": "ok"}],
        [{"text": f"Vous avez écrit {SECRET}."}],
    )
    with room.tickets.issue(*room.hear(SECRET, secret=True)) as ticket:
        assert SECRET not in json.dumps(ticket.as_sent())
        assert SECRET not in repr(ticket)
        answer = await desk.post("/webhook", json=call(ticket))
        assert answer.status == 200
        shown = await answer.text()
    seen = room.actions.calls[0]["tracker"]
    assert seen["latest_message"]["text"] == SECRET
    assert [event["text"] for event in seen["events"]] == ["●●●●", SECRET]
    assert SECRET not in shown
    assert "ok" in shown


async def test_a_turn_that_is_over_is_not_acted_on(room: Room, open_desk: Open) -> None:
    desk = await open_desk()
    with room.tickets.issue(*room.hear(SECRET, secret=True)) as ticket:
        body = call(ticket)
    assert (await desk.post("/webhook", json=body)).status == 409
    parsed = await desk.post("/model/parse", json={"text": ticket.number, "message_id": "p"})
    assert (await parsed.json())["intent"]["name"] is None
    with room.tickets.issue(*room.hear("allo")) as newer:
        # The old turn still runs at Rasa while the next message waits: its ticket is not this one.
        assert (await desk.post("/webhook", json=body)).status == 409
        assert (await desk.post("/webhook", json=call(newer, latest="mot de passe"))).status == 409
        started = await desk.post("/webhook", json=call(newer, latest=ticket.number, name="action_session_start"))
        assert started.status == 200
    assert len(room.actions.calls) == 1
    assert room.actions.calls[0]["tracker"]["latest_message"]["text"] == "●●●●"
    assert len(room.tickets) == 0


async def test_what_comes_past_the_channels_is_not_understood(room: Room, open_desk: Open) -> None:
    desk = await open_desk()
    with room.tickets.issue(*room.hear("bonjour")) as ticket:
        known = await desk.post("/model/parse", json={"text": ticket.number, "message_id": "p", "token": None})
        assert (await known.json())["intent"]["name"] == "inform"
        for body in ({"text": "bonjour", "message_id": "p"}, {"text": ticket.number, "message_id": "other"}, {}):
            parsed = await desk.post("/model/parse", json=body)
            assert (await parsed.json())["intent"]["name"] is None


async def test_values_are_sealed_on_their_way_to_rasa(room: Room, open_desk: Open) -> None:
    desk = await open_desk()
    room.actions.answer = ActionResult(
        [
            {"event": "slot", "name": "email", "value": "lise@exemple.ca"},
            {"event": "slot", "name": "outcome", "value": "done"},
        ],
        [],
    )
    with room.tickets.issue(*room.hear("lise@exemple.ca")) as ticket:
        answer = await (await desk.post("/webhook", json=call(ticket))).json()
        sealed = answer["events"][0]["value"]
        assert "lise" not in json.dumps(answer)
        assert answer["events"][1]["value"] == "done"  # rules look at it
        body = call(ticket)
        body["tracker"]["slots"]["email"] = sealed
        body["tracker"]["events"].append({"event": "slot", "name": "email", "value": sealed})
        await desk.post("/webhook", json=body)
        seen = room.actions.calls[1]["tracker"]
        assert seen["slots"]["email"] == "lise@exemple.ca"
        assert seen["events"][-1]["value"] == "lise@exemple.ca"
        body["tracker"]["slots"]["email"] = "sealed:not by us"
        await desk.post("/webhook", json=body)
        assert room.actions.calls[2]["tracker"]["slots"]["email"] is None


@pytest.mark.parametrize(
    ("error", "status"), [(ActionRejectedError("validate_secret_form"), 400), (ActionFailedError("x: no"), 500)]
)
async def test_an_action_that_gives_nothing(room: Room, open_desk: Open, error: Exception, status: int) -> None:
    desk = await open_desk()
    room.actions.answer = error
    with room.tickets.issue(*room.hear(SECRET, secret=True)) as ticket:
        answer = await desk.post("/webhook", json=call(ticket))
        assert answer.status == status
        assert (await answer.json())["action_name"] == "validate_secret_form"
        assert SECRET not in await answer.text()


async def test_words_are_for_the_channel_that_the_patient_is_on(room: Room, open_desk: Open) -> None:
    desk = await open_desk()
    sealed = room.sealing.sealed({"event": "slot", "name": "email", "value": "a@exemple.ca"})["value"]
    body = {
        "response": "utter_email",
        "arguments": {"detail": "oui"},
        "tracker": {"sender_id": "p", "slots": {"email": sealed}},
        "channel": {"name": "collector"},
    }
    with room.tickets.issue(*room.hear("allo", channel="twilio")):
        said = await (await desk.post("/nlg", json=body)).json()
        assert said["text"] == "Par texto : a@exemple.ca, oui."
    said = await (await desk.post("/nlg", json=body)).json()
    assert said["text"] == "Courriel : a@exemple.ca, oui."
    nothing = await desk.post("/nlg", json={**body, "response": "utter_unknown"})
    assert await nothing.json() == {}


async def test_variations_take_turns(room: Room, open_desk: Open) -> None:
    desk = await open_desk()
    body = {"response": "utter_two", "arguments": {}, "tracker": {"sender_id": "p", "slots": {}}, "channel": {}}
    with room.tickets.issue(*room.hear("allo")):
        said = [(await (await desk.post("/nlg", json=body)).json())["text"] for _ in range(3)]
    assert said == ["un", "deux", "un"]


async def test_the_token_is_asked_of_every_call(room: Room, open_desk: Open) -> None:
    desk = await open_desk(token="a long token for the desk")
    good = {"Authorization": "Bearer a long token for the desk"}
    for path in ("/model/parse", "/webhook", "/nlg"):
        assert (await desk.post(path, json={})).status == 401
        assert (await desk.post(f"{path}?token=a+long+token+for+the+desk", json={})).status == 401
        assert (await desk.post(path, json={}, headers={"Authorization": "Bearer wrong"})).status == 401
        assert (await desk.post(path, json={}, headers=good)).status != 401
    in_body = {"token": "a long token for the desk"}  # where Rasa's client for `nlu` puts it
    assert (await desk.post("/model/parse", json=in_body)).status == 200


ANY_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
PARTS = ("next_action", "sender_id", "tracker", "response", "arguments", "channel", "text", "message_id", "token")


@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=some.sampled_from(["/model/parse", "/webhook", "/nlg"]),
    body=some.dictionaries(some.sampled_from(PARTS), ANY_JSON) | ANY_JSON,
    inside=some.dictionaries(some.sampled_from(["slots", "events", "latest_message", "sender_id"]), ANY_JSON),
)
async def test_no_body_makes_it_fail(room: Room, open_desk: Open, path: str, body: Any, inside: Any) -> None:
    desk = await open_desk()
    with room.tickets.issue(*room.hear("allo")):
        answer = await desk.post(path, json=body)
        assert answer.status < 500
        answer = await desk.post(path, json={"sender_id": "p", "response": "utter_two", "tracker": inside})
        assert answer.status < 500
    assert (await desk.post(path, data=b"\xff{")).status == 400
