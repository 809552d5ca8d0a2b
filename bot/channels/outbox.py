"""Calls to providers' APIs: retried with growing pauses on 429 and 5xx, and with nothing personal in an error."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

ATTEMPTS = 5
FIRST_PAUSE = 0.5  # seconds; doubled each time
LONGEST_PAUSE = 30.0
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_LARGEST_ANSWER = 64 * 1024

logger = logging.getLogger(__name__)


class NotSentError(Exception):
    """The provider did not take a message; `code` is its error code, or the HTTP status."""

    def __init__(self, code: int | str) -> None:
        super().__init__(f"not sent ({code})")
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider answered."""

    status: int
    body: Mapping[str, Any]
    retry_after: str | None = None

    @property
    def code(self) -> int | str:
        """The provider's own error code, else the status."""
        error = self.body.get("error")
        nested = error.get("code") if isinstance(error, Mapping) else None
        code = nested or self.body.get("code") or self.body.get("error_code") or self.status
        return code if isinstance(code, int) else str(code)[:40]

    @property
    def may_be_tried_again(self) -> bool:
        """Whether the trouble passes: too many requests, a failing server, an error said to be transient."""
        error = self.body.get("error")
        transient = isinstance(error, Mapping) and error.get("is_transient") is True
        return self.status == 429 or self.status >= 500 or (self.status >= 400 and transient)

    def pause(self) -> float | None:
        """Seconds that the provider asks to wait, when it says so."""
        parameters = self.body.get("parameters")
        asked = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
        try:
            seconds = float(asked if asked is not None else self.retry_after or "")
        except (TypeError, ValueError):
            return None
        return min(max(seconds, 0.0), LONGEST_PAUSE) if math.isfinite(seconds) else None


class Outbox:
    """One HTTP client for all channels."""

    def __init__(
        self,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: aiohttp.ClientTimeout = _TIMEOUT,
    ) -> None:
        self._sleep = sleep
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        auth: tuple[str, str] | None = None,
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """Post until it is taken. Raises NotSentError; neither the URL nor the body (both private) is in it."""
        for attempt in range(1, attempts + 1):
            answer = await self._once(url, form, json, auth)
            if answer is not None and answer.status < 300:
                return answer
            if answer is not None and not answer.may_be_tried_again:
                raise NotSentError(answer.code)
            if attempt == attempts:
                break
            pause = answer.pause() if answer is not None else None
            if pause is None:
                # Spread out, so that conversations held up together do not come back together.
                pause = FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311
            logger.info("provider busy code=%s attempt=%d", answer.code if answer else "unreachable", attempt)
            await self._sleep(pause)
        raise NotSentError(answer.code if answer is not None else "unreachable")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _once(
        self,
        url: str,
        form: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        auth: tuple[str, str] | None,
    ) -> Answer | None:
        """Give the answer, None when there was none in time."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {"Authorization": f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"} if auth else None
        try:
            async with self._session.post(
                url, data=form, json=body, headers=headers, allow_redirects=False
            ) as response:
                content = await response.content.read(_LARGEST_ANSWER)
                return Answer(response.status, _object(content), response.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError):
            return None


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
