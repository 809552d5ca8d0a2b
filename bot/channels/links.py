"""Secrets by link: a small page with a masked field, for conversations that have none.

`PUBLIC_URL/s/<token>`: 15 minutes, one use, bound to one conversation and one question. Looking at the page uses
nothing up (messaging apps fetch links to preview them); sending its form does. After each step the browser is sent on
(303), so that a reload sends nothing twice. The page works without scripts.
"""

from __future__ import annotations

import html
import logging
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.channels.base import TYPED_SECRETS, MessagingChannel, body_of
from bot.channels.exchange import BY_LINK, Exchange, too_many
from bot.channels.http import RUNTIME, client_address
from bot.channels.lanes import LaneFullError
from bot.channels.replies import secret_asked
from bot.dialogue.messages import BotMessage, UserMessage
from bot.service import Pending, RateLimitedError
from bot.storage.database import StorageError
from bot.storage.locks import LockTimeoutError

LIFE_SECONDS = 15 * 60.0
_TOKEN_BYTES = 16  # 22 characters in a text message, and nothing to guess
_WEB = Path(__file__).resolve().parent.parent / "web"
_AUTOCOMPLETE = {
    "password": "new-password",
    "password_confirmation": "new-password",
    "login_password": "current-password",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
}

logger = logging.getLogger(__name__)


class StaleLinkError(Exception):
    """The conversation asks for something else by now."""


class SecretLinks:
    """Makes the links and serves their pages."""

    def __init__(self, exchange: Exchange, public_url: str) -> None:
        self._exchange = exchange
        self._public_url = public_url
        self._form = Template((_WEB / "secret.html").read_text(encoding="utf-8"))
        self._done = (_WEB / "secret-done.html").read_text(encoding="utf-8")
        self._gone = (_WEB / "secret-gone.html").read_text(encoding="utf-8")
        self._busy = (_WEB / "secret-busy.html").read_text(encoding="utf-8")
        exchange.links = self

    def routes(self) -> list[web.RouteDef]:
        """Give the page's routes."""
        return [
            web.get("/s/fini", self._finished),
            web.get("/s/{token}", self._show),
            web.post("/s/{token}", self._take),
        ]

    async def make(self, channel: str, sender: str, conversation: str, slot: str, asked: Sequence[BotMessage]) -> str:
        """Give the address of a page that asks for a secret, in the words of these messages."""
        token = await self._new_token(channel, sender, conversation, slot, asked, again=False)
        return f"{self._public_url}/s/{token}"

    async def _new_token(
        self,
        channel: str,
        sender: str,
        conversation: str,
        slot: str,
        asked: Sequence[BotMessage],
        *,
        again: bool,
    ) -> str:
        body = {
            "channel": channel,
            "sender": sender,
            "conversation": conversation,
            "slot": slot,
            "lines": [line for reply in asked if reply.text for line in reply.text.split("\n")],
            "buttons": [dict(button) for reply in asked for button in reply.buttons or ()],
            "again": again,
        }
        return await self._store_link(body)

    async def _store_link(self, body: Mapping[str, Any]) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        await self._exchange.store.add_link(token, str(body["conversation"]), dict(body), LIFE_SECONDS)
        return token

    # -- pages

    async def _too_many(self, request: web.Request) -> web.Response | None:
        """Refuse an address that asks for too many pages, before anything is looked up: the link stays as it is."""
        wait = await request.app[RUNTIME].service.page_wait(client_address(request))
        if not wait:
            return None
        page = _html(self._busy, status=429)
        page.headers["Retry-After"] = str(wait)
        return page

    async def _show(self, request: web.Request) -> web.StreamResponse:
        if (refusal := await self._too_many(request)) is not None:
            return refusal
        token = request.match_info["token"]
        body = await self._exchange.store.link(token)
        if body is None or (await request.app[RUNTIME].service.pending(body["conversation"])).slot != body["slot"]:
            return _html(self._gone, status=410)
        return _html(self._page(token, body))

    async def _finished(self, _request: web.Request) -> web.StreamResponse:
        return _html(self._done)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        if (refusal := await self._too_many(request)) is not None:
            return refusal
        token = request.match_info["token"]
        given = _fields(await body_of(request))
        body = await self._exchange.store.link(token)
        channel = self._exchange.channels.get(str(body["channel"])) if body else None
        if body is None or channel is None:
            return _html(self._gone, status=410)
        message = _message(body, given)
        if message is None:
            return _html(self._page(token, body), status=422)
        if await self._exchange.store.take_link(token) is None:
            return _html(self._gone, status=410)  # someone was faster
        return await self._answer(request, channel, body, message)

    async def _answer(
        self, request: web.Request, channel: MessagingChannel, body: dict[str, Any], message: UserMessage
    ) -> web.StreamResponse:
        def read(given: UserMessage, pending: Pending) -> UserMessage:
            if pending.slot != body["slot"]:
                raise StaleLinkError
            return given

        try:
            replies = await self._exchange.answer_link(message, read, client_address(request))
        except StaleLinkError:
            return _html(self._gone, status=410)
        except RateLimitedError as error:
            return await self._later(body, channel, error.retry_after, too_many(error))
        except (LaneFullError, LockTimeoutError, StorageError) as error:
            logger.error("channel=%s a link was not answered error=%s", channel.name, type(error).__name__)
            return await self._later(body, channel, 5, "utter_too_fast")
        try:
            await self._exchange.store.drop_links(message.sender_id)
        except StorageError as error:  # the other links end by themselves: their question is answered
            logger.error("links not dropped: %s", error)
        asking = secret_asked(replies)
        slot = str(asking.custom["slot"]) if asking is not None and asking.custom else ""
        sender = str(body["sender"])
        if slot and slot not in TYPED_SECRETS:
            again = slot == body["slot"]
            token = await self._new_token(channel.name, sender, message.sender_id, slot, replies, again=again)
            return _see(f"/s/{token}")
        await self._exchange.deliver(channel, sender, message.sender_id, [], replies)
        return _see("/s/fini")

    async def _later(
        self, body: Mapping[str, Any], channel: MessagingChannel, seconds: int, response: str
    ) -> web.Response:
        """Nothing was done with the secret: the same question, with a link that is good again."""
        said = self._exchange.words.say(response, channel.name)
        again = {**body, "lines": [said, *(line for line in body["lines"] if line != said)], "again": True}
        token = await self._store_link(again)
        page = _html(self._page(token, again), status=429)
        page.headers["Retry-After"] = str(seconds)
        return page

    def _page(self, token: str, body: Mapping[str, Any]) -> str:
        slot, channel = str(body["slot"]), str(body["channel"])
        words = self._exchange.words
        label = words.say(f"utter_secret_label_{slot}", channel) or words.say("utter_secret_label", channel)
        return self._form.substitute(
            error="Erreur – " if body["again"] else "",
            role='role="alert"' if body["again"] else "",
            invalid="true" if body["again"] else "false",
            action=f"/s/{html.escape(token)}",
            lines=_paragraphs(body["lines"]),
            label=html.escape(label),
            autocomplete=_AUTOCOMPLETE.get(slot, "off"),
            buttons="\n".join(
                f'<li><button class="button second" name="choice" value="{number}" formnovalidate>'
                f"{html.escape(str(button.get('title', '')))}</button></li>"
                for number, button in enumerate(body["buttons"])
            ),
        )


