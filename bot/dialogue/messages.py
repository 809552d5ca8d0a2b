"""What goes in and out of a turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.events import Event


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What a user sent; its `repr` does not show the text."""

    text: str = field(repr=False)
    sender_id: str
    input_channel: str = "rest"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    payloads: bool = True
    """Whether `/intent{…}` is obeyed (False for what patients type in a web chat or a text message)."""
    masked: bool = False
    """Whether the text comes from a masked field: at a secret's question, all of it is the secret."""
    address: str | None = field(default=None, repr=False)
    """The patient's network address, where it is known; actions see it as `metadata.address`, and nothing logs it."""

    def output_channel(self) -> str:
        """Name that responses are selected by: for REST it is Rasa's `collector`."""
        return "collector" if self.input_channel in {"rest", "cmdline"} else self.input_channel


@dataclass(frozen=True, slots=True)
class BotMessage:
    """One message to the user, with exactly one of `text` (and perhaps buttons), `custom`, `image`, `attachment`."""

    text: str | None = None
    buttons: list[dict[str, Any]] | None = None
    custom: dict[str, Any] | None = None
    image: str | None = None
    attachment: dict[str, Any] | str | None = None
    name: str | None = None
    """Response or action it comes from (`utter_…`), when known; not part of what the client gets."""

    def as_rest(self, recipient_id: str) -> dict[str, Any]:
        """The message as Rasa's REST channel sends it."""
        parts = {
            "text": self.text,
            "image": self.image,
            "buttons": self.buttons,
            "attachment": self.attachment,
            "custom": self.custom,
        }
        return {
            "recipient_id": recipient_id,
            **{name: part for name, part in parts.items() if part is not None},
        }


def split(event: Event) -> Iterable[BotMessage]:
    """The messages that one bot event stands for, in the order of Rasa's collecting channel."""
    data, metadata = event.get("data") or {}, event.get("metadata") or {}
    text, name = event.get("text"), metadata.get("utter_action")
    if data.get("quick_replies") or data.get("buttons"):
        yield BotMessage(text=text, buttons=data.get("quick_replies") or data["buttons"], name=name)
    elif text:
        yield from _paragraphs(text, name)
    if data.get("custom"):
        yield BotMessage(custom=data["custom"], name=name)
    if data.get("image"):
        yield BotMessage(image=data["image"], name=name)
    # An image is logged as the attachment too, when there is no other.
    if data.get("attachment") and data["attachment"] != data.get("image"):
        yield BotMessage(attachment=data["attachment"], name=name)
    for element in data.get("elements") or ():
        title = f"{element.get('title', '')} : {element.get('subtitle', '')}"
        yield BotMessage(text=title, buttons=element.get("buttons", []), name=name)


def _paragraphs(text: str, name: str | None) -> Iterable[BotMessage]:
    """A text is split at blank lines, as Rasa's channels do."""
    for part in text.strip().split("\n\n"):
        yield BotMessage(text=part, name=name)
