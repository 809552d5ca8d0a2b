"""The whole assistant, as `sofy run` makes it, in a folder of the test's own; every log line goes to a file there."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import make_app
from bot.channels.metrics import Metrics
from bot.model import is_up_to_date, train_project
from bot.runtime import Runtime, open_runtime
from bot.settings import settings_from
from tests.rasa_stand_in import StandInRasa
from tests.security.house import ROOT, House

KEY = "a key for the security tests that is long enough"
OURS = ("SOFY_", "DATABASE_URL", "TRACKER_DATABASE_URL", "REDIS_URL", "MAIL_URL", "PUBLIC_URL")


@pytest.fixture(scope="session")
def project() -> Path:
    """The project itself, with a model of its files as they are."""
    if not is_up_to_date(ROOT):
        train_project(ROOT)
    return ROOT


def environment(folder: Path) -> dict[str, str]:
    """Settings that keep everything below `folder`."""
    return {
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/portal.db",
        "TRACKER_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/conversations.db",
        "MAIL_URL": f"spool:{folder}/mail",
        "SOFY_SECRET_KEY": KEY,
        "SOFY_MESSAGES_PER_MINUTE": "0",
        "SOFY_ADDRESS_MESSAGES_PER_MINUTE": "0",
    }


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """Everything that anybody logs, other people's libraries included, at the lowest level."""
    path = tmp_path / "everything.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


@pytest.fixture
def engine() -> str:
    """Which engine the house has: "embedded" or "rasa"; tests that matter on both are parametrised."""
    return "embedded"


@pytest.fixture
async def house(
    project: Path, tmp_path: Path, logged: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> AsyncIterator[House]:
    """The assistant over SQLite files, spoken to through its service and through HTTP."""
    for name in list(os.environ):
        if name.startswith(OURS):
            monkeypatch.delenv(name)
    monkeypatch.chdir(project)
    environ = environment(tmp_path)
    async with AsyncExitStack() as servers:
        rasa = StandInRasa(project, tmp_path) if engine == "rasa" else None
        if rasa is not None:
            environ["SOFY_RASA_URL"] = await serve(servers, rasa.app())
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        metrics = Metrics()
        runtime: Runtime = await open_runtime(
            project, settings_from(environ, demo=True), environ, metrics, on_rasa=rasa is not None
        )
        if rasa is not None:
            assert runtime.rasa is not None
            rasa.find_desk(await serve(servers, runtime.rasa.desk.app()))
        server = TestServer(make_app(runtime, metrics))
        await server.start_server(access_log=None)  # as bot/commands/serve.py: it would log whole addresses
        client = TestClient(server)
        yield House(runtime, client, tmp_path, rasa)
        await client.close()


async def serve(servers: AsyncExitStack, app: web.Application) -> str:
    """Serve an application until the stack is unwound; its URL."""
    server = TestServer(app)
    await server.start_server(access_log=None)
    servers.push_async_callback(server.close)
    return str(server.make_url("/"))
