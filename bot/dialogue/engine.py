"""The engine: one user message in, the assistant's messages out."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Collection
from typing import Any

from bot.dialogue.action_client import ActionClient
from bot.dialogue.core import Core
from bot.dialogue.events import Event, slot_set, user_uttered
from bot.dialogue.hearing import Hearing, Parser
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.personal import PersonalText
from bot.dialogue.prediction import Predictor
from bot.dialogue.responses import Responses
from bot.dialogue.runner import Runner
from bot.dialogue.secrets import Redactor, no_meaning
from bot.dialogue.tracker import Tracker
from bot.dialogue.turn import Turn
from bot.project.domain import Domain
from bot.project.names import SESSION_METADATA_SLOT

logger = logging.getLogger(__name__)

MAX_ACTIONS = 10
"""Actions per turn (Rasa's MAX_NUMBER_OF_PREDICTIONS)."""


class Engine:
    """Runs the turns of any number of conversations; it keeps no state of its own."""

    def __init__(
        self,
        domain: Domain,
        core: Core,
        parser: Parser,
        actions: ActionClient,
        *,
        personal: Collection[str] = (),
        session_minutes: float | None = None,
        max_actions: int = MAX_ACTIONS,
        seed: int | None = None,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex[:8],
    ) -> None:
        """`personal`: entities whose values are logged masked (bot/dialogue/personal.py).

        `session_minutes` overrides the domain's session length (0: sessions never end). `seed` varies which variation
        of a response a conversation starts with; `new_id` gives the reference that a failure is logged and told under.
        """
        self.domain = domain
        self.core = core
        self._hearing = Hearing(domain, parser, PersonalText(personal))
        self._actions = actions
        self._session_minutes = domain.session_minutes if session_minutes is None else session_minutes
        self._max_actions = max_actions
        self._responses = Responses(domain, seed=seed)
        self.predictor = Predictor(core)
        self._clock = clock
        self._new_id = new_id

    def tracker(self, sender_id: str, events: list[Event] | None = None) -> Tracker:
        """A conversation of this engine: a new one, or one read back from its stored events."""
        return Tracker.from_events(sender_id, events or [], self.domain, traces=self.core.traces())

    async def handle(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        """Run one turn on `tracker` and give what the assistant says.

        Exceptions of actions are dealt with inside. A secret's text is gone from the tracker when this returns or
        raises.
        """
        messages: list[BotMessage] = []
        # Looked at before the session may end: an answer that comes a day late is still a secret.
        asked_secret = self._hearing.at_secret(tracker)
        if self._needs_session(tracker):
            turn = self._turn(tracker, message)
            if message.metadata:
                turn.log([slot_set(SESSION_METADATA_SLOT, dict(message.metadata))])
            await turn.start_session()
            messages += turn.messages
        heard = self._hearing.hear(tracker, message, asked_secret=asked_secret, now=self._clock())
        turn = self._turn(tracker, message, secret=heard.secret, secret_text=heard.secret_text)
        try:
            self._log_user(tracker, heard.event, heard.logged)
            await turn.extract()
            await turn.run_until_listening()
        finally:
            tracker.set_live(None)
        return messages + turn.messages

    async def trigger(
        self,
        tracker: Tracker,
        intent: str,
        entities: list[dict[str, Any]] | None = None,
        *,
        input_channel: str | None = None,
    ) -> list[BotMessage]:
        """Run a turn for something that happened outside (Rasa's `trigger_intent`), as if the user had meant it."""
        channel = input_channel or tracker.input_channel() or "rest"
        message = UserMessage(f"EXTERNAL: {intent}", tracker.sender_id, channel, {"is_external": True})
        messages: list[BotMessage] = []
        if self._needs_session(tracker):
            starting = self._turn(tracker, message)
            await starting.start_session()
            messages += starting.messages
        turn = self._turn(tracker, message)
        parsed = {**no_meaning(message.text), "intent": {"name": intent}, "entities": entities or []}
        event = user_uttered(message.text, parsed, input_channel=channel, metadata=message.metadata)
        event = {**event, "timestamp": self._clock()}
        self._log_user(tracker, event, self._hearing.logged(event))
        await turn.extract()
        await turn.run_until_listening()
        return messages + turn.messages

    def _turn(
        self, tracker: Tracker, message: UserMessage, *, secret: bool = False, secret_text: str | None = None
    ) -> Turn:
        runner = Runner(
            self.domain,
            self._responses,
            self._actions,
            channel=message.output_channel(),
            said=tracker.variations,
            secret=secret,
        )
        return Turn(
            tracker,
            runner,
            self.predictor,
            Redactor(self.domain, secret_text),
            limit=self._max_actions,
            clock=self._clock,
            new_id=self._new_id,
        )

    def _needs_session(self, tracker: Tracker) -> bool:
        if not tracker.history.applied:
            return True
        last = tracker.last_user_time()
        if self._session_minutes <= 0 or last is None:
            return False
        return (self._clock() - last) / 60 > self._session_minutes

    @staticmethod
    def _log_user(tracker: Tracker, event: Event, logged: Event) -> None:
        tracker.update(logged)
        tracker.set_live(None if logged is event else event)
