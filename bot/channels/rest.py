"""Rasa's REST channel: `POST /webhooks/rest/webhook`, for a back end that speaks for its users."""

from __future__ import annotations

from aiohttp import web

from bot.channels.http import (
    RUNTIME,
    ApiError,
    back_end_only,
    client_address,
    json_object,
    json_response,
    object_field,
    text_field,
)
from bot.dialogue.messages import UserMessage
from bot.service import RateLimitedError

CHANNEL = "rest"
LONGEST_ID = 255
LONGEST_ADDRESS = 64


def routes() -> list[web.RouteDef]:
    """Give the channel's routes: Rasa's two paths."""
    return [
        web.post("/webhooks/rest/webhook", back_end_only(_receive)),
        web.get("/webhooks/rest/", _health),
    ]


async def _receive(request: web.Request) -> web.Response:
    """Take `{sender, message, metadata, input_channel}`; give `[{recipient_id, text, buttons, custom}]`."""
    data = await json_object(request)
    sender = text_field(data, "sender", "default", longest=LONGEST_ID)
    text = text_field(data, "message")
    channel = text_field(data, "input_channel", CHANNEL, longest=LONGEST_ID)
    metadata = dict(object_field(data, "metadata"))
    given = text_field(metadata, "address", "", longest=LONGEST_ADDRESS) or None
    metadata.pop("address", None)
    masked = metadata.get("input") == "secret"
    message = UserMessage(
        # As Rasa: the ends are stripped; but a password is taken as it was typed.
        text=text if masked else text.strip(),
        sender_id=sender,
        input_channel=channel,
        metadata=metadata,
        payloads=not masked,
        masked=masked,
    )
    runtime = request.app[RUNTIME]
    # With a token the caller is a back end: its one address says nothing of its users; it may tell theirs.
    address = client_address(request) if runtime.settings.auth_token is None else given
    try:
        replies = await runtime.service.handle(message, address=address)
    except RateLimitedError as error:
        whose = "in total" if error.scope == "total" else f"for one {error.scope}"
        raise ApiError(429, "too_many_messages", f"too many messages {whose}", retry_after=error.retry_after) from None
    return json_response([reply.as_rest(sender) for reply in replies])


async def _health(_request: web.Request) -> web.Response:
    return json_response({"status": "ok"})
