"""Plays a script on one engine over REST."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.parity.comparing import Turn, turn_of
from bench.parity.cues import Cues
from bench.parity.scripts import Message, Script
from bot.testing.stage import Directions

PATIENCE = aiohttp.ClientTimeout(total=120)
"""For one message: longer than any turn takes on a busy machine. A server that is slower is a failure."""


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


async def play(session: aiohttp.ClientSession, side: Side, script: Script, now: float) -> list[Turn]:
    """Play one script that begins at the time `now`; its turns. Raises PlayError."""
    turns: list[Turn] = []
    seen = 0
    try:
        await side.cues.begin(now)
        directions = Directions([side.cues])
        await directions.prepare(script.before)
        for message in script.messages:
            body = await request_body(directions, message, script.sender)
            replies = await _json(session.post(f"{side.url}/webhooks/rest/webhook", json=body, timeout=PATIENCE))
            state = await _json(session.get(f"{side.url}/conversations/{script.sender}/tracker?include_events=ALL"))
            turns.append(turn_of(replies, side.shown(state), seen))
            seen = len(state["events"])
    except Exception as error:
        where = f"{script.name}, message {len(turns) + 1}, {side.name}"
        raise PlayError(f"{where}: {type(error).__name__}: {error}") from error
    return turns


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
