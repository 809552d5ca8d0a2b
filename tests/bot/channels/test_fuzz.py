"""Anything at all, sent to every address: a defined answer, never a 500, never a value repeated in an error."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import WSMsgType
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import make_app
from bot.channels.mailbox import read_spool
from bot.settings import masked_url
from tests.bot import fakes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["sender", "message", "metadata", "text", "type", "id", "payload", "action", "clinic", "session", "page"]
)
KINDS = st.sampled_from(["hello", "start", "text", "button", "secret", "x"])
FRAMES = st.dictionaries(FIELDS, JSON | KINDS, max_size=6)
PATHS = ["/webhooks/rest/webhook", "/model/parse", "/webhooks/webchat/hello", "/webhooks/webchat/messages"]
ORIGIN = {"Origin": "http://localhost:5005"}
EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Client = TestClient[Any, Any]


def over(scenario: Callable[[Client], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        with TemporaryDirectory() as folder:
            root = Path(folder)
            given_settings = fakes.settings(root, SOFY_MESSAGES_PER_MINUTE="0", SOFY_ADDRESS_MESSAGES_PER_MINUTE="0")
            runtime = await fakes.runtime_over(fakes.EchoEngine(), given_settings, root)
            async with TestClient(TestServer(make_app(runtime))) as client:
                await scenario(client)

    asyncio.run(run())


@EXAMPLES
@given(st.lists(st.tuples(st.sampled_from(PATHS), FRAMES.map(json.dumps).map(str.encode) | st.binary(max_size=200))))
def test_bodies(requests: list[tuple[str, bytes]]) -> None:
    async def scenario(client: Client) -> None:
        for path, body in requests:
            answer = await client.post(path, data=body, headers={**ORIGIN, "Content-Type": "application/json"})
            assert answer.status in {200, 400, 401, 413, 422}
            data = json.loads(await answer.text())
            if answer.status >= 400:
                assert set(data) == {"error", "message"}

    over(scenario)


@EXAMPLES
@given(st.lists(FRAMES.map(json.dumps) | st.text(max_size=50), max_size=12))
def test_frames(frames: list[str]) -> None:
    async def scenario(client: Client) -> None:
        socket = await client.ws_connect("/webhooks/webchat/ws", headers=ORIGIN)
        await socket.send_json({"type": "hello"})
        assert (await socket.receive_json())["type"] == "welcome"
        for frame in frames:
            await socket.send_str(frame)
            answer = await socket.receive()
            assert answer.type is WSMsgType.TEXT
            assert json.loads(answer.data)["type"] in {"welcome", "reply", "error"}
        await socket.close()

    over(scenario)


@EXAMPLES
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30), max_size=5))
def test_conversation_ids(names: list[str]) -> None:
    from yarl import URL

    async def scenario(client: Client) -> None:
        for name in names:
            url = client.make_url("/").with_path("/conversations") / name.replace("/", "_") / "tracker"
            answer = await client.session.get(URL(url))
            assert answer.status == 404

    over(scenario)


@EXAMPLES
@given(st.binary(max_size=300))
def test_any_file_in_the_spool(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "a.eml").write_bytes(content)
        for mail in read_spool(Path(folder)):
            assert set(mail) == {"to", "subject", "text", "sent_at"}


@given(st.text(max_size=60))
def test_a_masked_url_never_shows_the_password(text: str) -> None:
    masked = masked_url(f"postgresql+asyncpg://sofy:Canari42@{text}")
    assert "Canari42" not in masked
