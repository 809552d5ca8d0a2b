"""What words mean to Rasa: the same as to the runtime.

How well each engine reads French is measured elsewhere (`make bench-nlu`). Here Rasa asks this server over HTTP (the
`nlu` section of its endpoints), and this server asks the runtime's own model. A secret has no meaning on either side:
in such a text the runtime looks for none, and what Rasa's NLU takes a password for would say nothing of the dialogue.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot.dialogue.messages import UserMessage
from bot.dialogue.secrets import parse_at_secret
from bot.project.domain import Domain


class Meanings:
    """Answers `POST /model/parse {text, message_id}` as Rasa asks it."""

    def __init__(self, session: aiohttp.ClientSession, runtime: str, domain: Domain) -> None:
        """`runtime` is the URL of the runtime."""
        self._session, self._runtime, self._domain = session, runtime, domain
        self._coming: dict[str, tuple[str | None, bool]] = {}

    def coming(self, sender: str, requested: str | None, masked: bool) -> None:
        """Note what is asked in a conversation, and whether its next message comes from a masked field."""
        self._coming[sender] = requested, masked

    async def parse(self, text: str, sender: str) -> dict[str, Any]:
        """What a message means: at a secret's question as the runtime takes it, elsewhere what its model says."""
        requested, masked = self._coming.get(sender, (None, False))
        if requested in self._domain.secret_slots:
            message = UserMessage(text, sender, masked=masked)
            at_secret = parse_at_secret(message, text, self._domain, lambda _words: {})
            if at_secret:
                return at_secret
        async with self._session.post(f"{self._runtime}/model/parse", json={"text": text}) as response:
            response.raise_for_status()
            meaning: dict[str, Any] = await response.json()
            return meaning

    @contextlib.asynccontextmanager
    async def served(self, url: str) -> AsyncIterator[None]:
        """Serve at this URL while the block lasts."""
        app = web.Application()
        app.add_routes([web.post("/model/parse", self._answer)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", urlsplit(url).port).start()
        try:
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(await self.parse(asked["text"], asked["message_id"]))
