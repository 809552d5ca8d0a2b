"""Rasa's HTTP API, as far as it is needed to have it run a turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.dialogue.events import KNOWN, Event

TIMEOUT_SECONDS = 60
"""Longer than any turn takes on a busy machine."""


class RasaError(Exception):
    """Rasa did not do its part. The text names the call and the kind of failure, never a value."""


class RasaClient:
    """Talks to one Rasa server, which runs with `--enable-api` and the `rest` channel."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """`url`: where Rasa listens; `timeout`: seconds for one turn."""
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def say(self, sender_id: str, text: str, *, channel: str, metadata: Mapping[str, Any]) -> None:
        """Have Rasa run one turn; what it says is read from its tracker. Raises RasaError."""
        body = {"sender": sender_id, "message": text, "input_channel": channel, "metadata": dict(metadata)}
        await self._call("POST", "/webhooks/rest/webhook", body)

    async def events(self, sender_id: str, *, after: float) -> list[Event]:
        """The conversation's events that are younger than a time (seconds since 1970). Raises RasaError."""
        state = await self._call("GET", f"/conversations/{quote(sender_id, safe='')}/tracker?include_events=ALL")
        events = state.get("events") if isinstance(state, dict) else None
        if not isinstance(events, list):
            raise RasaError("tracker: no events in the answer")
        return [event for event in events if _is_event(event) and event["timestamp"] > after]

    async def problem(self) -> str | None:
        """Why Rasa cannot run a turn now (it does not answer, or has no model), None when it can."""
        try:
            await self._call("GET", "/status")
        except RasaError as error:
            return str(error)
        return None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        call = path.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
        try:
            async with self._session.request(method, self._url + path, json=body) as response:
                if response.status != 200:
                    raise RasaError(f"{call}: status {response.status}")
                return await response.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise RasaError(f"{call}: {type(error).__name__}") from None


def _is_event(event: object) -> bool:
    return isinstance(event, dict) and event.get("event") in KNOWN and isinstance(event.get("timestamp"), int | float)
