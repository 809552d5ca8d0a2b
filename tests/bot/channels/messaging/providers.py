"""Stand-ins for the providers: a local server that checks what is sent to it, and telephones that sign as they do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web

from bot.channels.exchange import Exchange
from bot.channels.sms import segments

SID, TOKEN = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef"
PAGE_TOKEN, APP_SECRET, VERIFY = "EAApage", "app-secret", "verify-me"
BOT_TOKEN, HOOK_SECRET = "123456:ABC-def", "hook_secret-0123456789"
NUMBER = "+15145550100"

CREDENTIALS: dict[str, dict[str, str]] = {
    "twilio": {"account_sid": SID, "auth_token": TOKEN, "twilio_number": NUMBER},
    "facebook": {"verify": VERIFY, "secret": APP_SECRET, "page-access-token": PAGE_TOKEN},
    "telegram": {"access_token": BOT_TOKEN, "secret_token": HOOK_SECRET},
}


@dataclass
class Sent:
    """One message that the assistant sent."""

    to: str
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)  # title, what pressing it sends


class ProviderApi:
    """The three providers' APIs on one local server; what does not keep their contracts is a 400, and noted."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.wrong: list[str] = []
        self.calls: list[str] = []
        self.script: deque[web.Response] = deque()  # answers to the next calls, instead of the usual one
        self.webhook: dict[str, Any] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/2010-04-01/Accounts/{sid}/Messages.json", self._twilio)
        app.router.add_post("/me/messages", self._facebook)
        app.router.add_post("/bot{token}/{method}", self._telegram)
        return app

    def to(self, recipient: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.to == recipient]

    async def _twilio(self, request: web.Request) -> web.Response:
        self.calls.append("twilio")
        if self.script:
            return self.script.popleft()
        form = dict(await request.post())
        login = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        self._check(request.content_type == "application/x-www-form-urlencoded", "content type")
        self._check(login == f"{SID}:{TOKEN}", "login")
        self._check(request.match_info["sid"] == SID, "account")
        self._check(set(form) == {"To", "From", "Body"}, "fields")
        self._check(0 < len(str(form["Body"])) <= 1600, "length")
        self._check(segments(str(form["Body"])) <= 3, "segments")
        whatsapp = str(form["To"]).startswith("whatsapp:")
        self._check(str(form["From"]).startswith("whatsapp:") == whatsapp, "WhatsApp speaks to WhatsApp")
        self.sent.append(Sent(str(form["To"]), str(form["Body"])))
        return web.json_response({"sid": f"SM{len(self.sent):032}", "status": "queued"}, status=201)

    async def _facebook(self, request: web.Request) -> web.Response:
        self.calls.append("facebook")
        if self.script:
            return self.script.popleft()
        body = await request.json()
        proof = hmac.new(APP_SECRET.encode(), PAGE_TOKEN.encode(), hashlib.sha256).hexdigest()
        self._check(dict(request.query) == {"access_token": PAGE_TOKEN, "appsecret_proof": proof}, "tokens")
        self._check(body["messaging_type"] == "RESPONSE", "type")
        message = body["message"]
        self._check(set(message) <= {"text", "quick_replies"}, "fields")
        self._check(0 < len(message["text"]) <= 2000, "length")
        quick = message.get("quick_replies", [])
        self._check(len(quick) <= 13, "13 quick replies")
        self._check(all(len(reply["title"]) <= 20 and len(reply["payload"]) <= 1000 for reply in quick), "quick reply")
        buttons = [(reply["title"], reply["payload"]) for reply in quick]
        self.sent.append(Sent(body["recipient"]["id"], message["text"], buttons))
        return web.json_response({"recipient_id": body["recipient"]["id"], "message_id": f"m_{len(self.sent)}"})

    async def _telegram(self, request: web.Request) -> web.Response:
        method, body = request.match_info["method"], await request.json()
        self.calls.append(method)
        if self.script:
            return self.script.popleft()
        self._check(request.match_info["token"] == BOT_TOKEN, "token")
        if method == "setWebhook":
            self.webhook = body
        elif method == "sendMessage":
            self._check(0 < len(body["text"]) <= 4096, "length")
            self._check("parse_mode" not in body, "plain text")
            rows = body.get("reply_markup", {}).get("inline_keyboard", [])
            buttons = [(button["text"], button["callback_data"]) for row in rows for button in row]
            self._check(all(len(data.encode()) <= 64 for _title, data in buttons), "callback_data")
            self.sent.append(Sent(body["chat_id"], body["text"], buttons))
        else:
            self._check(method == "answerCallbackQuery", "method")
        return web.json_response({"ok": True, "result": True})

    def _check(self, good: bool, what: str) -> None:
        if not good:
            self.wrong.append(what)
            raise web.HTTPBadRequest(text=what)


_numbers = itertools.count(1)


