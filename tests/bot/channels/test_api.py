from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import make_app
from bot.storage.database import StorageError
from tests.bot.fakes import EchoEngine, runtime_over, settings

from .conftest import Open

REST = "/webhooks/rest/webhook"


async def test_parse(open_app: Open) -> None:
    client = await open_app()
    answer = await client.post("/model/parse", json={"text": "bonjour"})
    assert (await answer.json())["intent"]["name"] == "greet"
    assert (await client.post("/model/parse", json={"text": None})).status == 422
    assert (await client.post("/model/parse", json={"text": "x" * 5_001})).status == 422


async def test_tracker_is_masked(open_app: Open) -> None:
    client = await open_app()
    await client.post(REST, json={"sender": "c/é", "message": "email=lucie@example.ca"})
    answer = await client.get("/conversations/c%2F%C3%A9/tracker")
    assert answer.status == 200
    state = await answer.json()
    assert state["sender_id"] == "c/é"
    assert state["slots"]["email"] == "l" + "*" * 15
    assert "lucie" not in await answer.text()


async def test_unknown_conversation(open_app: Open) -> None:
    client = await open_app()
    answer = await client.get("/conversations/nobody/tracker")
    assert (answer.status, (await answer.json())["error"]) == (404, "unknown_conversation")


async def test_status_and_version(open_app: Open) -> None:
    client = await open_app()
    assert (await (await client.get("/version")).json())["version"] == "0.1.0"
    assert (await (await client.get("/status")).json())["model_file"] == "20260101-000000.zip"


@pytest.mark.parametrize("path", ["/conversations/c/tracker", "/status"])
async def test_closed_without_the_token(open_app: Open, path: str) -> None:
    client = await open_app(demo="0", SOFY_AUTH_TOKEN="s3cret-token")
    assert (await client.get(path)).status == 401
    assert (await client.post("/model/parse", json={"text": "x"})).status == 401
    assert (await client.get("/version")).status == 200


async def test_health(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await open_app()
    assert (await client.get("/health/live")).status == 200
    assert (await client.get("/health/ready")).status == 200

    async def down(_self: object) -> None:
        raise StorageError("the database did not answer (OSError)")

    monkeypatch.setattr("bot.storage.trackers.SqlTrackerStore.check", down)
    answer = await client.get("/health/ready")
    assert answer.status == 503
    assert (await answer.json())["problems"] == {"storage": "the database did not answer (OSError)"}
    assert (await client.get("/health/live")).status == 200


class Plugin:
    def __init__(self, reason: str | None) -> None:
        self.reason = reason
        self.stopped = False

    def commands(self) -> list[object]:
        return []

    async def startup(self, _settings: Mapping[str, str], _demo: bool) -> None:
        self.reason = None

    async def ready(self) -> str | None:
        if self.reason == "raise":
            raise RuntimeError("lucie@example.ca")
        return self.reason

    async def shutdown(self) -> None:
        self.stopped = True


async def test_plugins_are_asked_and_stopped(tmp_path: Path) -> None:
    portal, other = Plugin("no clinic was imported"), Plugin("raise")
    plugins = {"portal": portal, "other": other}
    runtime = await runtime_over(EchoEngine(), settings(tmp_path), tmp_path, plugins)  # type: ignore[arg-type]
    client: TestClient[object, object] = TestClient(TestServer(make_app(runtime)))  # type: ignore[arg-type, assignment]
    await client.start_server()
    problems = (await (await client.get("/health/ready")).json())["problems"]
    assert problems == {"portal": "no clinic was imported", "other": "RuntimeError"}
    await runtime.plugins.startup({}, demo=True)
    assert (await client.get("/health/ready")).status == 200
    await client.close()
    assert portal.stopped
    assert other.stopped


async def test_metrics_count_turns_without_names(open_app: Open) -> None:
    client = await open_app()
    await client.post(REST, json={"sender": "lucie", "message": "bonjour", "input_channel": "lucie-channel"})
    text = await (await client.get("/metrics")).text()
    assert "process_resident_memory_bytes" in text
    assert "lucie" not in text


async def test_unknown_addresses_and_methods(open_app: Open) -> None:
    client = await open_app()
    answer = await client.get("/nowhere")
    assert (answer.status, (await answer.json())["error"]) == (404, "not_found")
    answer = await client.get(REST)
    assert (answer.status, (await answer.json())["error"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"
