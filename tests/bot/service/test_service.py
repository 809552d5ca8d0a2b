import asyncio
import logging
from pathlib import Path

import pytest

from bot.service import RateLimitedError
from bot.storage.database import StorageError
from bot.storage.trackers import ConflictError
from tests.bot.fakes import EchoEngine, message, service_over, settings


async def test_a_conversation_goes_on_after_a_restart_of_the_process(tmp_path: Path) -> None:
    engine = EchoEngine()
    first = await service_over(engine, settings(tmp_path))
    assert [reply.text for reply in await first.handle(message("bonjour"))] == ["2: bonjour"]
    await first.close()
    second = await service_over(engine, settings(tmp_path))
    assert [reply.text for reply in await second.handle(message("encore"))] == ["4: encore"]
    state = await second.state("c")
    assert state is not None
    assert [e["text"] for e in state["events"] if e["event"] == "user"] == ["bonjour", "encore"]
    await second.close()


async def test_a_turn_written_by_another_process_is_seen(tmp_path: Path) -> None:
    one = await service_over(EchoEngine(), settings(tmp_path))
    two = await service_over(EchoEngine(), settings(tmp_path))
    await one.handle(message("un"))
    await two.handle(message("deux"))
    assert (await one.handle(message("trois")))[0].text == "6: trois"
    await one.close()
    await two.close()


async def test_only_the_current_session_is_loaded_again(tmp_path: Path) -> None:
    first = await service_over(EchoEngine(), settings(tmp_path))
    for text in ("un", "deux", "/restart", "trois"):
        await first.handle(message(text))
    await first.close()
    second = await service_over(EchoEngine(), settings(tmp_path))
    state = await second.state("c")
    assert state is not None
    assert [e["text"] for e in state["events"] if e["event"] == "user"] == ["/restart", "trois"]
    await second.close()


async def test_unknown_conversation_is_not_made_by_asking(tmp_path: Path) -> None:
    service = await service_over(EchoEngine(), settings(tmp_path))
    assert await service.state("nobody") is None
    assert not service._live
    await service.close()


async def test_turns_of_one_conversation_wait_for_each_other(tmp_path: Path) -> None:
    engine = EchoEngine()
    engine.gate = asyncio.Event()
    service = await service_over(engine, settings(tmp_path))
    turns = [asyncio.create_task(service.handle(message(str(number)))) for number in range(5)]
    await engine.started.wait()
    engine.gate.set()
    replies = [reply[0].text for reply in await asyncio.gather(*turns)]
    assert replies == ["2: 0", "4: 1", "6: 2", "8: 3", "10: 4"]
    await service.close()


async def test_too_long_is_refused_unread_and_leaves_no_trace(tmp_path: Path) -> None:
    engine = EchoEngine()
    service = await service_over(engine, settings(tmp_path))
    assert (await service.handle(message("x" * 5_000)))[0].text == f"2: {'x' * 5_000}"
    assert (await service.handle(message("x" * 5_001)))[0].text == "Votre message est trop long."
    assert len(engine.heard) == 1
    await service.close()


async def test_a_failing_turn_is_answered_and_undone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    service = await service_over(EchoEngine(), settings(tmp_path))
    await service.handle(message("bonjour"))
    with caplog.at_level(logging.DEBUG):
        [reply] = await service.handle(message("boom"))
    assert reply.text is not None
    reference = reply.text.removeprefix("Un problème est survenu. Numéro : ").removesuffix(".")
    logged = [record.getMessage() for record in caplog.records if record.name == "bot.service"]
    assert len(logged) == 1
    assert reference in logged[0]
    assert "ValueError" in logged[0]
    assert "lucie" not in caplog.text
    assert (await service.handle(message("encore")))[0].text == "4: encore"
    await service.close()


async def test_a_cancelled_turn_is_undone(tmp_path: Path) -> None:
    engine = EchoEngine()
    service = await service_over(engine, settings(tmp_path))
    await service.handle(message("bonjour"))
    engine.gate = asyncio.Event()
    engine.started.clear()
    task = asyncio.create_task(service.handle(message("perdu")))
    await engine.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    engine.gate = None
    assert (await service.handle(message("encore")))[0].text == "4: encore"
    await service.close()


