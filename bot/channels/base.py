"""What a messaging channel is: how requests become messages, what it can show, how replies are sent.

A new channel is one class derived from `MessagingChannel`; the exchange (bot/channels/exchange.py) does the rest:
duplicates, order, choices, secrets by link, STOP. See docs/channels.md.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.http import LARGEST_BODY, ApiError
from bot.channels.outbox import Outbox
from bot.channels.text import Words
from bot.dialogue.messages import BotMessage
from bot.errors import SofyError
from bot.settings import Settings

TYPED_SECRETS = frozenset({"activation_code"})
"""Secrets that may be typed in any channel: worth nothing elsewhere, and dead once used."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show and take."""

    buttons: bool = False
    masked_field: bool = False
    links: bool = True
    longest: int | None = None
    """UTF-16 units in one message."""
    segments: int | None = None
    """SMS segments in one message."""
    keywords: bool = False
    """Whether STOP, ARRET and AIDE have the meaning that carriers give them."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from a sender; its `repr` shows neither who nor what."""

    id: str
    """The provider's id: the same one is taken once."""
    sender: str = field(repr=False)
    """The provider's address of the sender (a telephone number, a page-scoped id): replies go there."""
    text: str = field(default="", repr=False)
    payload: str | None = field(default=None, repr=False)
    """The button that was pressed."""
    unreadable: bool = False
    """It was a picture, a voice message …"""
    carrier: str | None = None
    """A keyword that the carrier has answered already: stop, start, help."""
    receipt: str | None = None
    """What the channel needs to acknowledge a pressed button."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as the provider's API takes it."""

    body: Mapping[str, Any] = field(repr=False)


class ChannelSettingsError(SofyError):
    """credentials.yml can't be used; one French sentence for the operator."""


class MessagingChannel(ABC):
    """One provider. `name` is the key in credentials.yml, the channel of responses and the place of its webhook."""

    name: str
    provider: str
    keys: Mapping[str, bool]
    """Keys of its section of credentials.yml, and whether each is required."""
    capabilities = Capabilities()

    def __init__(self, options: Mapping[str, Any], settings: Settings) -> None:
        """Raises ChannelSettingsError: a channel whose deliveries can't be told from forged ones does not start."""
        self.options = checked_options(self, options)
        check_public_url(self, settings)
        self.webhook_url = f"{settings.public_url}/webhooks/{self.name}/webhook"

    @abstractmethod
    async def parse(self, request: web.Request) -> list[Inbound]:
        """Check where a delivery comes from and read it, oldest message first.

        Raises ApiError 403 when it is not the provider's, 400 when it can't be read. What needs no answer (receipts,
        echoes, groups) is left out.
        """

    @abstractmethod
    def render(self, replies: Sequence[BotMessage], words: Words) -> list[Outgoing]:
        """Turn the replies of a turn into messages, in order. Secrets were turned into links before."""

    @abstractmethod
    async def send(self, recipient: str, message: Outgoing, outbox: Outbox) -> None:
        """Send one message. Raises NotSentError."""

    def acknowledged(self) -> web.Response:
        """What the provider is answered when a delivery is taken."""
        return web.Response(text="ok")

    def same_payload(self, pressed: str, payload: str) -> bool:
        """Tell whether what a pressed button sends stands for `payload`."""
        return pressed == payload

    async def start(self, outbox: Outbox) -> None:  # noqa: B027  (most need nothing)
        """Prepare the provider, where that is needed; runs behind the start of the program."""

    async def press(self, inbound: Inbound, outbox: Outbox) -> None:  # noqa: B027  (most need nothing)
        """Tell the provider that a pressed button was noticed, where it waits for that."""

    def routes(self, receive: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> list[web.RouteDef]:
        """Give the channel's routes: Rasa's paths."""
        return [web.post(f"/webhooks/{self.name}/webhook", receive), web.get(f"/webhooks/{self.name}/", _health)]

    def option(self, key: str) -> str:
        """Give a setting, "" when it is not set."""
        return str(self.options.get(key) or "")


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def checked_options(channel: MessagingChannel, options: Mapping[str, Any]) -> dict[str, str]:
    """Check a section of credentials.yml: known keys, required ones set. Raises ChannelSettingsError."""
    where = f"credentials.yml, canal {channel.name}"
    unknown = sorted(set(options) - set(channel.keys))
    if unknown:
        raise ChannelSettingsError(f"{where} : la clé {unknown[0]} n'est pas prise en charge.")
    values = {key: str(value).strip() for key, value in options.items() if value is not None}
    for key, required in channel.keys.items():
        if required and not values.get(key):
            raise ChannelSettingsError(
                f"{where} : il manque {key} ; sans lui, rien ne prouve qu'un message vient de {channel.provider}, "
                "et le canal ne démarre pas (voir docs/channels.md)."
            )
        if "${" in values.get(key, ""):
            raise ChannelSettingsError(f"{where} : la variable de {key} n'est pas réglée dans l'environnement.")
    return values


def check_public_url(channel: MessagingChannel, settings: Settings) -> None:
    """The provider calls PUBLIC_URL, and patients open its links: https, or this machine in demo mode."""
    parts = urlsplit(settings.public_url)
    at_home = settings.demo and "public_url" in settings.model_fields_set and parts.hostname in _THIS_MACHINE
    if parts.scheme != "https" and not at_home:
        raise ChannelSettingsError(
            f"credentials.yml, canal {channel.name} : réglez PUBLIC_URL à l'adresse https:// de l'assistant, celle que "
            f"{channel.provider} appelle et que les patients ouvrent (voir docs/channels.md)."
        )


_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


async def body_of(request: web.Request) -> bytes:
    """Read a delivery. Raises ApiError 413."""
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        raise ApiError(413, "body_too_large", f"a body holds at most {LARGEST_BODY} bytes")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "body_too_large", f"a body holds at most {LARGEST_BODY} bytes") from None


def same(given: str, wanted: str) -> bool:
    """Compare a signature or a token in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())


def forged() -> ApiError:
    """A delivery that is not the provider's; the answer does not say what is wrong with it."""
    return ApiError(403, "not_signed", "this delivery is not signed as it should be")
