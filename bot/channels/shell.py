"""The terminal: for staff and developers. A secret is typed without being shown."""

from __future__ import annotations

import asyncio
import getpass
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from bot.channels.mailbox import SPOOL, read_spool
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.rules import Rule
from bot.runtime import Runtime
from bot.service import RateLimitedError

CHANNEL = "cmdline"
STOP = {"/stop", "/quit", "/exit"}


class Shell:
    """One conversation over standard input and output."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        sender: str | None = None,
        debug: bool = False,
        source: TextIO | None = None,
        target: TextIO | None = None,
        ask_secret: Callable[[str], str] | None = None,
    ) -> None:
        self._runtime = runtime
        self._sender = sender or f"shell-{secrets.token_hex(6)}"
        self._debug = debug
        self._source = source or sys.stdin
        self._target = target or sys.stdout
        self._ask_secret = ask_secret or (getpass.getpass if self._source.isatty() else None)
        self._asked_secret = False
        self._buttons: list[dict[str, str]] = []
        self._mails = len(self._spool())
        self._rules: list[Rule] = []
        if debug and runtime.engine is not None:
            runtime.engine.predictor.on_rule = self._rules.append

    async def run(self) -> None:
        """Converse until the end of the input or /stop."""
        self._say("Écrivez à l'assistant. « /stop » ou Ctrl+D pour finir.")
        while True:
            text = await asyncio.to_thread(self._read)
            if text is None or (text.strip() in STOP and not self._asked_secret):
                return
            await self._turn(text)

    def _read(self) -> str | None:
        prompt = "(masqué) > " if self._asked_secret else "> "
        if self._asked_secret and self._ask_secret is not None:
            try:
                return self._ask_secret(prompt)
            except EOFError:
                return None
        if self._source.isatty():
            self._target.write(prompt)
            self._target.flush()
        line = self._source.readline()
        return line.rstrip("\r\n") if line else None

    async def _turn(self, text: str) -> None:
        masked = self._asked_secret
        message = UserMessage(
            text=text if masked else self._picked(text.strip()),
            sender_id=self._sender,
            input_channel=CHANNEL,
            metadata={"input": "secret"} if masked else {},
            payloads=not masked,
            masked=masked,
        )
        try:
            replies = await self._runtime.service.handle(message)
        except RateLimitedError as error:
            self._say(f"Trop de messages : attendez {error.retry_after} s.")
            return
        self._show(replies)
        if self._debug:
            await self._explain()
        self._show_mails()

    def _picked(self, text: str) -> str:
        """The payload of the button whose number was typed, else the text."""
        if text.isdecimal() and 1 <= int(text) <= len(self._buttons):
            button = self._buttons[int(text) - 1]
            return button.get("payload") or button["title"]
        return text

    def _show(self, replies: Sequence[BotMessage]) -> None:
        self._asked_secret = False
        self._buttons = []
        for reply in replies:
            if reply.text:
                self._say(reply.text)
            for button in reply.buttons or ():
                self._buttons.append(button)
                line = f"{len(self._buttons)}. {button['title']}"
                if line not in (reply.text or "").split("\n"):  # a list of clinics has its numbers already
                    self._say(f"  {line}")
            if reply.custom and reply.custom.get("input") == "secret":
                self._asked_secret = True

    async def _explain(self) -> None:
        """What the last message was taken for, and what was done: for who writes the project."""
        state = await self._runtime.service.state(self._sender)
        if state is None:
            return
        state = self._runtime.privacy.mask_state(state)
        intent = (state["latest_message"] or {}).get("intent") or {}
        name, confidence = intent.get("name"), intent.get("confidence") or 0.0
        self._say(f"  [intention] {name} ({confidence:.2f})")
        slots = {name: value for name, value in state["slots"].items() if value is not None}
        self._say(f"  [cases] {slots}")
        loop = (state["active_loop"] or {}).get("name")
        self._say(f"  [formulaire] {loop}  [demandé] {slots.get('requested_slot')}")
        rules = dict.fromkeys(name for rule in self._rules for name in rule.sources)
        self._rules.clear()
        self._say(f"  [règle] {', '.join(rules) or '-'}")
        for event in _actions_of_turn(state["events"]):
            self._say(f"  [action] {event['name']} ({event.get('policy') or '-'})")

    def _spool(self) -> list[dict[str, str]]:
        settings = self._runtime.settings
        address = settings.mail_url.get_secret_value()
        if not settings.demo or not address.startswith(SPOOL):
            return []
        return read_spool(self._runtime.root / Path(address.removeprefix(SPOOL)))

    def _show_mails(self) -> None:
        """In the demo, the mails that this turn sent."""
        mails = self._spool()
        for mail in reversed(mails[: max(len(mails) - self._mails, 0)]):
            lines = "\n".join(f"  | {line}" for line in mail["text"].strip().splitlines())
            self._say(f"  | Courriel reçu : {mail['subject']}\n{lines}")
        self._mails = len(mails)

    def _say(self, text: str) -> None:
        self._target.write(text + "\n")
        self._target.flush()


def _actions_of_turn(events: list[dict[str, object]]) -> list[dict[str, object]]:
    last = max((index for index, event in enumerate(events) if event["event"] == "user"), default=0)
    return [event for event in events[last:] if event["event"] == "action"]
