"""Facebook Messenger (https://developers.facebook.com/docs/messenger-platform/webhooks)."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.base import Capabilities, Inbound, MessagingChannel, Outgoing, body_of, forged, same
from bot.channels.http import parse_object
from bot.channels.outbox import Outbox
from bot.channels.sms import in_characters
from bot.channels.text import Words, numbered
from bot.dialogue.messages import BotMessage

API = "https://graph.facebook.com/v23.0"
LONGEST_TEXT = 2000
MOST_QUICK_REPLIES = 13
LONGEST_TITLE = 20
LONGEST_PAYLOAD = 1000


class FacebookChannel(MessagingChannel):
    """A page's Messenger conversations."""

    name = "facebook"
    provider = "Facebook"
    keys: Mapping[str, bool] = {"verify": True, "secret": True, "page-access-token": True, "api_url": False}
    capabilities = Capabilities(buttons=True, longest=LONGEST_TEXT)

    def routes(self, receive: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> list[web.RouteDef]:
        """Rasa's paths, and the verification challenge."""
        return [*super().routes(receive), web.get("/webhooks/facebook/webhook", self._verify)]

    async def _verify(self, request: web.Request) -> web.Response:
        if request.query.get("hub.mode") != "subscribe" or not same(
            request.query.get("hub.verify_token", ""), self.option("verify")
        ):
            raise forged()
        challenge = request.query.get("hub.challenge", "")
        if not challenge.isalnum() or len(challenge) > 100:
            raise forged()
        return web.Response(text=challenge)

    async def parse(self, request: web.Request) -> list[Inbound]:
        """Read a batch of events; the signature covers the raw body."""
        body = await body_of(request)
        wanted = "sha256=" + hmac.digest(self.option("secret").encode(), body, "sha256").hex()
        if not same(request.headers.get("X-Hub-Signature-256", ""), wanted):
            raise forged()
        data = parse_object(body)
        if data.get("object") != "page":
            return []
        events = [event for entry in _dicts(data.get("entry")) for event in _dicts(entry.get("messaging"))]
        events.sort(key=_time)  # a batch may come shuffled; sorting keeps the order of equals
        return [message for event in events if (message := _message(event)) is not None]

    def acknowledged(self) -> web.Response:
        """As Facebook's examples do."""
        return web.Response(text="EVENT_RECEIVED")

    def render(self, replies: Sequence[BotMessage], words: Words) -> list[Outgoing]:
        """A message per reply, its choices as quick replies; titles too long for one are numbered in the text."""
        buttons = [button for reply in replies for button in reply.buttons or ()]
        if not buttons or len(buttons) > MOST_QUICK_REPLIES:
            text = numbered(replies, words, self.name)
            return [Outgoing({"text": part}) for part in in_characters(text, LONGEST_TEXT)]
        titles = [str(button.get("title", "")) for button in buttons]
        if all(0 < len(title) <= LONGEST_TITLE for title in titles):
            bare = [BotMessage(text=reply.text, image=reply.image) for reply in replies]
            text = numbered(bare, words, self.name)
        else:
            text = numbered(replies, words, self.name)
            titles = [str(number) for number in range(1, len(buttons) + 1)]
        quick = [
            {"content_type": "text", "title": title, "payload": str(button.get("payload") or button.get("title", ""))}
            for title, button in zip(titles, buttons, strict=True)
        ]
        parts: list[dict[str, Any]] = [{"text": part} for part in in_characters(text, LONGEST_TEXT)]
        if parts and all(len(reply["payload"]) <= LONGEST_PAYLOAD for reply in quick):
            parts[-1]["quick_replies"] = quick  # Messenger shows them under the last message only
        return [Outgoing(part) for part in parts]

    async def send(self, recipient: str, message: Outgoing, outbox: Outbox) -> None:
        """Post to the Send API, within the 24 hours that an answer may take."""
        token = self.option("page-access-token")
        body = {
            "recipient": {"id": recipient},
            "messaging_type": "RESPONSE",
            "message": dict(message.body),
        }
        query = {
            "access_token": token,
            # Proves that the caller has the app's secret too: a leaked page token alone is then worth nothing.
            "appsecret_proof": hmac.digest(self.option("secret").encode(), token.encode(), "sha256").hex(),
        }
        await outbox.post(f"{self.option('api_url') or API}/me/messages?{urlencode(query)}", json=body)


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _time(event: Mapping[str, Any]) -> float:
    stamp = event.get("timestamp")
    return float(stamp) if isinstance(stamp, (int, float)) and not isinstance(stamp, bool) else 0.0


def _message(event: Mapping[str, Any]) -> Inbound | None:
    """Read one event; None for what needs no answer (echoes of our own messages, receipts, reactions)."""
    sender = event.get("sender")
    identity = sender.get("id") if isinstance(sender, dict) else None
    if not isinstance(identity, str) or not identity:
        return None
    message, postback = event.get("message"), event.get("postback")
    if isinstance(postback, dict):
        mid = postback.get("mid") or f"{identity}:{event.get('timestamp')}"
        payload = postback.get("payload")
        return Inbound(
            id=f"postback:{mid}",
            sender=identity,
            text=_text(postback.get("title")),
            payload=payload if isinstance(payload, str) else None,
        )
    if not isinstance(message, dict) or message.get("is_echo") or message.get("is_deleted"):
        return None
    mid = message.get("mid")
    if not isinstance(mid, str) or not mid:
        return None
    quick = message.get("quick_reply")
    payload = quick.get("payload") if isinstance(quick, dict) else None
    text = _text(message.get("text"))
    return Inbound(
        id=mid,
        sender=identity,
        text=text,
        payload=payload if isinstance(payload, str) else None,
        unreadable=not text.strip() and payload is None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
