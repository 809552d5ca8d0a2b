"""Providers that are slow, busy or broken."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.outbox import ATTEMPTS, LONGEST_PAUSE, Answer, NotSentError, Outbox, _object
from tests.bot.channels.messaging.conftest import World


def busy(status: int, **headers: str) -> web.Response:
    return web.json_response({"code": 20429, "message": "busy"}, status=status, headers=headers)


class TestRetries:
    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_tried_again_with_growing_pauses(self, world: World, status: int) -> None:
        world.api.script.extend(busy(status) for _ in range(3))
        assert await world.phone().text("bonjour")
        pauses = world.pauses.seconds
        assert len(pauses) == 3
        assert 0.3 < pauses[0] < pauses[1] < pauses[2] < 3

    async def test_as_long_as_the_provider_says(self, world: World) -> None:
        world.api.script.append(busy(429, **{"Retry-After": "7"}))
        world.api.script.append(busy(429, **{"Retry-After": "9999"}))
        world.api.script.append(web.json_response({"parameters": {"retry_after": 3}}, status=429))
        assert await world.phone().text("bonjour")
        assert world.pauses.seconds == [7, LONGEST_PAUSE, 3]

    async def test_order_is_kept_while_a_message_is_tried_again(self, world: World) -> None:
        phone = world.phone()
        world.api.script.extend(busy(500) for _ in range(2))
        await phone.post("un")
        await phone.post("deux")
        await phone.news()
        assert [sent.text.split(": ")[1] for sent in world.api.sent] == ["un", "deux"]

    async def test_given_up_at_last(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        world.api.script.extend(busy(500) for _ in range(ATTEMPTS))
        phone = world.phone()
        assert await phone.text("bonjour") == ""
        assert "not sent code=20429" in caplog.text
        assert phone.address not in caplog.text
        assert await phone.text("encore")  # the conversation goes on

    async def test_a_refusal_is_not_tried_again(self, world: World) -> None:
        world.api.script.append(web.json_response({"code": 21211, "message": "no such number"}, status=400))
        assert await world.phone().text("bonjour") == ""
        assert not world.pauses.seconds

    async def test_a_transient_error_of_facebook_is(self, world: World) -> None:
        world.api.script.append(web.json_response({"error": {"code": 2, "is_transient": True}}, status=400))
        assert await world.phone("messenger").text("bonjour")


class TestReachability:
    async def test_nobody_there(self) -> None:
        async def no_pause(_seconds: float) -> None:
            return

        outbox = Outbox(sleep=no_pause)
        with pytest.raises(NotSentError) as raised:
            await outbox.post(f"http://127.0.0.1:{unused_port()}/bot-with-token", json={"text": "secret"})
        assert raised.value.code == "unreachable"
        assert "token" not in repr(raised.value)
        assert raised.value.__context__ is None
        await outbox.close()

    async def test_an_answer_that_never_comes(self) -> None:
        async def never(_request: web.Request) -> web.Response:
            await asyncio.Event().wait()
            raise AssertionError

        async def no_pause(_seconds: float) -> None:
            return

        app = web.Application()
        app.router.add_post("/", never)
        from aiohttp.test_utils import TestServer

        async with TestServer(app) as server:
            outbox = Outbox(sleep=no_pause, timeout=aiohttp.ClientTimeout(total=0.05))
            with pytest.raises(NotSentError, match="unreachable"):
                await outbox.post(str(server.make_url("/")), json={}, attempts=2)
            await outbox.close()


class TestAnswers:
    @given(st.binary(max_size=200))
    def test_any_body(self, content: bytes) -> None:
        answer = Answer(500, _object(content), "x")
        assert answer.pause() is None or answer.pause() <= LONGEST_PAUSE  # type: ignore[operator]
        assert answer.code

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: st.dictionaries(
                st.sampled_from(["error", "code", "parameters", "retry_after", "is_transient", "error_code"]), inner
            ),
        )
    )
    def test_any_json(self, body: object) -> None:
        answer = Answer(400, body if isinstance(body, dict) else {}, None)
        assert isinstance(answer.may_be_tried_again, bool)
        assert isinstance(answer.code, int | str)
        assert answer.pause() is None or 0 <= answer.pause() <= LONGEST_PAUSE  # type: ignore[operator]
