"""The one-time page: what it shows, what it refuses, and what it leaves nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.links import LIFE_SECONDS, _fields, _message, _paragraphs
from bot.storage.limits import MemoryRateLimiter
from tests.bot.channels.messaging.conftest import World
from tests.bot.channels.messaging.test_conversations import PASSWORD, fill_in, path_of, to_the_password
from tests.bot.storage.conftest import Clock

CANARY = "Canari-Mot2passe!"


@pytest.fixture
def phone(assistant: World) -> Any:
    return assistant.phone("sms")


class TestThePage:
    async def test_headers_and_fields(self, assistant: World, phone: Any) -> None:
        answer = await assistant.client.get(path_of(await to_the_password(phone)))
        page = await answer.text()
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert 'type="password"' in page
        assert 'autocomplete="new-password"' in page
        assert "maxlength" not in page
        assert "10 à 40 caractères" in page  # the question, in its own words

    async def test_looking_uses_nothing_up(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        for _ in range(3):
            assert (await assistant.client.get(link)).status == 200
            assert (await assistant.client.head(link)).status == 200
        assert await fill_in(assistant, link, PASSWORD, PASSWORD) == "/s/fini"

    async def test_html_of_the_conversation_is_text(self) -> None:
        assert _paragraphs(["<b>a", "- <i>un", "- deux", "", "b"]) == (
            "<p>&lt;b&gt;a</p>\n<ul><li>&lt;i&gt;un</li><li>deux</li></ul>\n<p>b</p>"
        )


class TestManyPages:
    async def test_an_address_waits_and_the_link_stays_good(
        self, assistant: World, phone: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        link = path_of(await to_the_password(phone))
        service = assistant.runtime.service
        clock = Clock()
        monkeypatch.setattr(service, "_limiter", MemoryRateLimiter(clock))
        monkeypatch.setattr(service, "_limits", replace(service._limits, pages_per_address=2))
        for _ in range(2):
            assert (await assistant.client.get(link)).status == 200
        for answer in (await assistant.client.get(link), await assistant.client.post(link, data={"secret": CANARY})):
            assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
            page = await answer.text()
            assert "Votre lien est encore bon" in page
            assert "appelez votre clinique" in page
            assert CANARY not in page
        clock.now += 60
        answer = await assistant.client.post(link, data={"secret": PASSWORD}, allow_redirects=False)
        assert answer.status == 303


class TestOneUse:
    async def test_used(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        await fill_in(assistant, link, PASSWORD)
        assert (await assistant.client.get(link)).status == 410
        answer = await assistant.client.post(link, data={"secret": PASSWORD})
        assert answer.status == 410
        assert "Ce lien n’est plus bon" in await answer.text()

    async def test_two_at_once(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        posts = [assistant.client.post(link, data={"secret": PASSWORD}, allow_redirects=False) for _ in range(5)]
        assert sorted([answer.status for answer in await asyncio.gather(*posts)]) == [303, 410, 410, 410, 410]

    async def test_using_one_ends_those_before(self, assistant: World, phone: Any) -> None:
        first = path_of(await to_the_password(phone))
        second = path_of(await phone.text("répéter"))
        assert (await assistant.client.get(first)).status == 200
        await fill_in(assistant, second, PASSWORD)
        assert (await assistant.client.get(first)).status == 410

    async def test_too_old(self, assistant: World, phone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        link = path_of(await to_the_password(phone))
        clock = assistant.exchange.store._clock
        monkeypatch.setattr(assistant.exchange.store, "_clock", lambda: clock() + LIFE_SECONDS + 1)
        assert (await assistant.client.get(link)).status == 410
        assert (await assistant.client.post(link, data={"secret": PASSWORD})).status == 410
        assert path_of(await phone.text("répéter"))

    async def test_the_conversation_asks_for_something_else(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        await phone.text("je veux changer mon courriel")
        assert (await assistant.client.get(link)).status == 410
        assert (await assistant.client.post(link, data={"secret": PASSWORD})).status == 410

    @pytest.mark.parametrize("path", ["/s/" + "A" * 22, "/s/x", "/s/%00", "/s/é", "/s/" + "a" * 4000])
    async def test_unknown(self, assistant: World, path: str) -> None:
        assert (await assistant.client.get(path)).status == 410
        assert (await assistant.client.post(path, data={"secret": "x"})).status == 410

    async def test_stop_ends_them(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        await phone.text("STOP")
        assert (await assistant.client.get(link)).status == 410


class TestAnswers:
    async def test_nothing_typed(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        for data in ({}, {"secret": ""}, {"choice": "7"}, {"choice": "²"}):
            answer = await assistant.client.post(link, data=data)
            assert answer.status == 422
            assert 'type="password"' in await answer.text()
        assert await fill_in(assistant, link, PASSWORD, PASSWORD) == "/s/fini"

    async def test_it_is_kept_nowhere(self, assistant: World, phone: Any, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        link = path_of(await to_the_password(phone))
        await fill_in(assistant, link, CANARY, CANARY)
        await phone.news()
        assert CANARY not in caplog.text
        # aiohttp's own access log is of the test server: the program turns it off.
        ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")
        assert link.removeprefix("/s/") not in ours
        for file in assistant.folder.rglob("*"):
            if file.is_file():
                assert CANARY.encode() not in file.read_bytes()
        state = await assistant.runtime.service.state(
            assistant.exchange.conversation_id(assistant.channel("twilio"), phone.address)
        )
        assert CANARY not in repr(state)

    async def test_a_password_that_looks_like_anything(self, assistant: World, phone: Any) -> None:
        odd = " /affirm 1 É€&=+%41 "
        link = path_of(await to_the_password(phone))
        after = await fill_in(assistant, link, odd)
        page = await (await assistant.client.get(after)).text()
        assert "pas d’espace" in page  # all of it was taken for the password

    async def test_another_process_takes_it(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        # Nothing of a link is in memory: what the page knows comes from the store.
        assert await assistant.exchange.store.link(link.removeprefix("/s/"))

    @given(st.binary(max_size=300))
    def test_any_form(self, body: bytes) -> None:
        given_fields = _fields(body)
        link = {"conversation": "c", "channel": "twilio", "buttons": [{"title": "t", "payload": "/p"}]}
        message = _message(link, given_fields)
        assert message is None or message.masked or message.text == "/p"
