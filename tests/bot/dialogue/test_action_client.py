"""Custom actions in this process and over HTTP: the same protocol."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpServer

from bot.dialogue.action_client import ActionFailedError, ActionRejectedError, HttpActions, InProcessActions
from bot.dialogue.engine import Engine
from bot.dialogue.messages import UserMessage
from bot.errors import ProjectError
from tests.bot.dialogue.helpers import Chat, Meaning, compiled

DOMAIN = """
intents: [go, bad, tell]
entities: [a]
slots:
  one: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
forms: {f: {required_slots: [one]}}
actions: [action_hello, action_bad, action_no, validate_f]
responses:
  utter_name: [{text: "hi {name} {one}"}]
  utter_ask_one: [{text: "one?"}]
  utter_done: [{text: "done {one}"}]
"""
RULES = """
rules:
- {rule: go, steps: [{intent: go}, {action: action_hello}]}
- {rule: form, steps: [{intent: tell}, {action: f}, {active_loop: f}]}
- {rule: end, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_done}]}
"""
PACKAGE = """
from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection


class Hello(Action):
    def name(self):
        return "action_hello"

    async def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(response="utter_name", name="Bo")
        dispatcher.utter_message(text="plain", buttons=[{"title": "t", "payload": "/go"}])
        assert tracker.latest_message["intent"]["name"] == "go"
        assert domain["responses"]["utter_ask_one"]
        return [SlotSet("one", "set")]


class Bad(Action):
    def name(self):
        return "action_bad"

    def run(self, dispatcher, tracker, domain):
        raise ValueError(str([event.get("text") for event in tracker.events]))


class No(Action):
    def name(self):
        return "action_no"

    def run(self, dispatcher, tracker, domain):
        raise ActionExecutionRejection("action_no")


class Validate(FormValidationAction):
    def name(self):
        return "validate_f"

    def validate_one(self, value, dispatcher, tracker, domain):
        return {"one": value.upper() if value != "no" else None}
"""


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "some_actions"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "all.py").write_text(PACKAGE, encoding="utf-8")
    yield tmp_path
    sys.path[:] = [place for place in sys.path if place != str(tmp_path)]
    for name in [name for name in sys.modules if name.startswith("some_actions")]:
        del sys.modules[name]


def engine(client: Any) -> Engine:
    domain, core, problems = compiled(DOMAIN, RULES)
    assert problems == []
    nothing = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": [], "intent_ranking": []}
    return Engine(domain, core, lambda _: Meaning(nothing), client, clock=lambda: 1.0)


async def talk(client: Any) -> list[Any]:
    """A conversation with the package's actions."""
    running = engine(client)
    tracker = running.tracker("u")
    said = []
    for text in ("/go", "/tell", '/tell{"a": "no"}', '/tell{"a": "yes"}'):
        said += [m.as_rest("u") for m in await running.handle(tracker, UserMessage(text, "u"))]
    return said


EXPECTED = [
    {"recipient_id": "u", "text": "hi Bo None"},
    {"recipient_id": "u", "text": "plain", "buttons": [{"title": "t", "payload": "/go"}]},
    {"recipient_id": "u", "text": "done SET"},
    {"recipient_id": "u", "text": "one?"},
    {"recipient_id": "u", "text": "done YES"},
]


async def test_in_process(package: Path) -> None:
    client = InProcessActions.from_package("some_actions", package)
    assert client.names == {"action_hello", "action_bad", "action_no", "validate_f"}
    said = await talk(client)
    assert said[:2] == EXPECTED[:2]
    assert said[-1]["text"] == "done YES"


async def test_only_the_projects_own_package(package: Path) -> None:
    with pytest.raises(ProjectError, match="not the project's own"):
        InProcessActions.from_package("json", package)
    with pytest.raises(ProjectError, match="cannot be imported"):
        InProcessActions.from_package("no_such_package_here", package)
    (package / "some_actions" / "broken.py").write_text("import no_such_module_here\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="cannot be imported"):
        InProcessActions.from_package("some_actions", package)


async def test_errors_do_not_tell_what_was_typed(package: Path) -> None:
    client = InProcessActions.from_package("some_actions", package)
    chat = Chat(DOMAIN, RULES)
    await chat.say("typed-text")
    with pytest.raises(ActionFailedError) as raised:
        await client.run("action_bad", chat.tracker.fork(), chat.domain)
    assert "typed-text" not in str(raised.value)
    assert "ValueError at all.py:" in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    with pytest.raises(ActionRejectedError):
        await client.run("action_no", chat.tracker.fork(), chat.domain)
    with pytest.raises(ActionFailedError, match="no such action"):
        await client.run("action_missing", chat.tracker.fork(), chat.domain)


@pytest.fixture
async def served(package: Path, aiohttp_server: AiohttpServer) -> Any:
    """The same actions behind Rasa's HTTP protocol."""
    inner = InProcessActions.from_package("some_actions", package)
    requests: list[dict[str, Any]] = []

    async def webhook(request: web.Request) -> web.Response:
        body = await request.json()
        requests.append(body)
        if body["next_action"] == "action_no":
            return web.json_response({"action_name": "action_no", "error": "no"}, status=400)
        if body["next_action"] == "action_bad":
            return web.Response(status=500, text="secret detail")
        result = await inner._executor.run(body)
        return web.json_response({"events": result.events, "responses": result.responses})

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    server = await aiohttp_server(app)
    client = HttpActions({"url": str(server.make_url("/webhook")), "token": "t0ken"})
    yield client, requests
    await client.close()


async def test_over_http(served: Any) -> None:
    client, requests = served
    said = await talk(client)
    assert said[:2] == EXPECTED[:2]
    assert said[-1]["text"] == "done YES"
    first = requests[0]
    assert set(first) == {"next_action", "sender_id", "tracker", "version", "domain"}
    assert first["version"] == "3.6.21"
    assert set(first["tracker"]) == {
        "sender_id", "slots", "latest_message", "latest_event_time", "followup_action", "paused", "events",
        "latest_input_channel", "active_loop", "latest_action", "latest_action_name",
    }  # fmt: skip
    assert first["domain"]["session_config"]["session_expiration_time"] == 60


async def test_http_failures(served: Any, caplog: pytest.LogCaptureFixture) -> None:
    client, _ = served
    chat = Chat(DOMAIN, RULES)
    await chat.say("/go", payloads=False)
    with pytest.raises(ActionRejectedError):
        await client.run("action_no", chat.tracker.fork(), chat.domain)
    with caplog.at_level(logging.DEBUG), pytest.raises(ActionFailedError, match="500"):
        await client.run("action_bad", chat.tracker.fork(), chat.domain)
    assert "secret detail" not in caplog.text
    unreachable = HttpActions({"url": "http://127.0.0.1:9/webhook"})
    with pytest.raises(ActionFailedError, match="Connect"):
        await unreachable.run("action_bad", chat.tracker.fork(), chat.domain)
    await unreachable.close()


def test_the_domain_is_written_once() -> None:
    client = HttpActions({"url": "http://x"})
    chat = Chat(DOMAIN, RULES)
    body = json.loads(client._body("a", chat.tracker.fork(), chat.domain))
    assert body["domain"] == chat.domain.as_dict()
    selective = HttpActions({"url": "http://x", "enable_selective_domain": True})
    assert "domain" not in json.loads(selective._body("action_x", chat.tracker.fork(), chat.domain))
    assert "domain" in json.loads(selective._body("validate_f", chat.tracker.fork(), chat.domain))
