"""What a message is heard as, on either engine: its meaning, and whether the dialogue makes it a secret."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from bot.dialogue.events import Event, user_uttered
from bot.dialogue.messages import UserMessage
from bot.dialogue.payloads import parse_payload
from bot.dialogue.personal import PersonalText
from bot.dialogue.secrets import MASK, no_meaning, parse_at_secret, redacted
from bot.dialogue.tracker import Tracker
from bot.project.domain import Domain


class Parsed(Protocol):
    """What a parser gives back (`bot.nlu.ParseResult`)."""

    def as_dict(self) -> dict[str, Any]:
        """Rasa's `{text, intent, entities, intent_ranking}`."""
        ...


Parser = Callable[[str], Parsed]


class Heard(NamedTuple):
    """A message as a user event. Its `repr` does not show the text."""

    event: Event
    """With the real text, for the turn only."""
    logged: Event
    """As it may be stored: the same object when there is nothing to hide."""
    secret: bool

    @property
    def secret_text(self) -> str | None:
        """The text that must not be logged, when there is one."""
        return self.event["text"] if self.secret else None

    def __repr__(self) -> str:
        """Only what kind of message it is."""
        return f"Heard(secret={self.secret})"


class Hearing:
    """Hears the messages of any number of conversations."""

    def __init__(self, domain: Domain, parse: Parser, personal: PersonalText) -> None:
        """`personal` masks what is logged of messages that are no secrets."""
        self._domain = domain
        self._parse = parse
        self._personal = personal
        self._key = os.urandom(16)

    def at_secret(self, tracker: Tracker) -> bool:
        """Whether a secret is being asked for."""
        return tracker.requested_slot in self._domain.secret_slots

    def hear(self, tracker: Tracker, message: UserMessage, *, asked_secret: bool, now: float) -> Heard:
        """Hear one message; the tracker remembers a mark of a secret, for when it comes twice.

        `asked_secret`: whether a secret was being asked for when the message came, before the session may have ended.
        """
        text = message.text if message.masked else message.text.strip()
        # Sent twice: the second one comes when something else is asked, and is as secret as the first.
        again = tracker.last_secret is not None and tracker.last_secret == self._mark(text)
        secret = self.at_secret(tracker) or ((asked_secret or again) and not message.masked)
        metadata = {**message.metadata, "masked": True} if message.masked else message.metadata
        if secret:
            parsed = parse_at_secret(message, text, self._domain, self._meaning)
        elif message.masked:
            # A masked field where no secret is asked for: the page is late. Nobody gets to see the text.
            text = MASK
            parsed = no_meaning(text)
        else:
            payload = parse_payload(text, self._domain) if message.payloads else None
            parsed = payload if payload is not None else self._meaning(text)
        tracker.last_secret = self._mark(text) if secret else None
        event = user_uttered(text, parsed, input_channel=message.input_channel, metadata=metadata)
        event = {**event, "timestamp": now}
        logged = redacted(event) if secret else self._personal.masked(event)
        return Heard(_addressed(event, message.address), logged, secret)

    def logged(self, event: Event) -> Event:
        """A user event that is no secret, as it may be stored."""
        return self._personal.masked(event)

    def _meaning(self, words: str) -> dict[str, Any]:
        return self._parse(words).as_dict()

    def _mark(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256")


def _addressed(event: Event, address: str | None) -> Event:
    """The event with the patient's address in its metadata: for the turn only."""
    if address is None:
        return event
    metadata = {**event["metadata"], "address": address}
    return {**event, "metadata": metadata, "parse_data": {**event["parse_data"], "metadata": metadata}}
