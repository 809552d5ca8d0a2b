"""Questions for a secret on a channel that has no masked field: what is said there instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.base import TYPED_SECRETS, Capabilities
from bot.dialogue.messages import BotMessage


@dataclass(frozen=True, slots=True)
class AskedByLink:
    """A secret that is asked for in a turn's replies."""

    slot: str
    question: str | None
    """Name of the response that asks."""
    shown: tuple[BotMessage, ...]
    """What the page behind the link shows."""


def secret_asked(replies: Sequence[BotMessage]) -> BotMessage | None:
    """Give the last message that asks the client for a secret (`custom: {input: secret, slot: …}`)."""
    for reply in reversed(replies):
        if reply.custom and reply.custom.get("input") == "secret" and isinstance(reply.custom.get("slot"), str):
            return reply
    return None


def asks_by_link(replies: Sequence[BotMessage], capabilities: Capabilities) -> AskedByLink | None:
    """Tell whether these replies ask for a secret that this channel takes by link only.

    A message that only keeps a client's masked field open, and asks nothing, needs no new link.
    """
    asking = secret_asked(replies)
    if asking is None or asking.custom is None or capabilities.masked_field:
        return None
    slot = str(asking.custom["slot"])
    question = tuple(reply for reply in replies if reply.text and reply.name == asking.name and asking.name)
    if slot in TYPED_SECRETS or not question:
        return None
    return AskedByLink(slot, asking.name, question)


def with_link(replies: Sequence[BotMessage], asked: AskedByLink, said: BotMessage) -> list[BotMessage]:
    """Put the sentence with the link in place of the words that ask for the secret."""
    rest = [reply for reply in replies if not reply.custom and reply not in asked.shown]
    return [*rest, said]