async def test_a_reply_is_given_even_when_it_cannot_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = await service_over(EchoEngine(), settings(tmp_path))
    await service.handle(message("un"))
    store = service._store

    async def down(*_: object, **__: object) -> None:
        raise StorageError("the database did not store a turn (OperationalError)")

    with monkeypatch.context() as patched:
        patched.setattr(store, "append", down)
        patched.setattr(store, "head", down)
        assert (await service.handle(message("deux")))[0].text == "4: deux"
    assert "turn not stored" in caplog.text
    await service.handle(message("trois"))
    loaded = await store.load("c")
    assert loaded is not None
    assert [e["text"] for e in loaded[1] if e["event"] == "user"] == ["un", "deux", "trois"]
    await service.close()


async def test_a_conflict_gives_way_to_the_other_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = await service_over(EchoEngine(), settings(tmp_path))
    await service.handle(message("un"))

    async def moved(*_: object, **__: object) -> None:
        raise ConflictError("the conversation has moved on")

    with monkeypatch.context() as patched:
        patched.setattr(service._store, "append", moved)
        assert (await service.handle(message("deux")))[0].text == "4: deux"
    assert (await service.handle(message("trois")))[0].text == "4: trois"
    await service.close()


async def test_limits(tmp_path: Path) -> None:
    given = settings(tmp_path, SOFY_MESSAGES_PER_MINUTE="2", SOFY_ADDRESS_MESSAGES_PER_MINUTE="3")
    service = await service_over(EchoEngine(), given)
    await service.handle(message("un"), address="192.0.2.1")
    await service.handle(message("deux"), address="192.0.2.1")
    with pytest.raises(RateLimitedError) as caught:
        await service.handle(message("trois"))
    assert (caught.value.scope, caught.value.retry_after) == ("conversation", 60)
    await service.handle(message("un", "d"), address="192.0.2.1")
    with pytest.raises(RateLimitedError) as caught:
        await service.handle(message("un", "e"), address="192.0.2.1")
    assert caught.value.scope == "address"
    await service.handle(message("un", "e"), address="192.0.2.2")
    await service.close()


async def test_a_limit_of_all_together_does_not_count_what_others_are_refused(tmp_path: Path) -> None:
    limited: list[str] = []

    class Observer:
        def turn(self, channel: str, outcome: str, seconds: float) -> None: ...

        def unsaved(self) -> None: ...

        def limited(self, scope: str) -> None:
            limited.append(scope)

    given = settings(
        tmp_path,
        SOFY_MESSAGES_PER_MINUTE="1",
        SOFY_TOTAL_MESSAGES_PER_MINUTE="2",
        SOFY_ADDRESS_PAGES_PER_MINUTE="1",
    )
    service = await service_over(EchoEngine(), given, Observer())
    await service.handle(message("un"))
    for _ in range(5):  # a flood of one conversation takes nothing from the others
        with pytest.raises(RateLimitedError):
            await service.handle(message("encore"))
    await service.handle(message("un", "d"))
    with pytest.raises(RateLimitedError) as caught:
        await service.handle(message("un", "e"))
    assert (caught.value.scope, caught.value.retry_after) == ("total", 60)
    assert await service.page_wait("192.0.2.1") == 0
    assert await service.page_wait("192.0.2.1") == 60
    assert await service.page_wait("192.0.2.2") == 0
    assert limited == ["conversation"] * 5 + ["total", "pages"]
    await service.close()


async def test_only_buttons_that_were_sent_are_obeyed(tmp_path: Path) -> None:
    engine = EchoEngine()
    service = await service_over(engine, settings(tmp_path))
    await service.handle(message("/affirm"), own_buttons=True)
    assert not engine.heard[-1].payloads
    await service.handle(message("choix"))
    await service.handle(message("/affirm"), own_buttons=True)
    assert engine.heard[-1].payloads
    assert engine.heard[-1].metadata["title"] == "Oui"
    await service.handle(message("/affirm", "other"), own_buttons=True)
    assert not engine.heard[-1].payloads
    await service.close()
    again = await service_over(engine, settings(tmp_path))
    await again.handle(message("/affirm"), own_buttons=True)
    assert engine.heard[-1].payloads
    await again.close()


async def test_memory_is_bounded(tmp_path: Path) -> None:
    service = await service_over(EchoEngine(), settings(tmp_path, SOFY_LIVE_CONVERSATIONS="3"))
    for number in range(10):
        await service.handle(message("bonjour", f"c{number}"))
    assert list(service._live) == ["c7", "c8", "c9"]
    assert (await service.handle(message("encore", "c0")))[0].text == "4: encore"
    await service.close()
