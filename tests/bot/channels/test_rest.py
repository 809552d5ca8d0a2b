import json
import logging

import pytest

from tests.bot.fakes import EchoEngine

from .conftest import Open

PATH = "/webhooks/rest/webhook"


async def test_a_turn(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    answer = await client.post(PATH, json={"sender": "c", "message": "  bonjour \n", "metadata": {"page_session": "p"}})
    assert answer.status == 200
    assert await answer.json() == [{"recipient_id": "c", "text": "2: bonjour"}]
    assert engine.heard[0].metadata == {"page_session": "p"}
    assert engine.heard[0].payloads
    assert answer.headers["Cache-Control"] == "no-store"


async def test_default_sender_as_rasa(open_app: Open) -> None:
    client = await open_app()
    answer = await client.post(PATH, json={"message": "bonjour"})
    assert (await answer.json())[0]["recipient_id"] == "default"


async def test_a_secret_is_taken_as_it_was_typed(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    body = {"sender": "c", "message": " /Mot de passe 1 ", "metadata": {"input": "secret"}}
    await client.post(PATH, json=body)
    assert engine.heard[0].text == " /Mot de passe 1 "
    assert engine.heard[0].masked
    assert not engine.heard[0].payloads


async def test_whose_address_counts(open_app: Open, engine: EchoEngine) -> None:
    demo, body = await open_app(), {"message": "allo", "metadata": {"page_session": "p", "address": "203.0.113.7"}}
    await demo.post(PATH, json=body)
    back_end = await open_app(demo="0", SOFY_AUTH_TOKEN="t" * 20, SOFY_ADDRESS_MESSAGES_PER_MINUTE="1")
    told = await back_end.post(PATH, json=body, headers={"Authorization": f"Bearer {'t' * 20}"})
    assert told.status == 200
    again = await back_end.post(PATH, json=body, headers={"Authorization": f"Bearer {'t' * 20}"})
    assert again.status == 429
    assert [message.address for message in engine.heard] == ["127.0.0.1", "203.0.113.7"]
    assert all(message.metadata == {"page_session": "p"} for message in engine.heard)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[" * 20_000, 400, "malformed_json"),
        (b"[]", 400, "not_an_object"),
        (b'"bonjour"', 400, "not_an_object"),
        (b"{}", 422, "wrong_type"),
        (b'{"message": 3}', 422, "wrong_type"),
        (b'{"message": "a", "sender": {}}', 422, "wrong_type"),
        (b'{"message": "a", "metadata": []}', 422, "wrong_type"),
        (json.dumps({"message": "a", "sender": "x" * 256}).encode(), 422, "too_long"),
        (json.dumps({"message": "x" * 70_000}).encode(), 413, "body_too_large"),
    ],
)
async def test_bad_requests(open_app: Open, engine: EchoEngine, body: bytes, status: int, code: str) -> None:
    client = await open_app()
    answer = await client.post(PATH, data=body, headers={"Content-Type": "application/json"})
    assert answer.status == status
    assert (await answer.json())["error"] == code
    assert not engine.heard


async def test_a_chunked_body_that_is_too_large(open_app: Open) -> None:
    async def parts() -> object:
        for _ in range(20):
            yield b"x" * 10_000

    client = await open_app()
    answer = await client.post(PATH, data=parts())
    assert answer.status == 413
    assert (await answer.json())["error"] == "body_too_large"


async def test_too_long_a_message_is_answered(open_app: Open) -> None:
    client = await open_app()
    answer = await client.post(PATH, json={"message": "x" * 5_001})
    assert (await answer.json())[0]["text"] == "Votre message est trop long."


async def test_too_many_messages(open_app: Open) -> None:
    client = await open_app(SOFY_MESSAGES_PER_MINUTE="1")
    await client.post(PATH, json={"message": "un"})
    answer = await client.post(PATH, json={"message": "deux"})
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "60"
    assert (await answer.json())["error"] == "too_many_messages"


async def test_too_many_messages_in_total(open_app: Open) -> None:
    client = await open_app(SOFY_TOTAL_MESSAGES_PER_MINUTE="1")
    await client.post(PATH, json={"sender": "a", "message": "un"})
    answer = await client.post(PATH, json={"sender": "b", "message": "un"})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert (await answer.json())["message"] == "too many messages in total"


async def test_outside_demo_mode_a_token_is_needed(open_app: Open) -> None:
    client = await open_app(demo="0")
    answer = await client.post(PATH, json={"message": "un"})
    assert (answer.status, (await answer.json())["error"]) == (403, "auth_token_not_set")


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({"Authorization": "Bearer wrong"}, "", 401),
        ({}, "?token=wrong", 401),
        ({"Authorization": "Bearer s3cret-token"}, "", 200),
        ({}, "?token=s3cret-token", 200),
    ],
)
async def test_the_token(open_app: Open, headers: dict[str, str], query: str, status: int) -> None:
    client = await open_app(demo="0", SOFY_AUTH_TOKEN="s3cret-token")
    assert (await client.post(PATH + query, json={"message": "un"}, headers=headers)).status == status


async def test_the_access_log_holds_no_value(open_app: Open, caplog: pytest.LogCaptureFixture) -> None:
    client = await open_app(SOFY_AUTH_TOKEN="s3cret-token")
    with caplog.at_level(logging.DEBUG):
        await client.post(f"{PATH}?token=s3cret-token", json={"sender": "lucie", "message": "canari-42"})
        await client.get("/conversations/lucie/tracker?token=s3cret-token")
        await client.get("/nowhere/canari-42")
        await client.post(PATH, data=b'{"message": canari-42')
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "bot.access"]
    assert [line["route"] for line in lines] == [PATH, "/conversations/{id}/tracker", "?", PATH]
    own = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    for value in ("s3cret", "lucie", "canari"):
        assert value not in " ".join(own)


async def test_an_unexpected_error_shows_nothing(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = await open_app()

    async def fail(*_: object, **__: object) -> None:
        raise KeyError("canari-42")

    monkeypatch.setattr("bot.service.ConversationService.handle", fail)
    answer = await client.post(PATH, json={"message": "canari-42"})
    assert answer.status == 500
    assert (await answer.json())["error"] == "internal_error"
    assert "canari" not in caplog.text + await answer.text()
