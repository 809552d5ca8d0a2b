"""A stand-in for a Rasa server, where none can be had: Rasa's HTTP around an engine that redacts nothing.

What it is sent and what it keeps is written to files as it is, as Rasa does: tests look there for what must not be.
The real one is held against the runtime by `python -m bench.parity --behind`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.dialogue.action_client import HttpActions
from bot.dialogue.engine import Engine
from bot.dialogue.messages import UserMessage
from bot.dialogue.tracker import Tracker
from bot.model import load_model


class _Parsed:
    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def as_dict(self) -> dict[str, Any]:
        return self._data


class StandInRasa:
    """Rasa's REST channel, tracker and status; it asks the desk for meanings and actions."""

    def __init__(self, project: Path, folder: Path) -> None:
        self._model = load_model(project)
        # To Rasa no slot is a secret.
        self._model.domain.__dict__["secret_slots"] = frozenset()
        self._log, self._store = folder / "rasa.log", folder / "rasa-tracker.json"
        self._trackers: dict[str, Tracker] = {}
        self._meaning: dict[str, Any] = {}
        self._engine: Engine | None = None
        self._actions: HttpActions | None = None
        self._desk = ""
        self.silent = False
        """Whether it answers nothing, as Rasa does when an action fails."""
        self.down = False

    def find_desk(self, url: str) -> None:
        """Say where to ask; what endpoints.yml says to Rasa."""
        self._desk = url.rstrip("/")
        self._actions = HttpActions({"url": f"{self._desk}/webhook"})
        parser = lambda _text: _Parsed(self._meaning)  # noqa: E731
        self._engine = Engine(self._model.domain, self._model.core, parser, self._actions)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/webhooks/rest/webhook", self._receive),
                web.get("/conversations/{id}/tracker", self._tracker),
                web.get("/status", self._status),
            ]
        )
        app.on_cleanup.append(self._close)
        return app

    async def _receive(self, request: web.Request) -> web.Response:
        if self.down:
            raise web.HTTPServiceUnavailable
        body = await request.json()
        self._write(body)
        assert self._engine is not None
        sender, text = body["sender"], body["message"]
        tracker = self._trackers.setdefault(sender, self._engine.tracker(sender))
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._desk}/model/parse", json={"text": text, "message_id": sender}) as response,
        ):
            self._meaning = {**await response.json(), "text": text}
        self._write(self._meaning)
        message = UserMessage(text, sender, body["input_channel"], body["metadata"], payloads=False)
        replies = await self._engine.handle(tracker, message)
        self._store.write_text(json.dumps({name: one.events for name, one in self._trackers.items()}))
        return web.json_response([] if self.silent else [reply.as_rest(sender) for reply in replies])

    async def _tracker(self, request: web.Request) -> web.Response:
        tracker = self._trackers.get(request.match_info["id"])
        if tracker is None or self.silent:
            return web.json_response({"events": []})
        return web.json_response(tracker.current_state())

    async def _status(self, _request: web.Request) -> web.Response:
        if self.down:
            raise web.HTTPServiceUnavailable
        return web.json_response({"model_file": "stand-in"})

    async def _close(self, _app: web.Application) -> None:
        if self._actions is not None:
            await self._actions.close()

    def _write(self, data: Any) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(data, ensure_ascii=False) + "\n")
