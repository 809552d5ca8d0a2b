"""Rasa's HTTP API, as far as this project needs it, and the health and metrics pages of operators."""

from __future__ import annotations

from aiohttp import web

from bot.channels.http import (
    METRICS,
    RUNTIME,
    ApiError,
    back_end_only,
    json_object,
    json_response,
    text_field,
)
from bot.service import LONGEST_MESSAGE
from bot.storage.database import StorageError

_LOWEST_RASA = "3.0.0"


def routes() -> list[web.RouteDef]:
    """Give the routes; those that read conversations or the model are for back ends only."""
    return [
        web.post("/model/parse", back_end_only(_parse)),
        web.get("/conversations/{id}/tracker", back_end_only(_tracker)),
        web.get("/status", back_end_only(_status)),
        web.get("/version", _version),
        web.get("/health/live", _live),
        web.get("/health/ready", _ready),
        web.get("/metrics", _metrics),
    ]


async def _parse(request: web.Request) -> web.Response:
    """Take `{text}`; give what it means, as Rasa: text, intent, entities, intent_ranking."""
    data = await json_object(request)
    text = text_field(data, "text", longest=LONGEST_MESSAGE)
    return json_response(request.app[RUNTIME].model.parse(text))


async def _tracker(request: web.Request) -> web.Response:
    """Give a conversation in Rasa's shape: secrets are not in it, personal values are masked."""
    runtime = request.app[RUNTIME]
    state = await runtime.service.state(request.match_info["id"])
    if state is None:
        raise ApiError(404, "unknown_conversation", "there is no such conversation")
    return json_response(runtime.privacy.mask_state(state))


async def _status(request: web.Request) -> web.Response:
    model = request.app[RUNTIME].model
    return json_response({"model_file": model.path.name, "model_id": model.fingerprint, "num_active_training_jobs": 0})


async def _version(request: web.Request) -> web.Response:
    version = request.app[RUNTIME].version
    return json_response({"version": version, "minimum_compatible_version": _LOWEST_RASA})


async def _live(_request: web.Request) -> web.Response:
    return json_response({"status": "ok"})


async def _ready(request: web.Request) -> web.Response:
    """200 when a patient can be served: conversations' store, locks and the project's own parts."""
    runtime = request.app[RUNTIME]
    problems: dict[str, str] = {}
    try:
        await runtime.service.check()
    except StorageError as error:
        problems["storage"] = str(error)
    if runtime.rasa is not None and (silent := await runtime.rasa.problem()):
        problems["rasa"] = silent
    problems.update(await runtime.plugins.problems())
    if problems:
        return json_response({"status": "not_ready", "problems": problems}, status=503)
    return json_response({"status": "ready", "model": runtime.model.path.name})


async def _metrics(request: web.Request) -> web.Response:
    return request.app[METRICS].response()
