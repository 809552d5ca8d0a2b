import asyncio
from typing import Any

import pytest
from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    TCPConnector,
    WSMsgType,
    WSServerHandshakeError,
)
from aiohttp.test_utils import TestClient

from bot.channels.http import LARGEST_BODY
from tests.bot.fakes import EchoEngine

from .conftest import Open

WS = "/webhooks/webchat/ws"
ORIGIN = {"Origin": "http://localhost:5005"}
Client = TestClient[Any, Any]


async def connect(client: Client, **hello: str) -> tuple[ClientWebSocketResponse, dict[str, Any]]:
    # In mid-turn the server does not read: the line is dropped without waiting for its good-bye.
    socket = await client.ws_connect(WS, headers=ORIGIN, timeout=ClientWSTimeout(ws_close=0.05))
    await socket.send_json({"type": "hello", **hello})
    return socket, await socket.receive_json()


async def ask(socket: ClientWebSocketResponse, **frame: str) -> dict[str, Any]:
    await socket.send_json(frame)
    answer = await socket.receive_json()
    assert isinstance(answer, dict)
    return answer


async def test_a_conversation(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    assert welcome["type"] == "welcome"
    assert welcome["history"] == []
    answer = await ask(socket, type="text", id="1", text=" bonjour ")
    assert answer == {"type": "reply", "id": "1", "messages": [{"text": "2: bonjour"}], "asked": ""}
    heard = engine.heard[0]
    assert heard.input_channel == "webchat"
    assert not heard.payloads
    assert heard.metadata["page_session"]
    assert heard.sender_id.startswith("web-")
    await socket.close()


async def test_what_is_typed_is_never_a_command(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, _ = await connect(client)
    await ask(socket, type="text", id="1", text="/restart")
    assert not engine.heard[-1].payloads
    await ask(socket, type="button", id="2", payload="/affirm")
    assert not engine.heard[-1].payloads
    await ask(socket, type="text", id="3", text="choix")
    await ask(socket, type="button", id="4", payload="/affirm")
    assert engine.heard[-1].payloads
    await socket.close()


async def test_a_secret(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, _ = await connect(client)
    answer = await ask(socket, type="text", id="0", text="secret")
    assert answer["messages"][1] == {"custom": {"input": "secret", "slot": "password"}}
    await ask(socket, type="secret", id="1", text=" /Mot 1 ")
    assert engine.heard[-1].text == " /Mot 1 "
    assert engine.heard[-1].masked
    await socket.close()


@pytest.mark.parametrize(("action", "said"), [("signup", "/signup"), ("login", "/login"), ("open", "/greet")])
async def test_start(open_app: Open, engine: EchoEngine, action: str, said: str) -> None:
    client = await open_app()
    socket, _ = await connect(client)
    await ask(socket, type="start", id="1", action=action, clinic="C12")
    assert engine.heard[-1].text == said
    assert engine.heard[-1].payloads
    assert engine.heard[-1].metadata["clinic"] == "C12"
    assert (await ask(socket, type="start", id="2", action="restart"))["code"] == "unknown_action"
    await socket.close()


async def test_a_reload_replays_and_is_another_page(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    await ask(socket, type="start", id="0", action="open")
    await ask(socket, type="text", id="1", text="choix")
    await ask(socket, type="secret", id="2", text="Mot2passe!")
    await socket.close()
    reconnected, same = await connect(client, session=welcome["session"], page=welcome["page"])
    assert same["page"] == welcome["page"]
    assert same["history"] == []
    await reconnected.close()
    socket, again = await connect(client, session=welcome["session"])
    assert again["session"] == welcome["session"]
    assert again["page"] != welcome["page"]
    assert [line["from"] for line in again["history"]] == ["bot", "user", "bot", "user", "bot"]
    assert [line["text"] for line in again["history"] if line["from"] == "user"] == ["choix", "●●●●"]
    assert "Mot2passe!" not in str(again)
    await ask(socket, type="text", id="3", text="suite")
    pages = {heard.metadata["page_session"] for heard in engine.heard}
    assert len(pages) == 2
    assert len({heard.sender_id for heard in engine.heard}) == 1
    await socket.close()


@pytest.mark.parametrize(
    "forge", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda _: "web-1.x", lambda _: ""]
)
async def test_a_session_is_not_chosen_by_the_client(open_app: Open, engine: EchoEngine, forge: Any) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    await ask(socket, type="text", id="1", text="bonjour")
    other, new = await connect(client, session=forge(welcome["session"]))
    assert new["session"] != welcome["session"]
    assert new["history"] == []
    await ask(other, type="text", id="1", text="bonjour")
    assert engine.heard[0].sender_id != engine.heard[1].sender_id
    await socket.close()
    await other.close()


async def test_a_page_of_another_session_is_no_good(open_app: Open) -> None:
    client = await open_app()
    one, first = await connect(client)
    two, second = await connect(client)
    three, third = await connect(client, session=second["session"], page=first["page"])
    assert third["page"] not in {first["page"], second["page"]}
    for socket in (one, two, three):
        await socket.close()


async def test_a_frame_sent_twice_is_run_once(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    engine.gate = asyncio.Event()
    await socket.send_json({"type": "text", "id": "1", "text": "bonjour"})
    await engine.started.wait()
    await socket.close()  # the line drops in mid-turn
    again, _ = await connect(client, session=welcome["session"], page=welcome["page"])
    await again.send_json({"type": "text", "id": "1", "text": "bonjour"})
    engine.gate.set()
    assert (await again.receive_json())["messages"] == [{"text": "2: bonjour"}]
    assert (await ask(again, type="text", id="1", text="bonjour"))["messages"] == [{"text": "2: bonjour"}]
    assert len(engine.heard) == 1
    await again.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://localhost:5005.evil.example"])
async def test_a_hostile_origin(open_app: Open, origin: str) -> None:
    client = await open_app()
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect(WS, headers={"Origin": origin})
    assert caught.value.status == 403
    answer = await client.post("/webhooks/webchat/hello", json={}, headers={"Origin": origin})
    assert (answer.status, (await answer.json())["error"]) == (403, "origin_not_allowed")
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_an_allowed_clinic_page(open_app: Open) -> None:
    client = await open_app(demo="0", SOFY_ALLOWED_ORIGINS="https://clinique.example, https://autre.example")
    origin = {"Origin": "https://clinique.example"}
    answer = await client.options("/webhooks/webchat/messages", headers=origin)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://clinique.example"
    assert (await client.post("/webhooks/webchat/hello", json={}, headers=origin)).status == 200


async def test_when_all_together_write_too_much_no_patient_is_blamed(open_app: Open) -> None:
    client = await open_app(SOFY_TOTAL_MESSAGES_PER_MINUTE="1")
    path = "/webhooks/webchat/messages"
    answers = []
    for _ in range(2):
        welcome = await (await client.post("/webhooks/webchat/hello", json={"type": "hello"}, headers=ORIGIN)).json()
        identity = {"session": welcome["session"], "page": welcome["page"]}
        frame = {"type": "text", "id": "1", "text": "bonjour", **identity}
        answers.append(await client.post(path, json=frame, headers=ORIGIN))
    assert [answer.status for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "60"
    assert (await answers[1].json())["code"] == "too_many_in_total"


async def test_over_plain_http(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app(SOFY_MESSAGES_PER_MINUTE="1")
    welcome = await (await client.post("/webhooks/webchat/hello", json={"type": "hello"}, headers=ORIGIN)).json()
    identity = {"session": welcome["session"], "page": welcome["page"]}
    path = "/webhooks/webchat/messages"
    answer = await client.post(path, json={"type": "text", "id": "1", "text": "bonjour", **identity}, headers=ORIGIN)
    assert await answer.json() == {"type": "reply", "id": "1", "messages": [{"text": "2: bonjour"}], "asked": ""}
    answer = await client.post(path, json={"type": "text", "id": "2", "text": "encore", **identity}, headers=ORIGIN)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "60"
    assert (await answer.json())["code"] == "too_many_messages"
    answer = await client.post(path, json={"type": "text", "id": "1", "text": "x", "session": "a.b"}, headers=ORIGIN)
    assert (answer.status, (await answer.json())["error"]) == (401, "hello_first")


async def test_strange_frames(open_app: Open) -> None:
    client = await open_app()
    socket = await client.ws_connect(WS, headers=ORIGIN)
    for text, code in [
        ("{", "malformed_json"),
        ("[]", "not_an_object"),
        ('{"type": "text", "id": "1", "text": "a"}', "hello_first"),
    ]:
        await socket.send_str(text)
        assert (await socket.receive_json())["code"] == code
    await ask(socket, type="hello")
    assert (await ask(socket, type="dance", id="1"))["code"] == "unknown_type"
    assert (await ask(socket, type="text", text="x"))["code"] == "wrong_type"
    assert (await ask(socket, type="text", id="x" * 65, text="x"))["code"] == "too_long"
    await socket.close()


async def test_who_does_not_speak_the_protocol_is_shown_out(open_app: Open) -> None:
    client = await open_app()
    socket = await client.ws_connect(WS, headers=ORIGIN)
    for _ in range(21):
        await socket.send_str("{")
    codes = [(await socket.receive()) for _ in range(21)]
    assert codes[-1].type is WSMsgType.CLOSE
    assert codes[-1].data == 1008


async def test_binary_and_huge_frames(open_app: Open) -> None:
    client = await open_app()
    socket = await client.ws_connect(WS, headers=ORIGIN)
    await socket.send_bytes(b"\x00")
    assert (await socket.receive()).data == 1003
    socket, _ = await connect(client)
    await socket.send_json({"type": "text", "id": "1", "text": "x" * LARGEST_BODY})
    assert (await socket.receive()).data == 1009
    socket, _ = await connect(client)
    answer = await ask(socket, type="text", id="1", text="x" * 10_000)
    assert answer["messages"] == [{"text": "Votre message est trop long."}]
    await socket.close()


async def test_sockets_per_address_are_bounded(open_app: Open) -> None:
    client = await open_app(SOFY_SOCKETS_PER_ADDRESS="2")
    sockets = [await client.ws_connect(WS, headers=ORIGIN) for _ in range(2)]
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect(WS, headers=ORIGIN)
    assert caught.value.status == 429
    await sockets[0].close()
    while True:
        try:
            socket = await client.ws_connect(WS, headers=ORIGIN)
            break
        except WSServerHandshakeError:
            await asyncio.sleep(0)
    await socket.close()
    await sockets[1].close()


async def test_without_an_upgrade(open_app: Open) -> None:
    client = await open_app()
    answer = await client.get(WS, headers=ORIGIN)
    assert (answer.status, (await answer.json())["error"]) == (426, "upgrade_required")


async def test_the_store_is_down(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.storage.database import StorageError

    async def down(*_: object) -> None:
        raise StorageError("the database did not read a conversation (OSError)")

    client = await open_app()
    socket, _ = await connect(client)
    monkeypatch.setattr("bot.storage.trackers.SqlTrackerStore.load", down)
    answer = await ask(socket, type="text", id="1", text="bonjour")
    assert answer == {"type": "error", "id": "1", "code": "storage_unavailable", "retry_after": 5}
    monkeypatch.undo()
    answer = await ask(socket, type="text", id="1", text="bonjour")
    assert answer["type"] == "reply"
    await socket.close()


async def test_a_frame_sent_again_after_a_restart_is_not_run_again(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    first = await ask(socket, type="text", id="1", text="choix")
    await socket.close()
    after = await open_app()  # another process over the same store: nothing in memory
    socket, _ = await connect(after, session=welcome["session"], page=welcome["page"])
    await socket.send_json({"type": "text", "id": "1", "text": "choix", "again": True})
    again = await socket.receive_json()
    assert again["messages"] == first["messages"]
    await socket.send_json({"type": "text", "id": "2", "text": "suite", "again": True})  # never came before
    assert (await socket.receive_json())["messages"][0]["text"].endswith(": suite")
    assert [heard.text for heard in engine.heard] == ["choix", "suite"]
    await socket.close()


async def test_a_reload_while_a_code_is_asked_tells_the_assistant_once(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    answer = await ask(socket, type="text", id="1", text="ask=activation_code")
    assert answer["asked"] == "activation_code"
    await socket.close()
    socket, again = await connect(client, session=welcome["session"])
    assert again["asked"] == "activation_code"
    assert engine.heard[-1].text == "/page_reloaded"
    assert engine.heard[-1].metadata["page_session"] != engine.heard[0].metadata["page_session"]
    assert again["history"][-1]["text"].endswith("/page_reloaded")
    assert [line["from"] for line in again["history"]] == ["user", "bot", "bot"]  # the patient said nothing
    await socket.close()
    socket, _ = await connect(client, session=welcome["session"])
    assert len(engine.heard) == 2  # nothing was said since: nothing new to tell
    await socket.close()
    socket, _ = await connect(client, session=welcome["session"], page=again["page"])
    assert len(engine.heard) == 2  # a dropped line is no reload
    await socket.close()


async def test_erasing_deletes_the_conversation(open_app: Open, engine: EchoEngine) -> None:
    client = await open_app()
    socket, welcome = await connect(client)
    await ask(socket, type="text", id="1", text="bonjour")
    answer = await ask(socket, type="start", id="2", action="erase")
    assert engine.heard[-1].text == "/erase_data"
    assert answer["ended"] is True
    await socket.close()
    socket, again = await connect(client, session=welcome["session"])
    assert again["history"] == []
    await socket.close()


async def test_who_says_nothing_is_shown_out(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.webchat._HELLO_SECONDS", 0.01)
    client = await open_app()
    socket = await client.ws_connect(WS, headers=ORIGIN)
    assert (await socket.receive()).data == 1008
    await socket.close()


async def test_a_thousand_sockets_from_one_address(open_app: Open) -> None:
    client = await open_app()
    sockets = []
    refused = []
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        for _ in range(1_000):
            try:
                sockets.append(await session.ws_connect(client.make_url(WS), headers=ORIGIN))
            except WSServerHandshakeError as error:
                refused.append(error.status)
        assert len(sockets) == 200
        assert refused == [429] * 800
        await sockets[0].send_json({"type": "hello"})
        assert (await sockets[0].receive_json())["type"] == "welcome"  # who is in goes on
        assert (await client.get("/health/live")).status == 200
        await asyncio.gather(*(socket.close() for socket in sockets))
