"""One turn of a conversation, around the dialogue engine: limits, lock, load, turn, save once at the end."""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bot.dialogue.messages import BotMessage, UserMessage, split
from bot.dialogue.tracker import Tracker
from bot.storage.database import StorageError
from bot.storage.limits import RateLimiter
from bot.storage.locks import LockStore
from bot.storage.trackers import ConflictError, Events, Head, SqlTrackerStore

logger = logging.getLogger(__name__)

LONGEST_MESSAGE = 5_000  # characters that are still read (conversation.md, decision 14)
MESSAGES_LOOKED_BACK = 20  # for one that comes a second time
TOO_LONG = "utter_too_long"
INTERNAL_ERROR = "utter_internal_error"


class RateLimitedError(Exception):
    """Too many messages in a minute (`scope`: of a conversation, an address, or all: "total"); this one is not read.

    `retry_after`: whole seconds, at least 1.
    """

    def __init__(self, scope: str, retry_after: int) -> None:
        super().__init__(f"too many messages ({scope})")
        self.scope = scope
        self.retry_after = retry_after


class TurnEngine(Protocol):
    """What the service needs of the dialogue engine."""

    async def handle(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        """Run one turn on `tracker`."""

    def respond(self, name: str, tracker: Tracker, channel: str, **values: Any) -> list[BotMessage]:
        """Give the words of a response; nothing when the domain has none of this name."""

    def new_tracker(self, sender_id: str, events: Events) -> Tracker:
        """Make the tracker of a conversation from its stored events."""


class TurnObserver(Protocol):
    """Counts turns (see bot/channels/metrics.py)."""

    def turn(self, channel: str, outcome: str, seconds: float) -> None:
        """A turn has ended: "ok", "error", "too_long", "limited"."""

    def unsaved(self) -> None:
        """A turn could not be stored."""

    def limited(self, scope: str) -> None:
        """A limit was reached: "conversation", "address", "total" (messages), "pages" (of links)."""


@dataclass
class Live:
    """A conversation kept in memory between turns, with what of it is not stored yet."""

    tracker: Tracker
    head: Head | None
    payloads: dict[str, str] = field(default_factory=dict)  # payloads of buttons that were sent → their titles

    @property
    def pending(self) -> Events:
        """Events that are not stored yet."""
        return self.tracker.new_events()


@dataclass(frozen=True)
class Limits:
    """How much is accepted, a minute (0: no limit)."""

    per_conversation: int = 30
    per_address: int = 600
    total: int = 30_000
    pages_per_address: int = 600
    live_conversations: int = 500


@dataclass(frozen=True, slots=True)
class Pending:
    """What a conversation waits for when a message comes: for channels on which answers are short."""

    slot: str | None
    """The slot being asked for."""
    secret: bool
    buttons: tuple[Mapping[str, Any], ...]
    """The choices given in the last turn, in order."""
    payloads: Mapping[str, str]
    """Payloads of every button that was ever sent here, to their titles."""


Reader = Callable[[UserMessage, Pending], UserMessage]
"""Reads a message in the light of what was asked; runs under the conversation's lock, and may raise to refuse."""


class ConversationService:
    """The only way to a conversation: every channel goes through `handle`."""

    def __init__(
        self,
        engine: TurnEngine,
        store: SqlTrackerStore,
        locks: LockStore,
        limiter: RateLimiter,
        *,
        limits: Limits | None = None,
        observer: TurnObserver | None = None,
        new_reference: Callable[[], str] = lambda: secrets.token_hex(4),
    ) -> None:
        self._engine = engine
        self._store = store
        self._locks = locks
        self._limiter = limiter
        self._limits = limits or Limits()
        self._observer = observer
        self._new_reference = new_reference
        self._live: OrderedDict[str, Live] = OrderedDict()

    async def handle(
        self,
        message: UserMessage,
        *,
        address: str | None = None,
        own_buttons: bool = False,
        read: Reader | None = None,
    ) -> list[BotMessage]:
        """Answer one message; every message gets at least one reply.

        `address`: the client's, where it stands for a patient (not for a back end). `own_buttons`: the text is a
        payload that is obeyed only if this conversation was sent a button with it, and else is mere text. `read`: see
        Reader; what it raises comes out of here, and nothing was done. Raises RateLimitedError, LockTimeoutError, or
        StorageError when the conversation can't be read.
        """
        started = time.perf_counter()
        try:
            await self._check_rates(message.sender_id, address)
            if len(message.text) > LONGEST_MESSAGE:
                replies, outcome = await self._refuse_long(message), "too_long"
            else:
                async with self._locks.hold(message.sender_id):
                    message = replace(message, address=address)
                    replies, outcome = await self._turn(message, own_buttons=own_buttons, read=read)
        except RateLimitedError:
            self._count(message, "limited", started)
            raise
        except BaseException:
            self._count(message, "error", started)
            raise
        self._count(message, outcome, started)
        return replies

    async def state(self, conversation_id: str) -> dict[str, Any] | None:
        """Give the tracker's state in Rasa's shape; None when the conversation is not known."""
        async with self._locks.hold(conversation_id):
            live = await self._find(conversation_id)
            if live.head is None and not live.pending:
                del self._live[conversation_id]  # asked about, but never spoken to
                return None
            return live.tracker.current_state()

    async def pending(self, conversation_id: str) -> Pending:
        """Tell what a conversation waits for."""
        async with self._locks.hold(conversation_id):
            live = await self._find(conversation_id)
            waiting = _pending(live)
            if live.head is None and not live.pending:
                del self._live[conversation_id]
            return waiting

    def asked(self, conversation_id: str) -> str | None:
        """Give the slot that a conversation is being asked for ("": none); None when it is not in memory."""
        live = self._live.get(conversation_id)
        return (live.tracker.requested_slot or "") if live else None

    async def answered(self, conversation_id: str, frame_id: str) -> list[BotMessage] | None:
        """Give again what was said to a message of `metadata.frame` = `frame_id`; None when it never came."""
        async with self._locks.hold(conversation_id):
            live = await self._find(conversation_id)
            said: list[BotMessage] = []
            users = 0
            for event in reversed(live.tracker.events):
                if event.get("event") == "bot":
                    said[:0] = split(event)
                elif event.get("event") == "user":
                    if (event.get("metadata") or {}).get("frame") == frame_id:
                        return said
                    said.clear()
                    users += 1
                    if users == MESSAGES_LOOKED_BACK:
                        break
            return None

    async def forget(self, conversation_id: str) -> None:
        """Delete a conversation, in memory and in the store."""
        async with self._locks.hold(conversation_id):
            self._live.pop(conversation_id, None)
            await self._store.forget(conversation_id)

    def payload_title(self, conversation_id: str, payload: str) -> str | None:
        """Give the title of a button that this conversation was sent, when it is in memory."""
        live = self._live.get(conversation_id)
        return live.payloads.get(payload) if live else None

    async def close(self) -> None:
        """Store what could not be stored before; then close the stores."""
        for conversation_id, live in self._live.items():
            if live.pending:
                await self._save(conversation_id, live)
        await self._locks.close()
        await self._store.close()

    async def check(self) -> None:
        """Raise StorageError when the stores do not answer."""
        await self._store.check()
        await self._locks.check()

    async def page_wait(self, address: str) -> int:
        """Count one look at a page of a link from an address; whole seconds to wait, 0 when it may be shown."""
        wait = await self._limiter.wait_seconds(f"pages:{address}", self._limits.pages_per_address)
        if wait and self._observer is not None:
            self._observer.limited("pages")
        return wait

    async def _check_rates(self, conversation_id: str, address: str | None) -> None:
        counts = [("conversation", f"conversation:{conversation_id}", self._limits.per_conversation)]
        if address is not None:
            counts.insert(0, ("address", f"address:{address}", self._limits.per_address))
        # Last: what one conversation or address is refused takes nothing from the others.
        counts.append(("total", "total", self._limits.total))
        for scope, name, limit in counts:
            wait = await self._limiter.wait_seconds(name, limit)
            if wait:
                if self._observer is not None:
                    self._observer.limited(scope)
                raise RateLimitedError(scope, wait)

    async def _refuse_long(self, message: UserMessage) -> list[BotMessage]:
        # Neither read nor kept: the refusal comes before NLU, and leaves no trace in the conversation.
        async with self._locks.hold(message.sender_id):
            live = await self._find(message.sender_id)
            return self._engine.respond(TOO_LONG, live.tracker, message.input_channel)

    async def _turn(
        self, message: UserMessage, *, own_buttons: bool, read: Reader | None
    ) -> tuple[list[BotMessage], str]:
        live = await self._find(message.sender_id)
        if read is not None:
            message = read(message, _pending(live))
        if own_buttons:
            title = live.payloads.get(message.text)
            metadata = message.metadata if title is None else {**message.metadata, "title": title}
            message = replace(message, payloads=title is not None, metadata=metadata)
        outcome = "ok"
        finished = False
        try:
            replies = await self._engine.handle(live.tracker, message)
            finished = True
        except Exception as error:
            outcome = "error"
            replies = self._apologise(error, live, message)
        finally:
            if not finished:
                # The turn stopped half way (also when it was cancelled): the stored conversation is the truth.
                self._live.pop(message.sender_id, None)
        if finished:
            self._note_buttons(live, replies)
            await self._save(message.sender_id, live)
        return replies, outcome

    def _apologise(self, error: Exception, live: Live, message: UserMessage) -> list[BotMessage]:
        reference = self._new_reference()
        # Where it happened, not what was said: an exception's text may quote the patient.
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        logger.error(
            "turn failed reference=%s error=%s at=%s", reference, type(error).__name__, " < ".join(places[-8:])
        )
        return self._engine.respond(INTERNAL_ERROR, live.tracker, message.input_channel, reference=reference)

    async def _find(self, conversation_id: str) -> Live:
        """Give the conversation as it is stored, from memory when it is still the same there."""
        live = self._live.get(conversation_id)
        if live is not None:
            self._live.move_to_end(conversation_id)
            if await self._is_current(conversation_id, live):
                return live
            del self._live[conversation_id]
        stored = await self._store.load(conversation_id)
        head, events = stored or (None, [])
        live = Live(self._engine.new_tracker(conversation_id, events), head)
        for event in events:
            if event.get("event") == "bot":
                _collect_payloads(live.payloads, (event.get("data") or {}).get("buttons"))
        self._live[conversation_id] = live
        self._forget_oldest()
        return live

    async def _is_current(self, conversation_id: str, live: Live) -> bool:
        try:
            return await self._store.head(conversation_id) == live.head
        except StorageError as error:
            # What is in memory is at most a turn behind; the version is checked again when it is stored.
            logger.warning("version not checked: %s", error)
            return True

    def _forget_oldest(self) -> None:
        extra = len(self._live) - self._limits.live_conversations
        # The last one is being used now, and what is not stored yet is kept until it is.
        idle = [name for name, live in list(self._live.items())[: max(extra, 0)] if not live.pending]
        for name in idle:
            del self._live[name]

    async def _save(self, conversation_id: str, live: Live) -> None:
        """Store the turn. When that fails the reply still goes out; it is tried again at the next turn."""
        events = live.pending
        if not events:
            return
        new_session = any(event.get("event") == "session_started" for event in events)
        try:
            live.head = await self._store.append(conversation_id, live.head, events, new_session=new_session)
            live.tracker.mark_saved()
        except ConflictError:
            # Another process wrote meanwhile (this one's lock was lost): its version stands.
            self._live.pop(conversation_id, None)
            self._lost("the conversation was written by another process")
        except StorageError as error:
            self._lost(str(error))

    def _lost(self, reason: str) -> None:
        logger.error("turn not stored reference=%s: %s", self._new_reference(), reason)
        if self._observer:
            self._observer.unsaved()

    def _note_buttons(self, live: Live, replies: list[BotMessage]) -> None:
        for reply in replies:
            _collect_payloads(live.payloads, reply.buttons)

    def _count(self, message: UserMessage, outcome: str, started: float) -> None:
        if self._observer:
            self._observer.turn(message.input_channel, outcome, time.perf_counter() - started)


def _pending(live: Live) -> Pending:
    buttons: list[Mapping[str, Any]] = []
    for event in reversed(live.tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "bot":
            data = event.get("data") or {}
            sent = data.get("quick_replies") or data.get("buttons") or ()
            buttons[:0] = [button for button in sent if isinstance(button, Mapping)]
    slot = live.tracker.requested_slot
    return Pending(slot, slot in live.tracker.domain.secret_slots, tuple(buttons), live.payloads)


def _collect_payloads(payloads: dict[str, str], buttons: object) -> None:
    for button in buttons if isinstance(buttons, (list, tuple)) else ():
        if isinstance(button, Mapping) and isinstance(button.get("payload"), str):
            payloads[button["payload"]] = str(button.get("title", ""))
