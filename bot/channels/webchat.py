"""The web chat: one protocol over a WebSocket, and over plain HTTP where a WebSocket does not pass.

Frames are JSON objects. The client says `hello {session?, page?}` first and gets `welcome {session, page, history,
asked?}`; then `start {id, action, clinic}`, `text {id, text}`, `button {id, payload}` or `secret {id, text}`, each
answered by `reply {id, messages, asked?, ended?}` or `error {id, code, retry_after?}`. `asked` is the slot that the
assistant waits for. A frame sent again after a drop (same `id`, `again: true`) is answered again, not run again: also
by another process, and after a restart.

A session that comes back without its page was reloaded: the code that its page had asked for is dead, and the
assistant is told (intent `page_reloaded`) when a code is what it waits for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from bot.channels.http import (
    LARGEST_BODY,
    METRICS,
    RUNTIME,
    ApiError,
    client_address,
    json_object,
    json_response,
    parse_object,
    text_field,
)
from bot.channels.transcript import visible_history
from bot.channels.webchat_session import WebSession, open_session
from bot.dialogue.messages import BotMessage, UserMessage
from bot.project.names import INTENT_ERASE_DATA, INTENT_PAGE_RELOADED
from bot.runtime import Runtime
from bot.service import RateLimitedError
from bot.storage.database import StorageError
from bot.storage.locks import LockTimeoutError

CHANNEL = "webchat"
ERASE = "erase"
ACTIONS = {"open": "/greet", "signup": "/signup", "login": "/login", ERASE: f"/{INTENT_ERASE_DATA}"}
RELOADED = INTENT_PAGE_RELOADED
DIES_WITH_THE_PAGE = "activation_code"  # slot
_LONGEST_ID = 64
_REMEMBERED = 2_000  # answers kept for frames that come twice
_WRONG_FRAMES = 20  # a client that does not speak the protocol is shown out
_HEARTBEAT = 30.0
_TOO_MANY = frozenset({"too_many_messages", "too_many_in_total"})
_OVER = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
_HELLO_SECONDS = 20.0  # who has not said hello by then is shown out

logger = logging.getLogger(__name__)
Frame = dict[str, Any]


class WebChat:
    """The channel's state in this process: open sockets, and answers that may be asked for again."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._answers: OrderedDict[tuple[str, str], asyncio.Task[Frame]] = OrderedDict()
        self.sockets: set[web.WebSocketResponse] = set()
        self.per_address: Counter[str] = Counter()

    async def hello(self, frame: Frame) -> tuple[WebSession, Frame]:
        """Open or go on with a session; a page that was loaded again gets its redacted history."""
        session = open_session(self._runtime.keyring, frame.get("session"), frame.get("page"))
        welcome: Frame = {"type": "welcome", "session": session.token, "page": session.page_token, "history": []}
        if session.known and not session.same_page:
            state = await self._runtime.service.state(session.conversation_id)
            if state:
                state = await self._reload(session, state)
                welcome["history"] = visible_history(state["events"])
                welcome["asked"] = self._runtime.service.asked(session.conversation_id) or ""
        return session, welcome

    async def _reload(self, session: WebSession, state: dict[str, Any]) -> dict[str, Any]:
        """Tell the assistant that the page of a code is gone; give the state after that."""
        service = self._runtime.service
        known = RELOADED in self._runtime.model.domain.intent_set
        waiting = service.asked(session.conversation_id) == DIES_WITH_THE_PAGE
        if not known or not waiting or _just_reloaded(state["events"]):
            return state
        message = UserMessage(
            text=f"/{RELOADED}",
            sender_id=session.conversation_id,
            input_channel=CHANNEL,
            metadata={"page_session": session.page_id, "start": RELOADED},
        )
        try:
            await service.handle(message)
        except RateLimitedError:
            return state  # the code is dead all the same: it is bound to the page that is gone
        return await service.state(session.conversation_id) or state

    async def answer(self, session: WebSession, frame: Frame, address: str) -> Frame:
        """Run the turn of a frame once, however often it is sent; a lost connection does not stop it."""
        frame_id = text_field(frame, "id", longest=_LONGEST_ID)
        message, own_buttons = _message(session, frame)
        key = (session.conversation_id, frame_id)
        task = self._answers.get(key)
        if task is None:
            again = frame.get("again") is True
            turn = self._turn(frame_id, message, address, own_buttons=own_buttons, again=again)
            task = self._answers[key] = asyncio.create_task(turn)
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        reply = await asyncio.shield(task)
        if reply["type"] == "error":
            self._answers.pop(key, None)  # an error may be tried again
        return reply

    async def _turn(
        self, frame_id: str, message: UserMessage, address: str, *, own_buttons: bool, again: bool
    ) -> Frame:
        service = self._runtime.service
        try:
            replies = await service.answered(message.sender_id, frame_id) if again else None
            if replies is None:
                replies = await service.handle(message, address=address, own_buttons=own_buttons)
            frame = {"type": "reply", "id": frame_id, "messages": [shown(reply) for reply in replies]}
            if message.metadata.get("start") == ERASE:
                await service.forget(message.sender_id)
                return {**frame, "asked": "", "ended": True}
        except RateLimitedError as error:
            # Of all together: the page does not say that this patient writes too much, but whom to call.
            code = "too_many_in_total" if error.scope == "total" else "too_many_messages"
            return _error(code, frame_id, error.retry_after)
        except LockTimeoutError:
            return _error("busy", frame_id, 5)
        except StorageError as error:
            logger.error("storage: %s", error)
            return _error("storage_unavailable", frame_id, 5)
        asked = service.asked(message.sender_id)
        return frame if asked is None else {**frame, "asked": asked}  # unknown after a turn that failed: as it was

    async def close(self) -> None:
        """Say good-bye to every socket (the client comes back by itself) and let running turns end."""
        goodbyes = [socket.close(code=1012, message=b"restart") for socket in self.sockets]
        await asyncio.gather(*goodbyes, return_exceptions=True)
        running = [task for task in self._answers.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=5)


