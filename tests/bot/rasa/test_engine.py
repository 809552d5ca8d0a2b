"""Rasa as the engine, against a stand-in that keeps everything it is sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from actions.portal.portal import close_portal, configure
from bot.commands.serve import _desk_socket
from bot.dialogue.action_client import InProcessActions
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.tracker import Tracker
from bot.errors import SofyError
from bot.model import Model
from bot.rasa.client import RasaClient, RasaError
from bot.rasa.desk import Desk
from bot.rasa.engine import RasaEngine
from bot.rasa.sealing import Sealing
from bot.rasa.tickets import Tickets
from bot.settings import SettingsError, settings_from
from bot.storage.keyring import Keyring
from tests.conftest import ROOT, settings
from tests.rasa_stand_in import StandInRasa

KEY = "k" * 43


class Talk:
    """One conversation with the stand-in behind."""

    def __init__(self, engine: RasaEngine, rasa: StandInRasa, server: TestServer) -> None:
        self.engine, self.rasa, self.server = engine, rasa, server
        self.tracker = engine.new_tracker("p", [])

    async def say(self, text: str, *, masked: bool = False, channel: str = "rest") -> list[BotMessage]:
        metadata = {"input": "secret"} if masked else {}
        return await self.engine.handle(self.tracker, UserMessage(text, "p", channel, metadata, True, masked))


@pytest.fixture
async def talk(model: Model, project_actions: InProcessActions, tmp_path: Path) -> AsyncIterator[Talk]:
    configure(settings(tmp_path))
    async with AsyncExitStack() as stack:
        stack.callback(configure, None)
        stack.push_async_callback(close_portal)
        rasa = StandInRasa(ROOT, tmp_path)
        server = TestServer(rasa.app())
        await server.start_server()
        stack.push_async_callback(server.close)
        client, tickets = RasaClient(str(server.make_url("/"))), Tickets()
        stack.push_async_callback(client.close)
        sealing = Sealing(Keyring(SecretStr(KEY)), model.domain)
        desk = TestServer(Desk(model.domain, project_actions, tickets, sealing).app())
        await desk.start_server()
        stack.push_async_callback(desk.close)
        rasa.find_desk(str(desk.make_url("/")))
        engine = RasaEngine(
            model.domain, model.pipeline.parse, client, tickets, sealing, personal=["email"], new_id=lambda: "1234abcd"
        )
        yield Talk(engine, rasa, server)


def texts(tracker: Tracker) -> list[str]:
    return [event["text"] for event in tracker.events if event["event"] == "user"]


async def test_rasa_sees_tickets_and_we_keep_the_words(talk: Talk, tmp_path: Path) -> None:
    replies = await talk.say("bonjour")
    assert replies[0].name == "utter_greet"
    replies = await talk.say("c'est quoi sofy")
    assert "faq_sofy" in str(replies[0].name)
    assert texts(talk.tracker) == ["bonjour", "c'est quoi sofy"]
    kept = json.loads((tmp_path / "rasa-tracker.json").read_text())["p"]
    assert all(event["text"].startswith("ticket-") for event in kept if event["event"] == "user")
    assert "sofy" not in (tmp_path / "rasa.log").read_text().replace("faq_sofy", "")


async def test_payloads_are_obeyed_where_they_may_be(talk: Talk) -> None:
    assert (await talk.say("/signup"))[-1].name == "utter_ask_email"
    typed = UserMessage("/restart", "p", "webchat", {}, payloads=False)
    replies = await talk.engine.handle(talk.tracker, typed)
    assert talk.tracker.requested_slot == "email"
    assert replies


async def test_a_turn_whose_answer_was_lost(talk: Talk) -> None:
    await talk.say("bonjour")
    talk.rasa.silent = True
    lost = await talk.say("je veux m'inscrire")
    assert [reply.name for reply in lost] == ["utter_internal_error"]
    assert "1234abcd" in str(lost[0].text)
    talk.rasa.silent = False
    replies = await talk.say("pourquoi?")
    assert talk.tracker.requested_slot == "email"
    # What was said while nobody heard it is not said again, and its words are gone.
    assert "utter_ask_email" not in [reply.name for reply in replies[:1]]
    assert texts(talk.tracker) == ["bonjour", "●●●●", "pourquoi?"]


async def test_rasa_is_down(talk: Talk) -> None:
    await talk.server.close()
    with pytest.raises(RasaError) as caught:
        await talk.say("mon mot de passe est Canari!99")
    assert "Canari" not in str(caught.value)
    assert "status" in str(await talk.engine._client.problem())


@pytest.mark.parametrize(
    ("name", "value"),
    [("SOFY_RASA_URL", "rasa:5005"), ("SOFY_RASA_URL", "http://u:p@rasa"), ("SOFY_RASA_DESK", "5056")],
)
def test_settings_that_can_not_be(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_from({"SOFY_SECRET_KEY": KEY, name: value}, demo=False)
    assert name in str(caught.value)


def test_another_machine_needs_the_token() -> None:
    values = {"SOFY_SECRET_KEY": KEY, "SOFY_RASA_URL": "http://rasa:5005", "SOFY_RASA_DESK": "0.0.0.0:0"}
    with pytest.raises(SofyError, match="SOFY_RASA_TOKEN"):
        _desk_socket(settings_from(values, demo=False))
    listener = _desk_socket(settings_from({**values, "SOFY_RASA_TOKEN": "t" * 20}, demo=False))
    assert listener is not None
    taken = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(SofyError, match="n'est pas libre"):
        _desk_socket(settings_from({**values, "SOFY_RASA_DESK": taken, "SOFY_RASA_TOKEN": "t" * 20}, demo=False))
    listener.close()
    assert _desk_socket(settings_from({"SOFY_SECRET_KEY": KEY}, demo=False)) is None


def test_one_process_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.cli import main

    monkeypatch.setenv("SOFY_SECRET_KEY", KEY)
    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379/0")
    monkeypatch.chdir(ROOT)
    errors: list[str] = []
    monkeypatch.setattr("sys.stderr.write", errors.append)
    assert main(["run", "--workers", "2", "--rasa", "http://127.0.0.1:1"]) != 0
    assert "un seul processus" in "".join(errors)