class Phone(ABC):
    """A patient's telephone on one provider."""

    channel: str

    def __init__(self, client: Any, exchange: Exchange, api: ProviderApi, public_url: str, address: str) -> None:
        self.client, self.exchange, self.api = client, exchange, api
        self.public_url = public_url
        self.address = address
        self._read = 0

    @abstractmethod
    async def post(self, text: str = "", *, identity: str | None = None, **more: Any) -> aiohttp.ClientResponse:
        """Deliver one message, signed; the answer to the webhook."""

    async def text(self, text: str, **more: Any) -> str:
        """Send a text and give what comes back."""
        answer = await self.post(text, **more)
        assert answer.status == 200, await answer.text()
        return await self.news()

    async def news(self) -> str:
        """What came since the last look, once nothing is under way any more."""
        await self.exchange.idle()
        mine = self.api.to(self.address)
        new, self._read = mine[self._read :], len(mine)
        assert not self.api.wrong, self.api.wrong
        return "\n".join(sent.text for sent in new)

    async def press(self, title: str) -> str:
        """Press a button of the last message, or do what stands for it."""
        return await self.text(title)

    @property
    def last(self) -> Sent:
        return self.api.to(self.address)[-1]


class SmsPhone(Phone):
    channel = "twilio"

    async def post(self, text: str = "", *, identity: str | None = None, **more: Any) -> aiohttp.ClientResponse:
        signature = more.pop("signature", None)
        fields = {
            "MessageSid": identity or f"SM{next(_numbers):032}",
            "AccountSid": SID,
            "From": self.address,
            "To": NUMBER,
            "Body": text,
            "NumMedia": "0",
            "NumSegments": "1",
            **more,
        }
        url = f"{self.public_url}/webhooks/twilio/webhook"
        headers = {"X-Twilio-Signature": signature if signature is not None else twilio_signature(url, fields)}
        return await self.client.post("/webhooks/twilio/webhook", data=fields, headers=headers)


class WhatsAppPhone(SmsPhone):
    pass


class MessengerPhone(Phone):
    channel = "facebook"

    async def post(self, text: str = "", *, identity: str | None = None, **more: Any) -> aiohttp.ClientResponse:
        message = {"mid": identity or f"m_{next(_numbers)}", "text": text, **more.pop("message", {})}
        return await self.deliver([{**self.event(), "message": message, **more}])

    def event(self, stamp: int = 1) -> dict[str, Any]:
        return {"sender": {"id": self.address}, "recipient": {"id": "PAGE"}, "timestamp": stamp}

    async def deliver(self, events: list[dict[str, Any]], signature: str | None = None) -> aiohttp.ClientResponse:
        body = json.dumps({"object": "page", "entry": [{"id": "PAGE", "time": 1, "messaging": events}]}).encode()
        mark = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": signature if signature is not None else f"sha256={mark}"}
        return await self.client.post(
            "/webhooks/facebook/webhook", data=body, headers={**headers, "Content-Type": "application/json"}
        )

    async def press(self, title: str) -> str:
        payload = dict(self.last.buttons).get(title)
        if payload is None:
            return await self.text(title)
        return await self.text(title, message={"quick_reply": {"payload": payload}})


class TelegramPhone(Phone):
    channel = "telegram"

    async def post(self, text: str = "", *, identity: str | None = None, **more: Any) -> aiohttp.ClientResponse:
        message = {"message_id": 1, "chat": self.chat(), "text": text}
        number = int(identity) if identity else next(_numbers)
        return await self.deliver({"update_id": number, "message": {**message, **more}})

    def chat(self) -> dict[str, Any]:
        return {"id": int(self.address), "type": "private"}

    async def deliver(self, update: dict[str, Any], secret: str = HOOK_SECRET) -> aiohttp.ClientResponse:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return await self.client.post("/webhooks/telegram/webhook", json=update, headers=headers)

    async def press(self, title: str) -> str:
        data = dict(self.last.buttons).get(title)
        if data is None:
            return await self.text(title)
        query = {"id": f"q{next(_numbers)}", "data": data, "message": {"chat": self.chat()}}
        answer = await self.deliver({"update_id": next(_numbers), "callback_query": query})
        assert answer.status == 200
        return await self.news()


def twilio_signature(url: str, fields: dict[str, str]) -> str:
    """As Twilio's documentation says; written apart from the code under test."""
    # What arrives is what was encoded: a pair at a time, sorted by name.
    pairs = parse_qsl(urlencode(fields), keep_blank_values=True)
    text = url + "".join(f"{name}{value}" for name, value in sorted(pairs))
    return base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()


PHONES: dict[str, tuple[type[Phone], str]] = {
    "sms": (SmsPhone, "+15145550111"),
    "whatsapp": (WhatsAppPhone, "whatsapp:+15145550112"),
    "messenger": (MessengerPhone, "4455667788"),
    "telegram": (TelegramPhone, "99887766"),
}