WEBCHAT: web.AppKey[WebChat] = web.AppKey("webchat", WebChat)


def routes() -> list[web.RouteDef]:
    """Give the channel's routes."""
    return [
        web.get("/webhooks/webchat/ws", _socket),
        web.post("/webhooks/webchat/hello", _http_hello),
        web.post("/webhooks/webchat/messages", _http_message),
        web.options("/webhooks/webchat/hello", _preflight),
        web.options("/webhooks/webchat/messages", _preflight),
    ]


def shown(reply: BotMessage) -> dict[str, Any]:
    """Give a reply as the page gets it: Rasa's parts, without the recipient."""
    return {name: part for name, part in reply.as_rest("").items() if name != "recipient_id"}


def _message(session: WebSession, frame: Frame) -> tuple[UserMessage, bool]:
    """Read a frame. What a patient types is text, whatever it looks like; only own buttons and `start` are obeyed."""
    kind = frame.get("type")
    metadata: dict[str, Any] = {"page_session": session.page_id, "frame": frame["id"]}
    text, payloads, masked = "", False, False
    if kind == "text":
        text = text_field(frame, "text").strip()
    elif kind == "secret":
        text, masked = text_field(frame, "text"), True
        metadata["input"] = "secret"
    elif kind == "button":
        text = text_field(frame, "payload")
    elif kind == "start":
        action = text_field(frame, "action", "open")
        if action not in ACTIONS:
            raise ApiError(422, "unknown_action", "there is no such action")
        text, payloads = ACTIONS[action], True
        clinic = text_field(frame, "clinic", "", longest=_LONGEST_ID)
        metadata |= {"start": action} | ({"clinic": clinic} if clinic else {})
    else:
        raise ApiError(422, "unknown_type", "there is no such type of frame")
    message = UserMessage(
        text=text,
        sender_id=session.conversation_id,
        input_channel=CHANNEL,
        metadata=metadata,
        payloads=payloads,
        masked=masked,
    )
    return message, kind == "button"


def _just_reloaded(events: list[dict[str, Any]]) -> bool:
    """Whether nothing was said since the last time that the page was loaded again."""
    users = (event for event in reversed(events) if event.get("event") == "user")
    last = next(users, None)
    return last is not None and (last.get("metadata") or {}).get("start") == RELOADED


