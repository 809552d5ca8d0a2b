"""Between the messaging channels and the conversations: each delivery once, in order, answered behind the request."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from aiohttp import web

from bot.channels.base import TYPED_SECRETS, Inbound, MessagingChannel, Outgoing
from bot.channels.http import ApiError
from bot.channels.lanes import LaneFullError, Lanes
from bot.channels.outbox import NotSentError, Outbox
from bot.channels.replies import asks_by_link, with_link
from bot.channels.text import Words, chosen, fold, keyword
from bot.channels.typed import hide_password
from bot.dialogue.messages import BotMessage, UserMessage
from bot.runtime import Runtime
from bot.service import Pending, RateLimitedError, Reader
from bot.storage.channels import ChannelStore, conversation_names
from bot.storage.database import StorageError
from bot.storage.locks import LockTimeoutError

BLOCKED = frozenset({21610})
"""Twilio: the recipient answered STOP, and the carrier takes nothing for them any more."""
BY_LINK = {"secrets": "link"}
"""Metadata that tells actions that no password can be typed here."""
_CLOSING_SECONDS = 8.0
_TOO_FAST_SECONDS = 60.0

logger = logging.getLogger(__name__)


def too_many(error: RateLimitedError) -> str:
    """Which response tells of it: one's own messages come too fast, or everybody's do."""
    return "utter_too_busy" if error.scope == "total" else "utter_too_fast"


class LinkMaker(Protocol):
    """Makes one-time links (bot/channels/links.py)."""

    async def make(self, channel: str, sender: str, conversation: str, slot: str, asked: Sequence[BotMessage]) -> str:
        """Give the address of a page that asks for the secret."""


class SendObserver(Protocol):
    """Counts messages that go out."""

    def sent(self, channel: str, outcome: str) -> None:
        """A message went out ("ok"), or did not ("failed", "stopped")."""


class Exchange:
    """All messaging channels of a program."""

    def __init__(
        self,
        runtime: Runtime,
        channels: Sequence[MessagingChannel],
        store: ChannelStore,
        *,
        outbox: Outbox | None = None,
        observer: SendObserver | None = None,
    ) -> None:
        self.channels = {channel.name: channel for channel in channels}
        self.words = Words(runtime.model.domain)
        self.store = store
        self.links: LinkMaker | None = None
        self._runtime = runtime
        self.outbox = outbox or Outbox()
        self._observer = observer
        self._turns = Lanes()
        self._sends = Lanes()
        self._told: OrderedDict[str, float] = OrderedDict()  # who was told to slow down, and when

    def conversation_id(self, channel: MessagingChannel, sender: str) -> str:
        """Name a conversation by a keyed hash: the sender's number is in no tracker, log or metric."""
        return conversation_names(self._runtime.keyring, channel.name, sender)[0]

    async def open(self) -> None:
        """Make the tables; let the channels prepare their providers, in the background."""
        await self.store.create_schema()
        for channel in self.channels.values():
            self._sends.submit(f"start:{channel.name}", lambda channel=channel: self._start(channel))  # type: ignore[misc]

    async def idle(self) -> None:
        """Wait until every message taken so far is answered and every answer sent."""
        await self._turns.idle()
        await self._sends.idle()

    async def close(self) -> None:
        """Take nothing more, finish what was taken, close."""
        await self._turns.close(_CLOSING_SECONDS)
        await self._sends.close(_CLOSING_SECONDS)
        await self.outbox.close()
        await self.store.close()

    async def _start(self, channel: MessagingChannel) -> None:
        try:
            await channel.start(self.outbox)
        except NotSentError as error:
            logger.error("channel=%s could not prepare its provider code=%s", channel.name, error.code)

    # -- in

    async def receive(self, channel: MessagingChannel, request: web.Request) -> web.Response:
        """Take a delivery: check it, note it, answer at once; the turns run behind it, in order."""
        for inbound in await channel.parse(request):
            if not await self.store.is_new(channel.name, inbound.id):
                logger.info("channel=%s duplicate delivery dropped", channel.name)
                continue
            conversation = self.conversation_id(channel, inbound.sender)
            try:
                self._turns.submit(conversation, lambda inbound=inbound: self._take(channel, inbound))  # type: ignore[misc]
            except LaneFullError:
                await self.store.forget(channel.name, inbound.id)
                raise ApiError(503, "busy", "too much is waiting", retry_after=10) from None
        return channel.acknowledged()

    async def _take(self, channel: MessagingChannel, inbound: Inbound) -> None:
        try:
            await self._converse(channel, inbound)
        except (StorageError, LockTimeoutError) as error:
            logger.error("channel=%s message not answered error=%s", channel.name, type(error).__name__)
            self._send(channel, inbound.sender, [self._said(channel, "utter_channel_trouble")])
        except Exception as error:
            logger.error("channel=%s message failed error=%s", channel.name, type(error).__name__)
            self._send(channel, inbound.sender, [self._said(channel, "utter_channel_trouble")])

    async def _converse(self, channel: MessagingChannel, inbound: Inbound) -> None:
        conversation = self.conversation_id(channel, inbound.sender)
        first: list[BotMessage] = []
        if channel.capabilities.keywords:
            word = inbound.carrier or keyword(inbound.text)
            if await self._keyword(channel, inbound, word):
                return
            if word == "help" and inbound.carrier is None and not await self._is_clinic(conversation, inbound.text):
                first = [self._said(channel, "utter_sms_help")]
        if inbound.receipt is not None:
            self._sends.submit(f"press:{conversation}", lambda: self._press(channel, inbound))
        if inbound.unreadable:
            self._send(channel, inbound.sender, [self._said(channel, "utter_only_text")])
            return
        message = UserMessage(
            text=inbound.text.strip(),
            sender_id=conversation,
            input_channel=channel.name,
            metadata=dict(BY_LINK),
            payloads=False,
        )
        try:
            replies = await self._runtime.service.handle(
                message, read=lambda given, pending: self._read(channel, inbound, given, pending)
            )
        except RateLimitedError as error:
            if self._may_be_told(conversation):
                self._send(channel, inbound.sender, [self._said(channel, too_many(error))])
            return
        await self.deliver(channel, inbound.sender, conversation, first, replies)

    async def _is_clinic(self, conversation: str, text: str) -> bool:
        """« Info » is what carriers reserve, and also what patients search clinics by."""
        return fold(text) == "info" and (await self._runtime.service.pending(conversation)).slot is not None

    async def _keyword(self, channel: MessagingChannel, inbound: Inbound, word: str | None) -> bool:
        """Deal with STOP and its end; True when the message says no more than that."""
        sender = inbound.sender
        if word == "stop":
            # Under every key's name: a link may have been made just before the first key changed.
            await self.store.drop_links(*conversation_names(self._runtime.keyring, channel.name, sender))
            if not await self.store.stopped(channel.name, sender):
                await self.store.stop(channel.name, sender)
                if inbound.carrier is None:  # else the carrier has confirmed it, and lets nothing through
                    self._send(channel, inbound.sender, [self._said(channel, "utter_sms_stopped")], last_words=True)
            return True
        if not await self.store.stopped(channel.name, sender):
            return False
        if word != "start":
            logger.info("channel=%s not answered: the sender said STOP", channel.name)
            return True
        await self.store.start(channel.name, sender)
        if inbound.carrier is None:
            self._send(channel, inbound.sender, [self._said(channel, "utter_sms_started")])
        return True

    def _read(self, channel: MessagingChannel, inbound: Inbound, message: UserMessage, pending: Pending) -> UserMessage:
        """Turn a pressed button or a chosen number into the payload that was sent; hide a password typed here."""
        payload = chosen(inbound.text, pending.buttons) if inbound.payload is None else None
        if inbound.payload is not None:
            pressed = inbound.payload
            payload = next((known for known in pending.payloads if channel.same_payload(pressed, known)), None)
        if payload is not None:
            title = pending.payloads.get(payload, "")
            metadata = {**message.metadata, "title": title}
            return replace(message, text=payload, payloads=True, metadata=metadata)
        if pending.secret and pending.slot not in TYPED_SECRETS and not channel.capabilities.masked_field:
            return replace(message, text=hide_password(message.text))
        return message

    def _may_be_told(self, conversation: str) -> bool:
        """Once a minute is enough to say « too fast »: each text costs, and answering a flood doubles it."""
        now = time.monotonic()
        if now - self._told.get(conversation, -_TOO_FAST_SECONDS) < _TOO_FAST_SECONDS:
            return False
        self._told[conversation] = now
        self._told.move_to_end(conversation)
        if len(self._told) > 10_000:
            self._told.popitem(last=False)
        return True

    # -- out

    async def deliver(
        self,
        channel: MessagingChannel,
        sender: str,
        conversation: str,
        first: Sequence[BotMessage],
        replies: Sequence[BotMessage],
    ) -> None:
        """Send the replies of a turn; a question for a secret goes out as a link."""
        asked = asks_by_link(replies, channel.capabilities)
        if asked is not None and self.links is not None:
            link = await self.links.make(channel.name, sender, conversation, asked.slot, asked.shown)
            said = self._said(channel, f"utter_secret_link_{asked.slot}", link=link)
            replies = with_link(
                replies, asked, said if said.text else self._said(channel, "utter_secret_link", link=link)
            )
        self._send(channel, sender, [*first, *replies])

    async def answer_link(self, message: UserMessage, read: Reader, address: str) -> list[BotMessage]:
        """Run the turn of a secret that came by a link, in its place among the conversation's messages."""
        service = self._runtime.service
        turn = self._turns.submit(message.sender_id, lambda: service.handle(message, address=address, read=read))
        return await asyncio.shield(turn)  # a page that is closed meanwhile does not stop the turn

    def _said(self, channel: MessagingChannel, name: str, **values: object) -> BotMessage:
        return BotMessage(text=self.words.say(name, channel.name, **values) or None, name=name)

    def _send(
        self, channel: MessagingChannel, recipient: str, replies: Sequence[BotMessage], *, last_words: bool = False
    ) -> None:
        outgoing = channel.render(replies, self.words)
        conversation = self.conversation_id(channel, recipient)
        if not outgoing:
            return
        try:
            self._sends.submit(
                conversation, lambda: self._send_all(channel, recipient, conversation, outgoing, last_words=last_words)
            )
        except LaneFullError:
            logger.error("channel=%s reply dropped: too much waits to be sent", channel.name)
            self._count(channel, "failed")

    async def _send_all(
        self,
        channel: MessagingChannel,
        recipient: str,
        conversation: str,
        outgoing: Sequence[Outgoing],
        *,
        last_words: bool,
    ) -> None:
        for message in outgoing:
            try:
                if (
                    not last_words
                    and channel.capabilities.keywords
                    and await self.store.stopped(channel.name, recipient)
                ):
                    self._count(channel, "stopped")
                    return
                await channel.send(recipient, message, self.outbox)
            except NotSentError as error:
                if error.code in BLOCKED:
                    await self._note_stop(channel, recipient)
                    self._count(channel, "stopped")
                else:
                    # The conversation's short name, so that an operator can follow one; never the number.
                    logger.error("channel=%s to=%s not sent code=%s", channel.name, conversation[-12:], error.code)
                    self._count(channel, "failed")
                return  # the rest of a reply makes no sense without its beginning
            except Exception as error:  # its text may hold a number or an address: its kind is enough
                logger.error("channel=%s not sent error=%s", channel.name, type(error).__name__)
                self._count(channel, "failed")
                return
            self._count(channel, "ok")

    async def _note_stop(self, channel: MessagingChannel, recipient: str) -> None:
        try:
            await self.store.stop(channel.name, recipient)
        except StorageError as error:
            logger.error("a STOP could not be noted: %s", error)

    async def _press(self, channel: MessagingChannel, inbound: Inbound) -> None:
        try:
            await channel.press(inbound, self.outbox)
        except NotSentError as error:
            logger.info("channel=%s button not acknowledged code=%s", channel.name, error.code)

    def _count(self, channel: MessagingChannel, outcome: str) -> None:
        if self._observer is not None:
            self._observer.sent(channel.name, outcome)
