"""Telegram bots (https://core.telegram.org/bots/api)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.channels.base import (
    Capabilities,
    ChannelSettingsError,
    Inbound,
    MessagingChannel,
    Outgoing,
    body_of,
    forged,
    same,
)
from bot.channels.http import parse_object
from bot.channels.outbox import Outbox
from bot.channels.sms import in_characters
from bot.channels.text import Words, numbered
from bot.dialogue.messages import BotMessage
from bot.settings import Settings

API = "https://api.telegram.org"
LONGEST_TEXT = 4096
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_START = re.compile(r"/start(?:@\w+)?(?:\s.*)?", re.DOTALL)


class TelegramChannel(MessagingChannel):
    """Private chats with a bot; groups are left alone, what is said in them being read by others."""

    name = "telegram"
    provider = "Telegram"
    keys: Mapping[str, bool] = {
        "access_token": True,
        "secret_token": True,
        "verify": False,
        "webhook_url": False,
        "api_url": False,
    }
    capabilities = Capabilities(buttons=True, longest=LONGEST_TEXT)

    def __init__(self, options: Mapping[str, Any], settings: Settings) -> None:
        super().__init__(options, settings)
        if not _SECRET.fullmatch(self.option("secret_token")):
            raise ChannelSettingsError(
                "credentials.yml, canal telegram : secret_token compte de 16 à 256 lettres, chiffres, _ ou -."
            )
        given = self.option("webhook_url")
        if given and given != self.webhook_url:
            raise ChannelSettingsError(
                "credentials.yml, canal telegram : webhook_url se déduit de PUBLIC_URL ; retirez cette clé."
            )

    async def start(self, outbox: Outbox) -> None:
        """Tell Telegram where to deliver, with which secret, and what."""
        wanted = {
            "url": self.webhook_url,
            "secret_token": self.option("secret_token"),
            "allowed_updates": ["message", "callback_query"],
        }
        await outbox.post(self._method("setWebhook"), json=wanted)

    async def parse(self, request: web.Request) -> list[Inbound]:
        """Read an update; Telegram proves itself by the secret given to setWebhook."""
        body = await body_of(request)
        if not same(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), self.option("secret_token")):
            raise forged()
        message = _inbound(parse_object(body))
        return [message] if message is not None else []

    def render(self, replies: Sequence[BotMessage], words: Words) -> list[Outgoing]:
        """The turn's text, with an inline keyboard of one choice a line."""
        buttons = [button for reply in replies for button in reply.buttons or ()]
        bare = [BotMessage(text=reply.text, image=reply.image) for reply in replies]
        text = numbered(bare, words, self.name)
        parts: list[dict[str, Any]] = [{"text": part} for part in in_characters(text, LONGEST_TEXT)]
        if parts and buttons:
            rows = [
                [
                    {
                        "text": str(button.get("title", ""))[:64],
                        "callback_data": callback(str(button.get("payload") or button.get("title", ""))),
                    }
                ]
                for button in buttons
            ]
            parts[-1]["reply_markup"] = {"inline_keyboard": rows}
        return [Outgoing(part) for part in parts]

    def same_payload(self, pressed: str, payload: str) -> bool:
        """A pressed button sends the short form of its payload."""
        return same(pressed, callback(payload))

    async def send(self, recipient: str, message: Outgoing, outbox: Outbox) -> None:
        """Call sendMessage, without Markdown; the assistant's links are not previewed."""
        preview = {"link_preview_options": {"is_disabled": True}}
        await outbox.post(self._method("sendMessage"), json={"chat_id": recipient, **preview, **message.body})

    async def press(self, inbound: Inbound, outbox: Outbox) -> None:
        """Stop the little clock on a pressed button."""
        await outbox.post(self._method("answerCallbackQuery"), json={"callback_query_id": inbound.receipt}, attempts=1)

    def _method(self, name: str) -> str:
        # The token is part of the path: this URL is never logged.
        return f"{self.option('api_url') or API}/bot{self.option('access_token')}/{name}"


def callback(payload: str) -> str:
    """Give the short form of a payload: `callback_data` holds at most 64 bytes."""
    return "c:" + hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _inbound(update: Mapping[str, Any]) -> Inbound | None:
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    query = update.get("callback_query")
    if isinstance(query, dict):
        chat = _private_chat(query.get("message"))
        data, receipt = query.get("data"), query.get("id")
        if chat is None or not isinstance(data, str):
            return None
        return Inbound(str(number), chat, "", payload=data, receipt=receipt if isinstance(receipt, str) else None)
    message = update.get("message")
    chat = _private_chat(message)
    if chat is None or not isinstance(message, dict):
        return None
    text = message.get("text")
    if not isinstance(text, str):
        return Inbound(str(number), chat, unreadable=True)
    # « /start » opens every chat with a bot.
    return Inbound(str(number), chat, "bonjour" if _START.fullmatch(text.strip()) else text)


def _private_chat(message: object) -> str | None:
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(chat, dict) or chat.get("type") != "private":
        return None
    identity = chat.get("id")
    return str(identity) if isinstance(identity, int) and not isinstance(identity, bool) else None
