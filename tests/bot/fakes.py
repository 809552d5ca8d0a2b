"""A dialogue engine of a few lines, so that what stands around it is tested alone; and an app over it."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from pydantic import SecretStr

from bot.dialogue import events as ev
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.tracker import Tracker
from bot.model import Model
from bot.plugins import Plugin, Plugins
from bot.privacy import Privacy, PrivacyRule
from bot.project.domain import Domain
from bot.runtime import Runtime, open_service
from bot.service import ConversationService, TurnObserver
from bot.settings import Settings, settings_from
from bot.storage.keyring import Keyring

KEY = "k" * 43
DOMAIN = Domain(
    {
        "intents": ["greet", "signup", "login", "page_reloaded"],
        "slots": {
            name: {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name in ("email", "requested_slot")
        },
        "responses": {},
    }
)
WORDS = {
    "utter_too_long": "Votre message est trop long.",
    "utter_internal_error": "Un problème est survenu. Numéro : {reference}.",
}


class EchoEngine:
    """Says what it heard.

    « email=x » sets the slot, « ask=x » makes x what is asked for until the next message, « /restart » begins a
    session, « boom » fails half way.
    """

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.inside = 0
        self.gate: asyncio.Event | None = None
        self.started = asyncio.Event()

    async def handle(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        self.inside += 1
        assert self.inside == 1 or self.gate is None
        try:
            return await self._turn(tracker, message)
        finally:
            self.inside -= 1

    async def _turn(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        self.heard.append(message)
        self.started.set()
        if not tracker.events or message.text == "/restart":
            tracker.update(ev.simple("session_started") | {"timestamp": 1.0})
        shown = "●●●●" if message.masked else message.text
        parsed = {"text": shown, "intent": {"name": None, "confidence": 0.0}, "entities": []}
        user = ev.user_uttered(shown, parsed, input_channel=message.input_channel, metadata=message.metadata)
        tracker.update(user | {"timestamp": 1.0})
        if message.text.startswith("email="):
            tracker.update(ev.slot_set("email", message.text.removeprefix("email=")) | {"timestamp": 1.0})
        asked = message.text.removeprefix("ask=") if message.text.startswith("ask=") else None
        if message.text != "/page_reloaded" and asked != tracker.requested_slot:
            loop = {"event": "active_loop", "name": "form" if asked else None, "timestamp": 1.0}
            tracker.update(loop)
            tracker.update(ev.slot_set("requested_slot", asked or None) | {"timestamp": 1.0})
        if self.gate is not None:
            await self.gate.wait()
        if message.text == "boom":
            raise ValueError("boom said by lucie@example.ca")
        said: dict[str, Any] = {"text": f"{len(tracker.events)}: {shown}"}
        if message.text == "choix":
            said["buttons"] = [{"title": "Oui", "payload": "/affirm"}]
        tracker.update(ev.bot_uttered(said) | {"timestamp": 1.0})
        replies = [BotMessage(text=said["text"], buttons=said.get("buttons"))]
        if message.text == "secret":
            custom = {"input": "secret", "slot": "password"}
            tracker.update(ev.bot_uttered({"custom": custom}) | {"timestamp": 1.0})
            replies.append(BotMessage(custom=custom))
        return replies

    def respond(self, name: str, tracker: Tracker, channel: str, **values: Any) -> list[BotMessage]:
        return [BotMessage(text=WORDS[name].format(**values))]

    def new_tracker(self, sender_id: str, events: list[dict[str, Any]]) -> Tracker:
        return Tracker.from_events(sender_id, events, DOMAIN)


def settings(root: Path, **values: str) -> Settings:
    given = {"DATABASE_URL": f"sqlite+aiosqlite:///{root}/t.db", "SOFY_SECRET_KEY": KEY, "MAIL_URL": "spool:mail"}
    demo = values.pop("demo", "1") == "1"
    return settings_from({**given, **values}, demo=demo)


async def service_over(
    engine: EchoEngine, given: Settings, observer: TurnObserver | None = None
) -> ConversationService:
    return await open_service(given, engine, Keyring(SecretStr(KEY)), observer)


async def runtime_over(
    engine: EchoEngine, given: Settings, root: Path, plugins: dict[str, Plugin] | None = None
) -> Runtime:
    def parse(text: str) -> dict[str, Any]:
        return {"text": text, "intent": {"name": "greet", "confidence": 0.9}, "entities": [], "intent_ranking": []}

    model = SimpleNamespace(path=Path("models/20260101-000000.zip"), fingerprint="abc", domain=DOMAIN, parse=parse)
    return Runtime(
        root=root,
        settings=given,
        model=cast(Model, model),
        service=await service_over(engine, given),
        plugins=Plugins(plugins or {}),
        privacy=Privacy([PrivacyRule("email", "redact", "*", keep_left=1)]),
        keyring=Keyring(SecretStr(KEY)),
        version="0.1.0",
    )


def message(text: str, sender: str = "c", **values: Any) -> UserMessage:
    return UserMessage(text=text, sender_id=sender, **values)


def numbered(start: int = 1) -> Callable[[], str]:
    numbers = itertools.count(start)
    return lambda: f"ref{next(numbers)}"