def _fields(body: bytes) -> dict[str, str]:
    """Read the form; the first value of each field. What can't be read counts as empty."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def _message(body: Mapping[str, Any], given: Mapping[str, str]) -> UserMessage | None:
    """Give the message that a form stands for: the secret, or one of its own buttons; None when it is empty."""
    conversation, channel = str(body["conversation"]), str(body["channel"])
    choice = given.get("choice", "")
    if choice.isascii() and choice.isdecimal() and len(choice) < 3 and int(choice) < len(body["buttons"]):
        button = body["buttons"][int(choice)]
        text = str(button.get("payload") or button.get("title", ""))
        metadata = {**BY_LINK, "title": str(button.get("title", ""))}
        return UserMessage(text, conversation, channel, metadata, payloads=True)
    if not given.get("secret"):
        return None
    metadata = {**BY_LINK, "input": "secret"}
    return UserMessage(given["secret"], conversation, channel, metadata, payloads=False, masked=True)


def _paragraphs(lines: Sequence[str]) -> str:
    parts: list[str] = []
    for line in lines:
        item = line.startswith("- ")
        text = html.escape(line.removeprefix("- "))
        if item and parts and parts[-1].endswith("</ul>"):
            parts[-1] = parts[-1].removesuffix("</ul>") + f"<li>{text}</li></ul>"
        elif text.strip():
            parts.append(f"<ul><li>{text}</li></ul>" if item else f"<p>{text}</p>")
    return "\n".join(parts)


def _html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={**_HEADERS, "Location": path})
