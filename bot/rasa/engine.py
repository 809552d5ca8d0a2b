"""Rasa as the service's engine: a ticket in, Rasa's events and messages out."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Collection
from typing import Any

from bot.dialogue.events import Event
from bot.dialogue.hearing import Hearing, Parser
from bot.dialogue.messages import BotMessage, UserMessage, split
from bot.dialogue.personal import PersonalText
from bot.dialogue.responses import Spoken
from bot.dialogue.tracker import Tracker
from bot.dialogue.turn import INTERNAL_ERROR
from bot.project.domain import Domain
from bot.rasa.client import RasaClient
from bot.rasa.sealing import Sealing
from bot.rasa.tickets import Ticket, Tickets, is_ticket, spent

logger = logging.getLogger(__name__)


class RasaEngine:
    """Runs turns on a Rasa server. The conversation is Rasa's; ours is a copy, with the words that may be stored."""

    def __init__(
        self,
        domain: Domain,
        parser: Parser,
        client: RasaClient,
        tickets: Tickets,
        sealing: Sealing,
        *,
        personal: Collection[str] = (),
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex[:8],
    ) -> None:
        """`personal`: entities whose values are logged masked (bot/dialogue/personal.py).

        `new_id` gives the reference that a failure is logged and told under.
        """
        self._domain = domain
        self._hearing = Hearing(domain, parser, PersonalText(personal))
        self._client = client
        self._tickets = tickets
        self._sealing = sealing
        self._spoken = Spoken(domain)
        self._clock = clock
        self._new_id = new_id

    def new_tracker(self, sender_id: str, events: list[Event]) -> Tracker:
        """Make the copy of a conversation from its stored events."""
        return Tracker.from_events(sender_id, events, self._domain)

    def respond(self, name: str, tracker: Tracker, channel: str, **values: Any) -> list[BotMessage]:
        """Say a response of the domain outside of any turn."""
        return self._spoken.respond(name, tracker, channel, values)

    async def handle(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        """Run one turn; where Rasa has nothing to say (an action failed), we say so. Raises RasaError."""
        asked_secret = self._hearing.at_secret(tracker)
        heard = self._hearing.hear(tracker, message, asked_secret=asked_secret, now=self._clock())
        with self._tickets.issue(tracker, message, heard) as ticket:
            await self._client.say(
                tracker.sender_id,
                ticket.number,
                channel=message.input_channel,
                metadata=heard.logged["metadata"],
            )
        said: list[BotMessage] = []
        for event in await self._client.events(tracker.sender_id, after=_last_time(tracker)):
            if event["event"] == "user" and not _is_its(event, ticket):
                said = []  # an earlier turn's answer, which was lost on the way
            elif event["event"] == "bot":
                said.extend(split(event))
            tracker.update(self._kept(event, ticket))
        if not said:
            reference = self._new_id()
            logger.error("Rasa said nothing reference=%s", reference)
            said = self.respond(INTERNAL_ERROR, tracker, message.output_channel(), reference=reference)
        return said

    def _kept(self, event: Event, ticket: Ticket) -> Event:
        """An event of Rasa's as it is kept here."""
        if event["event"] != "user":
            return self._sealing.opened(event)
        if _is_its(event, ticket):
            return ticket.restored(event, live=False)
        # A turn whose answer was lost on the way: its words are gone.
        return spent(event) if is_ticket(event.get("text")) else event


def _is_its(event: Event, ticket: Ticket) -> bool:
    return event.get("text") == ticket.number


def _last_time(tracker: Tracker) -> float:
    """When the last event happened that is known here, by Rasa's clock."""
    return max((float(event.get("timestamp") or 0.0) for event in tracker.events), default=0.0)