def _error(code: str, frame_id: object = None, retry_after: int | None = None) -> Frame:
    frame: Frame = {"type": "error", "code": code}
    if isinstance(frame_id, str) and len(frame_id) <= _LONGEST_ID:
        frame["id"] = frame_id
    if retry_after is not None:
        frame["retry_after"] = retry_after
    return frame


def check_origin(request: web.Request) -> str:
    """Give the origin of the page that asks. Raises ApiError 403 unless it is one of ours or of the allow list."""
    origin = request.headers.get("Origin", "")
    settings = request.app[RUNTIME].settings
    same_host = settings.demo and urlsplit(origin).netloc == request.host and origin != ""
    if origin not in settings.origins and not same_host:
        raise ApiError(403, "origin_not_allowed", "this page may not talk to the assistant")
    return origin


async def _socket(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    chat = request.app[WEBCHAT]
    address = client_address(request)
    if chat.per_address[address] >= request.app[RUNTIME].settings.sockets_per_address:
        raise ApiError(429, "too_many_sockets", "too many chats are open from one address", retry_after=30)
    socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=LARGEST_BODY)
    if not socket.can_prepare(request).ok:
        raise ApiError(426, "upgrade_required", "this address is a WebSocket")
    await socket.prepare(request)
    chat.per_address[address] += 1
    chat.sockets.add(socket)
    request.app[METRICS].sockets.inc()
    try:
        await _converse(chat, socket, address)
    finally:
        request.app[METRICS].sockets.dec()
        chat.sockets.discard(socket)
        chat.per_address[address] -= 1
        if not chat.per_address[address]:
            del chat.per_address[address]
    return socket


async def _converse(chat: WebChat, socket: web.WebSocketResponse, address: str) -> None:
    session: WebSession | None = None
    wrong = 0
    while True:
        try:
            incoming = await socket.receive(None if session else _HELLO_SECONDS)
        except TimeoutError:
            await socket.close(code=1008, message=b"hello first")
            return
        if incoming.type in _OVER:
            return
        if incoming.type is not WSMsgType.TEXT:
            await socket.close(code=1003, message=b"text frames only")
            return
        frame: Frame = {}
        try:
            frame = parse_object(incoming.data)
            if frame.get("type") == "hello":
                session, answer = await chat.hello(frame)
            elif session is None:
                raise ApiError(422, "hello_first", "say hello first")
            else:
                answer = await chat.answer(session, frame, address)
        except ApiError as error:
            wrong += 1
            answer = _error(error.code, frame.get("id"))
        except (StorageError, LockTimeoutError):
            answer = _error("storage_unavailable", frame.get("id"), 5)
        if wrong > _WRONG_FRAMES:
            await socket.close(code=1008, message=b"protocol")
            return
        try:
            await socket.send_json(answer)
        except (ConnectionError, RuntimeError):
            return  # gone meanwhile: the answer waits for the same id


async def _http_hello(request: web.Request) -> web.Response:
    origin = check_origin(request)
    frame = await json_object(request)
    for name in ("session", "page"):  # one that is unknown begins afresh, one of another type is a mistake
        text_field(frame, name, "")
    _session, welcome = await request.app[WEBCHAT].hello(frame)
    return _allowing(json_response(welcome), origin)


async def _http_message(request: web.Request) -> web.Response:
    origin = check_origin(request)
    frame = await json_object(request)
    session = open_session(request.app[RUNTIME].keyring, frame.get("session"), frame.get("page"))
    if not session.known or not session.same_page:
        raise ApiError(401, "hello_first", "this session was not issued here: say hello first")
    answer = await request.app[WEBCHAT].answer(session, frame, client_address(request))
    retry = answer.get("retry_after")
    status = 200 if answer["type"] == "reply" else 429 if answer["code"] in _TOO_MANY else 503
    headers = {"Retry-After": str(retry)} if retry is not None else None
    return _allowing(json_response(answer, status=status, headers=headers), origin)


async def _preflight(request: web.Request) -> web.Response:
    answer = _allowing(web.Response(status=204), check_origin(request))
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
    answer.headers["Access-Control-Max-Age"] = "600"
    return answer


def _allowing(response: web.Response, origin: str) -> web.Response:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Vary"] = "Origin"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
