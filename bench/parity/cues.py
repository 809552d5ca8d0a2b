"""Who does what a script's stage directions say, on one side: its spool of mails, or its staged action server."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Protocol

import aiohttp

from bot.testing.stage import Prompter


class CueFailedError(Exception):
    """A direction cannot be done; what the staged server said of it."""


class Cues(Prompter, Protocol):
    """One side's directions."""

    async def begin(self, now: float) -> None:
        """Make ready for a script that begins at this time."""


class SpoolCues:
    """`{code}` in conversations played on an action server as it is: the code in the newest mail."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool

    async def begin(self, now: float) -> None:
        """All conversations share one portal, whose clock is the machine's."""

    async def cue(self, direction: str) -> str | None:
        """Give the code."""
        return await asyncio.to_thread(last_code, self._spool) if direction == "code" else None


class StageCues:
    """All directions of story tests, done by a staged action server (`bench/parity/stage.py`)."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def begin(self, now: float) -> None:
        """Have a portal of its own for the story, on fresh demonstration data."""
        async with self._session.post(f"{self._url}/stage", json={"now": now}) as response:
            response.raise_for_status()

    async def cue(self, direction: str) -> str | None:
        """Have it done. Raises CueFailedError."""
        async with self._session.post(f"{self._url}/cue", json={"direction": direction}) as response:
            response.raise_for_status()
            answer = await response.json()
        if answer.get("error"):
            raise CueFailedError(answer["error"])
        typed: str | None = answer["typed"]
        return typed


def last_code(spool: Path) -> str:
    """Give the code of the newest mail of a spool. Raises CueFailedError."""
    newest = max(spool.glob("*.eml"), key=lambda path: path.name, default=None)
    found = newest and re.search(rb"(\d{3})(?:=C2=A0|\xc2\xa0| )(\d{3})", newest.read_bytes())
    if not found:
        raise CueFailedError("no mail with a code")
    return (found[1] + found[2]).decode()
