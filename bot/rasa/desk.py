"""The desk where Rasa asks what it was not told: a message's meaning, its actions, the words of its responses.

Three paths of Rasa's own protocols: `/model/parse` (`nlu` in Rasa's endpoints.yml), `/webhook` (`action_endpoint`)
and `/nlg` (`nlg`). They answer for conversations whose turn is going on, and for no other: what reaches Rasa past our
channels is neither understood nor acted on.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.dialogue.action_client import ActionCaller, ActionFailedError, ActionRejectedError
from bot.dialogue.responses import Responses
from bot.dialogue.secrets import MASK, Redactor
from bot.dialogue.state import State
from bot.dialogue.tracker import View
from bot.project.domain import Domain
from bot.project.names import ACTION_SESSION_START
from bot.rasa.sealing import Sealing
from bot.rasa.tickets import NOTHING, Ticket, Tickets, is_ticket, spent

logger = logging.getLogger(__name__)

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes: Rasa sends its whole domain and tracker with every call."""


class Desk:
    """Answers one Rasa server."""

    def __init__(
        self,
        domain: Domain,
        actions: ActionCaller,
        tickets: Tickets,
        sealing: Sealing,
        *,
        token: SecretStr | None = None,
    ) -> None:
        """`token`: what Rasa must show with each call; None where nothing but this machine can reach the desk."""
        self._domain = domain
        self._actions = actions
        self._tickets = tickets
        self._sealing = sealing
        self._token = token
        self._responses = Responses(domain)

    def app(self) -> web.Application:
        """The desk as an application; it is served apart from what patients reach."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes(
            [
                web.post("/model/parse", self._parse),
                web.post("/webhook", self._act),
                web.post("/nlg", self._speak),
                web.get("/health", self._health),
            ]
        )
        return app

    async def _parse(self, request: web.Request) -> web.Response:
        """`{text, message_id, token}` → Rasa's parse data; `message_id` is the conversation (Rasa 3.6)."""
        body = await self._body(request)
        ticket = self._tickets.of(body.get("message_id"))
        if ticket is None or body.get("text") != ticket.number:
            logger.warning("a message came to Rasa past the channels: it is not understood")
            return web.json_response(NOTHING)
        return web.json_response(ticket.as_sent()["parse_data"])

    async def _act(self, request: web.Request) -> web.Response:
        """rasa-sdk's protocol; 400 when the action declines to run, 409 when no turn is going on."""
        body = await self._body(request)
        name = str(body.get("next_action"))
        ticket = self._tickets.of(body.get("sender_id"))
        told = self._told(body.get("tracker"), ticket, starting=name == ACTION_SESSION_START)
        if ticket is None or told is None:
            return _refused(409, name, "no turn of this conversation is going on")
        redactor = Redactor(self._domain, ticket.heard.secret_text)
        try:
            result = await self._actions.call(name, {**body, "tracker": told})
        except ActionRejectedError:
            return _refused(400, name, "the action declined to run")
        except ActionFailedError as error:
            logger.error("%s", error)
            return _refused(500, name, "the action failed")
        events = [self._sealing.sealed(redactor.clean(event)) for event in result.events]
        return web.json_response({"events": events, "responses": redactor.scrub(result.responses)})

    async def _speak(self, request: web.Request) -> web.Response:
        """`{response, arguments, tracker, channel}` → the words, for the channel that the patient is really on."""
        body = await self._body(request)
        tracker, channel = body.get("tracker"), body.get("channel")
        if not isinstance(tracker, dict) or not isinstance(tracker.get("slots"), dict):
            raise web.HTTPBadRequest(text="tracker.slots is missing")
        sender = str(tracker.get("sender_id"))
        ticket = self._tickets.of(sender)
        said = ticket.said if ticket is not None else {}
        asked_by = str(channel.get("name")) if isinstance(channel, dict) else "collector"
        state = State(self._domain)
        state.slots = {**state.slots, **self._sealing.opened_slots(tracker["slots"])}
        name, values = str(body.get("response")), body.get("arguments")
        message = self._responses.generate(
            name,
            View(sender, state, None, 0),
            ticket.channel if ticket is not None else asked_by,
            said,
            values if isinstance(values, dict) else {},
        )
        if message is None:
            logger.error("The response %s has nothing to say here", name)
            return web.json_response({})
        if "variation" in message:
            said[name] = message["variation"]
        return web.json_response(message)

    def _told(self, tracker: Any, ticket: Ticket | None, *, starting: bool) -> dict[str, Any] | None:
        """Rasa's tracker with this turn's words and the slots' values back; None when the turn is another one.

        `starting`: a session starts, before the message is logged; the last one is then an older turn's.
        """
        if ticket is None or not isinstance(tracker, dict):
            return None
        events, latest, slots = (tracker.get(part) for part in ("events", "latest_message", "slots"))
        if not isinstance(events, list) or not isinstance(latest, dict) or not isinstance(slots, dict):
            return None
        told = {
            **tracker,
            "events": [self._with_words(event, ticket) for event in events],
            "slots": self._sealing.opened_slots(slots),
        }
        if latest.get("text") == ticket.number:
            return {**told, "latest_message": dict(ticket.heard.event["parse_data"])}
        if starting:
            return {**told, "latest_message": {**latest, "text": MASK if is_ticket(latest.get("text")) else None}}
        return None

    def _with_words(self, event: Any, ticket: Ticket) -> Any:
        if not isinstance(event, dict) or event.get("event") != "user":
            return self._sealing.opened(event) if isinstance(event, dict) else event
        if event.get("text") == ticket.number:
            return ticket.restored(event, live=True)
        return spent(event) if is_ticket(event.get("text")) else event

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _body(self, request: web.Request) -> dict[str, Any]:
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest(text="the body is not valid JSON") from None
        if not isinstance(body, dict):
            raise web.HTTPBadRequest(text="the body must be a JSON object")
        if self._token is not None and not self._shown(request, body):
            raise web.HTTPUnauthorized(text="the token is missing or wrong")
        return body

    def _shown(self, request: web.Request, body: Mapping[str, Any]) -> bool:
        # In a header (action_endpoint, nlg) or, as Rasa does for `nlu`, in the body; never in the URL.
        assert self._token is not None
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = str(body.get("token") or "")
        wanted = self._token.get_secret_value().encode()
        return hmac.compare_digest(given.strip().encode("utf-8", "surrogatepass"), wanted)


def _refused(status: int, name: str, reason: str) -> web.Response:
    return web.json_response({"error": reason, "action_name": name}, status=status)
