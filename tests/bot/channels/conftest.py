from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import make_app
from tests.bot.fakes import EchoEngine, runtime_over, settings

Open = Callable[..., Awaitable["TestClient[Any, Any]"]]


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture
async def open_app(tmp_path: Path, engine: EchoEngine) -> AsyncIterator[Open]:
    """Opens a server over the echo engine; the arguments are settings (`demo="0"` for outside demo mode)."""
    clients: list[TestClient[Any, Any]] = []

    async def start(**values: str) -> "TestClient[Any, Any]":
        runtime = await runtime_over(engine, settings(tmp_path, **values), tmp_path)
        client = TestClient(TestServer(make_app(runtime)))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()
