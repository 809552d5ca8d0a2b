"""Secrets: their text lives for the turn that checks it, and in no event.

A message is secret by the state of the dialogue (which slot is asked for), never by what it looks like: a refused
password is still a password.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.dialogue.events import Event
from bot.dialogue.messages import UserMessage
from bot.dialogue.payloads import parse_payload
from bot.project.domain import Domain

MASK = "●●●●"
"""What is logged in place of a secret, whatever its length."""
_CONTAINED_FROM = 8
"""Texts at least this long are looked for inside other values too, not only as a whole."""
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\s?[?!]*")

Parser = Callable[[str], dict[str, Any]]


def no_meaning(text: str) -> dict[str, Any]:
    """Parse data of a message that nothing was looked for in."""
    return {"text": text, "intent": {"name": None, "confidence": 0.0}, "entities": [], "intent_ranking": []}


def parse_at_secret(message: UserMessage, text: str, domain: Domain, parse: Parser) -> dict[str, Any]:
    """Parse data of an answer to a secret's question, in memory only.

    From a masked field: the secret, whole. Otherwise an allowed payload is obeyed; one word of letters (perhaps a
    command) and anything with spaces is understood; the rest is the secret and nothing looks into it.
    """
    if message.masked:
        return no_meaning(text)
    if message.payloads and (payload := parse_payload(text, domain)) is not None:
        return payload
    spoken = len(text.split()) > 1 or _WORD.fullmatch(text) is not None
    if text.startswith("/") or not spoken:
        return no_meaning(text)
    return parse(text)


def redacted(event: Event) -> Event:
    """A user event without its text and what was found in it."""
    parsed = event["parse_data"]
    clean = {
        "text": MASK,
        "intent": dict(parsed.get("intent") or {}),
        "entities": [],
        "intent_ranking": [],
        "message_id": None,
        "metadata": event["metadata"],
    }
    return {**event, "text": MASK, "parse_data": clean}


def masked_field(slot: str | None, domain: Domain) -> dict[str, Any] | None:
    """The message that makes a client show a masked field for `slot`; None when it is no secret."""
    return {"custom": {"input": "secret", "slot": slot}} if slot in domain.secret_slots else None


class Redactor:
    """Keeps secrets out of the events of one turn."""

    def __init__(self, domain: Domain, secret: str | None = None) -> None:
        """`secret` is the text that must not be logged, when the turn has one."""
        self._slots = domain.secret_slots
        self._secret = secret.strip() if secret and secret.strip() else None

    def clean(self, event: Event) -> Event:
        """The event as it may be logged."""
        if event["event"] == "slot" and event["name"] in self._slots:
            value = event["value"]
            return event if value is None or isinstance(value, bool) else {**event, "value": MASK}
        if self._secret is None:
            return event
        cleaned = self.scrub(event)
        return cleaned if isinstance(cleaned, dict) else event

    def scrub(self, value: Any) -> Any:
        """Any JSON value without the secret in it."""
        secret = self._secret
        if secret is None:
            return value
        if isinstance(value, str):
            if value.strip() == secret:
                return MASK
            return value.replace(secret, MASK) if len(secret) >= _CONTAINED_FROM and secret in value else value
        if isinstance(value, dict):
            if not any(isinstance(inner, str | dict | list) for inner in value.values()):
                return value
            return {key: inner if key == "event" else self.scrub(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.scrub(inner) for inner in value]
        return value
