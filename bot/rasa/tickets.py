"""Tickets: what Rasa gets in place of a patient's words, good for one turn."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.dialogue.events import Event
from bot.dialogue.hearing import Heard
from bot.dialogue.messages import UserMessage
from bot.dialogue.secrets import MASK, no_meaning
from bot.dialogue.tracker import Tracker

_NUMBER = re.compile(r"ticket-[0-9a-f]{32}")


def is_ticket(text: object) -> bool:
    """Whether a text is a ticket's number, live or not."""
    return isinstance(text, str) and _NUMBER.fullmatch(text) is not None


def spent(event: Event) -> Event:
    """A user event of Rasa's whose ticket is no longer good: the words are nobody's any more."""
    return {**event, "text": MASK, "parse_data": {**(event.get("parse_data") or {}), "text": MASK}}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A message while its turn lasts; the `repr` shows nothing of it."""

    number: str
    sender_id: str
    channel: str
    """The channel that responses are chosen for."""
    heard: Heard = field(repr=False)
    said: dict[str, int] = field(repr=False)
    """Per response, the variation said last."""

    def as_sent(self) -> Event:
        """The message's event as Rasa may know it: no words, the meaning, personal values masked."""
        logged = self.heard.logged
        parsed = {**logged["parse_data"], "text": self.number}
        return {**logged, "text": self.number, "parse_data": parsed}

    def restored(self, event: Event, *, live: bool) -> Event:
        """A user event of Rasa's with the words back: the real ones (`live`), or those that may be stored."""
        ours = self.heard.event if live else self.heard.logged
        return {**event, "text": ours["text"], "parse_data": ours["parse_data"], "metadata": ours["metadata"]}


class Tickets:
    """The tickets of the turns that are going on; at most one a conversation, which its lock sees to."""

    def __init__(self) -> None:
        self._by_sender: dict[str, Ticket] = {}

    @contextmanager
    def issue(self, tracker: Tracker, message: UserMessage, heard: Heard) -> Iterator[Ticket]:
        """Make a ticket that is good while the block lasts."""
        number = f"ticket-{secrets.token_hex(16)}"
        ticket = Ticket(number, tracker.sender_id, message.output_channel(), heard, dict(tracker.variations))
        self._by_sender[tracker.sender_id] = ticket
        try:
            yield ticket
        finally:
            if self._by_sender.get(tracker.sender_id) is ticket:
                del self._by_sender[tracker.sender_id]

    def of(self, sender_id: object) -> Ticket | None:
        """The ticket of a conversation, while its turn lasts."""
        return self._by_sender.get(sender_id) if isinstance(sender_id, str) else None

    def __len__(self) -> int:
        """How many turns are going on."""
        return len(self._by_sender)


NOTHING = no_meaning("")
"""What a message means that came to Rasa past us."""
