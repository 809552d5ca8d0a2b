"""Twilio: SMS and WhatsApp (https://www.twilio.com/docs/messaging/guides/webhook-request)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

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
from bot.channels.http import ApiError
from bot.channels.outbox import Outbox
from bot.channels.sms import MOST_SEGMENTS, in_segments, mended
from bot.channels.text import Words, numbered
from bot.dialogue.messages import BotMessage
from bot.settings import Settings

API = "https://api.twilio.com"
_WHATSAPP = "whatsapp:"
_CARRIER = {"STOP": "stop", "START": "start", "HELP": "help"}
_EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


class TwilioChannel(MessagingChannel):
    """Text messages; replies go out through the REST API, not in the webhook's answer."""

    name = "twilio"
    provider = "Twilio"
    keys: Mapping[str, bool] = {
        "account_sid": True,
        "auth_token": True,
        "twilio_number": True,
        "trust_forwarded": False,
        "api_url": False,
    }
    capabilities = Capabilities(segments=MOST_SEGMENTS, keywords=True)

    def __init__(self, options: Mapping[str, Any], settings: Settings) -> None:
        super().__init__(options, settings)
        self._forwarded = _yes(self.option("trust_forwarded"))
        if self._forwarded and not settings.proxy_hops:
            raise ChannelSettingsError(
                "credentials.yml, canal twilio : trust_forwarded demande SOFY_PROXY_HOPS, le nombre de serveurs "
                "mandataires devant l'assistant."
            )

    async def parse(self, request: web.Request) -> list[Inbound]:
        """Read Twilio's form; its signature covers the public URL and every field."""
        try:
            text = (await body_of(request)).decode("ascii")
            fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200)
        except ValueError:
            raise forged() from None
        given = request.headers.get("X-Twilio-Signature", "")
        if not any(same(given, self.signature(url, fields)) for url in self._urls(request)):
            raise forged()
        return _messages(dict(reversed(fields)))

    def signature(self, url: str, fields: Sequence[tuple[str, str]]) -> str:
        """Sign as Twilio does: HMAC-SHA1 of the URL and the sorted fields, each once."""
        return sign(self.option("auth_token"), url, fields)

    def _urls(self, request: web.Request) -> list[str]:
        """The URLs that Twilio may have called: the public one; the forwarded one only when that is configured."""
        urls = [self.webhook_url]
        if self._forwarded:
            scheme = request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip()
            host = request.headers.get("X-Forwarded-Host", "").split(",")[0].strip()
            if scheme in {"http", "https"} and host:
                urls.append(f"{scheme}://{host}{request.rel_url.raw_path}")
        query = request.rel_url.raw_query_string
        urls = [f"{url}?{query}" if query else url for url in urls]
        return [variant for url in urls for variant in _with_and_without_port(url)]

    def acknowledged(self) -> web.Response:
        """TwiML that says nothing: the replies come by the REST API."""
        return web.Response(text=_EMPTY_ANSWER, content_type="text/xml")

    def render(self, replies: Sequence[BotMessage], words: Words) -> list[Outgoing]:
        """One text for the whole turn (texts may arrive in another order), cut at 3 segments."""
        text = numbered(replies, words, self.name)
        return [Outgoing({"Body": part}) for part in in_segments(text, MOST_SEGMENTS)]

    async def send(self, recipient: str, message: Outgoing, outbox: Outbox) -> None:
        """Create a Message resource."""
        number = self.option("twilio_number")
        if number.startswith("MG"):
            sender = {"MessagingServiceSid": number}
        else:
            plain = number.removeprefix(_WHATSAPP)
            sender = {"From": _WHATSAPP + plain if recipient.startswith(_WHATSAPP) else plain}
        account = self.option("account_sid")
        url = f"{self.option('api_url') or API}/2010-04-01/Accounts/{account}/Messages.json"
        form = {"To": recipient, **sender, "Body": str(message.body["Body"])}
        await outbox.post(url, form=form, auth=(account, self.option("auth_token")))


def sign(token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """Give Twilio's signature (https://www.twilio.com/docs/usage/security#validating-requests)."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.digest(token.encode(), text.encode("utf-8", "surrogatepass"), "sha1")
    return base64.b64encode(digest).decode()


def _messages(form: Mapping[str, str]) -> list[Inbound]:
    sender = form.get("From", "")
    identity = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    if not sender or not identity:
        raise ApiError(400, "not_a_message", "From and MessageSid are expected")
    if "MessageStatus" in form and "Body" not in form:
        return []  # a delivery receipt
    text = mended(form.get("Body", ""))
    media = form.get("NumMedia", "0")
    return [
        Inbound(
            id=identity,
            sender=sender,
            text=text,
            unreadable=not text.strip() and media not in {"", "0"},
            carrier=_CARRIER.get(form.get("OptOutType", "").upper()),
        )
    ]


def _with_and_without_port(url: str) -> list[str]:
    """Twilio signs some URLs with the standard port and some without, as the official libraries note."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return [url]
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    standard = 443 if parts.scheme == "https" else 80
    return [url, urlunsplit(parts._replace(netloc=host if port else f"{host}:{standard}"))]


def _yes(text: str) -> bool:
    return text.strip().lower() in {"true", "yes", "1", "oui"}
