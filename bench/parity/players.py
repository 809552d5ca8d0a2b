"""Plays a script on one engine over REST."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

from bench.parity.comparing import Turn, turn_of
from bench.parity.cues import Cues
from bench.parity.scripts import ROOT, Message, Script
from bot.project.names import REQUESTED_SLOT
from bot.testing.stage import Directions

PATIENCE = aiohttp.ClientTimeout(total=120)
"""For one message: longer than any turn takes on a busy machine. A server that is slower is a failure."""

_ASKED = frozenset(
    {"email", "nam", "password", "password_confirmation", "activation_code", "login_id", "login_password"}
)
_TELLING = re.compile(r"@|\d.*\d|\S[!?#$%&*]\S")
"""What no other text has by chance: an address, digits, a password."""
_SHORTEST = 6
_WRONG = re.compile(r"error|exception|failed|timeout", re.IGNORECASE)
_FEW = 5


class PlayError(Exception):
    """A script could not be played to its end: one line that says where and why."""


@dataclass(frozen=True)
class Side:
    """One engine under test."""

    name: str
    url: str
    cues: Cues
    shown: Callable[[dict[str, Any]], dict[str, Any]] = dict
    """Makes a tracker's state comparable with the other side's."""
    coming: Callable[[str, str | None, bool], None] = lambda _sender, _requested, _masked: None
    """Told before each message: the conversation, which slot is asked for, whether the field is masked."""
    logs: tuple[Path, ...] = ()
    """Where its servers write what goes wrong."""
    blind: tuple[Path, ...] = ()
    """What a server writes that must not know what is typed (Rasa's log at debug level, with its trackers)."""
    typed: set[str] = field(default_factory=set)
    """What was typed to it where a secret or a personal value was asked."""

    def leaks(self) -> list[str]:
        """What was typed and is in the files of `blind`."""
        written = [path.read_text(encoding="utf-8", errors="replace") for path in self.blind]
        return sorted(text for text in self.typed if any(_stands_in(text, each) for each in written))


async def play(session: aiohttp.ClientSession, side: Side, script: Script, now: float) -> list[Turn]:
    """Play one script that begins at the time `now`; its turns. Raises PlayError."""
    turns: list[Turn] = []
    requested: str | None = None
    try:
        await side.cues.begin(now)
        directions = Directions([side.cues])
        await directions.prepare(script.before)
        for number, message in enumerate(script.messages, 1):
            body = await request_body(directions, message, script.sender)
            if _tells(requested, body["message"]):
                side.typed.add(body["message"].strip())
            side.coming(script.sender, requested, body["metadata"].get("input") == "secret")
            replies = await _json(session.post(f"{side.url}/webhooks/rest/webhook", json=body, timeout=PATIENCE))
            state = await _json(session.get(f"{side.url}/conversations/{script.sender}/tracker?include_events=ALL"))
            requested = state["slots"].get(REQUESTED_SLOT)
            turns.append(turn_of(replies, side.shown(state), number, same_time=script.staged))
    except Exception as error:
        where = f"{script.name}, message {len(turns) + 1}, {side.name}"
        raise PlayError(f"{where}: {type(error).__name__}: {error}") from error
    return turns


def _stands_in(text: str, written: str) -> bool:
    """Whether a text stands somewhere by itself: six digits are part of many a longer number, or of a time."""
    return text in written and re.search(rf"(?<![\w.:]){re.escape(text)}(?!\w)", written) is not None


def _tells(requested: str | None, text: str) -> bool:
    """Whether a secret or a personal value is given, which no other text has by chance.

    A username at the login is none: the assistant shows it, and Rasa has what the assistant says. Nor is an example
    that the assistant gives.
    """
    if requested not in _ASKED or (requested == "login_id" and "@" not in text):
        return False
    return len(text.strip()) >= _SHORTEST and _TELLING.search(text) is not None and text.strip() not in _words()


@cache
def _words() -> str:
    """What the assistant may say."""
    return (ROOT / "domain.yml").read_text(encoding="utf-8")


async def request_body(directions: Directions, message: Message, sender: str) -> dict[str, Any]:
    """What a message is to the REST channel, its directions done. Raises CueError."""
    text, metadata, masked = await directions.read(message.text)
    metadata |= message.metadata
    if bool(metadata.pop("masked", False)) or masked:
        metadata["input"] = "secret"
    return {"sender": sender, "message": text, "metadata": metadata}


async def _json(request: Any) -> Any:
    async with request as response:
        response.raise_for_status()
        return await response.json()


class Complaints:
    """What servers log as wrong from now on: an engine that fails may just answer nothing."""

    def __init__(self, sides: Iterable[Side]) -> None:
        self._ends = {log: log.stat().st_size for side in sides for log in side.logs}

    def lines(self) -> list[str]:
        """The first lines of each log that tell of an error."""
        found: list[str] = []
        for log, end in self._ends.items():
            with log.open("rb") as file:
                file.seek(end)
                new = file.read().decode(errors="replace").splitlines()
            found += [f"{log.name}: {line.strip()[:200]}" for line in new if _WRONG.search(line)][:_FEW]
        return found
