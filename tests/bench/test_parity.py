"""What `make parity` plays and how it tells two engines' turns apart (the engines themselves are not started)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bench.parity.comparing import INTENDED, OTHERWISE, Difference, Turn, compare, otherwise, turn_of
from bench.parity.cues import CueFailedError, SpoolCues
from bench.parity.meaning import Meanings
from bench.parity.players import Complaints, Side, request_body
from bench.parity.projects import write_endpoints
from bench.parity.scripts import Message, Script, project_domain, read_conversations, read_stories
from bench.parity.servers import free_port
from bench.parity.stage import House
from bot.testing.stage import CueError, Directions
from tests.conftest import KEY, ROOT


class Props:
    """Gives `123456` for `{code}`, does `{minutes 2}`, fails at `{break}`."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def cue(self, direction: str) -> str | None:
        self.seen.append(direction)
        if direction == "break":
            raise RuntimeError("it broke")
        return {"code": "123456", "minutes 2": ""}.get(direction)


def state(*actions: str, slots: dict[str, Any] | None = None, form: str | None = None) -> dict[str, Any]:
    events: list[dict[str, Any]] = [{"event": "user", "parse_data": {"intent": {"name": "inform"}}}]
    events += [{"event": "action", "name": name} for name in actions]
    return {"events": events, "slots": slots or {}, "active_loop": {"name": form} if form else {}}


def script(*messages: Message) -> Script:
    return Script("one", messages)


def write(folder: Path, steps: str) -> Path:
    path = folder / "test_it.yml"
    path.write_text(
        f"stories:\n- story: one\n  metadata: {{given: [portal fails]}}\n  steps:\n{steps}", encoding="utf-8"
    )
    return path


def test_every_story_test_and_conversation_is_played() -> None:
    told = [line for path in (ROOT / "tests/stories").glob("*.yml") for line in path.read_text("utf-8").splitlines()]
    stories = read_stories()
    assert len(stories) == sum(line.startswith("  - story: ") for line in told) > 300
    assert sum(len(each.messages) for each in stories) > 1500
    played = [*stories, *read_conversations()]
    assert len({each.sender for each in stories}) == len(stories)
    assert all(each.messages and all(message.text for message in each.messages) for each in played)


def test_a_story_that_goes_otherwise_than_told_exists() -> None:
    assert set(OTHERWISE) <= {each.name for each in read_stories()}
    documentation = (ROOT / "docs/parity.md").read_text(encoding="utf-8")
    assert not [name for name in OTHERWISE if name not in documentation]


def test_a_story_becomes_messages_with_what_is_told_of_them(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "  - intent: login\n  - action: action_start_login\n  - action: action_listen\n"
        "  - user: '{masked} {code}'\n    intent: inform\n    metadata: {page_session: '2'}\n  - action: login_form\n"
        "  - intent: inform\n    entities: [{email: a@example.com}]\n",
    )
    (story,) = read_stories([path])
    assert story.before == {"given": ["portal fails"]}
    assert [message.text for message in story.messages] == [
        "/login",
        "{masked} {code}",
        '/inform{"email": ["a@example.com"]}',
    ]
    assert [message.told for message in story.messages] == [("action_start_login",), ("login_form",), ()]


def test_the_conversations_ask_for_the_code_as_stories_do(tmp_path: Path) -> None:
    path = tmp_path / "parity.yml"
    path.write_text("conversations:\n  - {name: one, messages: [/greet, CODE]}\n", encoding="utf-8")
    (one,) = read_conversations(path)
    assert [message.text for message in one.messages] == ["/greet", "{code}"]
    assert one.messages[0].told is None


async def test_a_message_is_sent_with_its_directions_done() -> None:
    props = Props()
    directions = Directions([props])
    typed = Message("{minutes 2} {masked} {page_session=after} {code}")
    assert await request_body(directions, typed, "me") == {
        "sender": "me",
        "message": "123456",
        "metadata": {"page_session": "after", "input": "secret"},
    }
    assert props.seen == ["minutes 2", "code"]
    body = await request_body(directions, Message('/inform{"a": ["b"]}', {"masked": True}), "me")
    assert body["message"] == '/inform{"a": ["b"]}'
    assert body["metadata"] == {"page_session": "after", "input": "secret"}


@pytest.mark.parametrize("direction", ["break", "what"])
async def test_a_direction_that_is_not_done_is_an_error(direction: str) -> None:
    with pytest.raises(CueError):
        await request_body(Directions([Props()]), Message(f"{{{direction}}}"), "me")


async def test_the_code_of_the_newest_mail(tmp_path: Path) -> None:
    cues = SpoolCues(tmp_path)
    with pytest.raises(CueFailedError):
        await cues.cue("code")
    (tmp_path / "1.eml").write_text("Subject: 111 111\n\n", encoding="utf-8")
    (tmp_path / "2.eml").write_text("Subject: 222=C2=A0222\n\n", encoding="utf-8")
    assert await cues.cue("code") == "222222"
    assert await cues.cue("minutes 2") is None


def test_a_turn_without_what_differs_by_chance() -> None:
    replies = [{"recipient_id": "me", "text": "Attendez 12 secondes."}, {"recipient_id": "me", "custom": {"a": 1}}]
    shown = state("login_form", slots={"account_id": "random", "email": "a", "nam": None}, form="login_form")
    turn = turn_of(replies, shown, 1)
    assert turn == Turn(
        replies=[{"text": "Attendez N secondes."}, {"custom": {"a": 1}}],
        actions=["login_form"],
        slots={"account_id": True, "email": "a", "nam": None},
        form="login_form",
        events=["user", "action login_form"],
        intent="inform",
    )
    assert turn_of(replies, shown, 1, same_time=True).replies[0] == {"text": "Attendez 12 secondes."}


def test_a_turn_begins_with_its_message() -> None:
    first, second = state("action_session_start", "a"), state("b")
    slot = {"event": "slot", "name": "account_id", "value": "random"}
    later = {**second, "events": [slot, *first["events"], *second["events"], slot]}
    assert turn_of([], later, 2).events == ["user", "action b", "slot account_id true"]
    assert turn_of([], {**first, "events": [slot, *first["events"]]}, 1).events[0] == "slot account_id true"
    assert turn_of([], first, 2).events == []  # the second message was not logged


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (turn_of([{"text": "b"}], state("x", slots={"s": 1}), 1), "replies"),
        (turn_of([{"text": "a", "buttons": []}], state("x", slots={"s": 1}), 1), "replies"),
        (turn_of([], state("x", slots={"s": 1}), 1), "replies"),
        (turn_of([{"text": "a"}], state("x", "y", slots={"s": 1}), 1), "actions"),
        (turn_of([{"text": "a"}], state("x", slots={"s": 2}), 1), "slots"),
        (turn_of([{"text": "a"}], state("x", slots={"s": 1, "t": 1}), 1), "slots"),
        (turn_of([{"text": "a"}], state("x", slots={"s": 1}, form="f"), 1), "form"),
        (replace(turn_of([{"text": "a"}], state("x", slots={"s": 1}), 1), intent="deny"), "intent"),
        (replace(turn_of([{"text": "a"}], state("x", slots={"s": 1}), 1), events=["user"]), "events"),
    ],
)
def test_every_kind_of_difference_is_told(other: Turn, what: str) -> None:
    one = turn_of([{"text": "a"}], state("x", slots={"s": 1}), 1)
    played = script(Message("bonjour"))
    assert compare(played, [one], [one]) == []
    (found,) = compare(played, [one], [other])
    assert found.mark is None
    assert found.text.startswith(f"one, message 1 (bonjour)\n  {what}")


APOLOGY = {"text": "Ça n’a pas fonctionné. Votre numéro\u00a0: 1a2b3c4d."}


@pytest.mark.parametrize(
    ("ours", "theirs", "mark"),
    [
        ([APOLOGY], [], "action that raises"),
        ([APOLOGY], [{"text": "a"}], None),
        ([APOLOGY, {"text": "a"}], [], None),
        ([{"text": "a"}], [], None),
        ([], [APOLOGY], None),
    ],
)
def test_rasa_may_be_silent_only_where_the_runtime_apologises(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], mark: str | None
) -> None:
    one, other = turn_of(ours, state("x"), 1), turn_of(theirs, state("x"), 1)
    (found,) = compare(script(Message("bonjour")), [one], [other])
    assert found.mark == mark
    assert mark is None or mark in INTENDED
    (found,) = compare(script(Message("bonjour")), [one], [turn_of(theirs, state("y"), 1)])
    assert found.mark is None


def test_the_reference_of_a_failure_is_not_compared() -> None:
    other = {"text": APOLOGY["text"].replace("1a2b3c4d", "99999999")}
    one, other_turn = (turn_of([reply], state("x"), 1) for reply in (APOLOGY, other))
    assert compare(script(Message("bonjour")), [one], [other_turn]) == []


def test_an_unset_slot_is_as_good_as_none() -> None:
    one, other = turn_of([], state(slots={"s": None}), 1), turn_of([], state(), 1)
    assert compare(script(Message("bonjour")), [one], [other]) == []


def test_a_play_that_is_too_short_is_no_comparison() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare(script(Message("a"), Message("b")), [turn_of([], state(), 1)], [turn_of([], state(), 1)])


def test_a_story_has_to_go_as_told() -> None:
    turn = turn_of([], state("action_session_start", "action_listen", "login_form", "action_listen"), 1)
    assert otherwise(script(Message("a", told=("login_form",))), [turn]) == []
    assert otherwise(script(Message("a")), [turn]) == []
    assert otherwise(script(Message("a", told=())), [turn]) == [
        Difference("one, message 1 (a): not as told: login_form")
    ]


@pytest.mark.parametrize(
    ("requested", "masked", "text", "intent"),
    [
        ("email", False, "Tr0is-Canots!Verts", "model"),
        (None, False, "Tr0is-Canots!Verts", "model"),
        ("password", False, "Tr0is-Canots!Verts", None),
        ("password", True, "je veux annuler", None),
        ("password", False, "je veux annuler", "model"),
        ("password", False, "annuler", "model"),
        ("password", False, "/cancel", "cancel"),
        ("password", True, "/cancel", None),
    ],
)
async def test_words_mean_to_rasa_what_they_mean_to_the_runtime(
    requested: str | None, masked: bool, text: str, intent: str | None
) -> None:
    async def parse(request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response({"text": asked["text"], "intent": {"name": "model"}})

    app = web.Application()
    app.add_routes([web.post("/model/parse", parse)])
    runner = web.AppRunner(app)
    await runner.setup()
    runtime, nlu = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    await web.TCPSite(runner, "127.0.0.1", int(runtime.rsplit(":", 1)[1])).start()
    async with aiohttp.ClientSession() as session:
        meanings = Meanings(session, runtime, project_domain())
        meanings.coming("me", requested, masked)
        asked = {"text": text, "message_id": "me", "token": None}
        async with meanings.served(nlu), session.post(f"{nlu}/model/parse", json=asked) as response:
            assert (await response.json())["intent"]["name"] == intent
    await runner.cleanup()


def test_what_servers_complain_of_meanwhile(tmp_path: Path) -> None:
    log = tmp_path / "rasa.log"
    log.write_text("an Error before\n", encoding="utf-8")
    complaints = Complaints([Side("rasa", "", SpoolCues(tmp_path), logs=(log,))])
    assert complaints.lines() == []
    with log.open("a", encoding="utf-8") as file:
        file.write("all is well\nRasaException: it broke\n")
    assert complaints.lines() == ["rasa.log: RasaException: it broke"]


async def test_every_story_on_stage_has_a_portal_of_its_own(tmp_path: Path) -> None:
    environ = {"SOFY_SECRET_KEY": KEY, "SOFY_DEMO": "1"}
    house = House(tmp_path, environ)
    assert await house.cue("code") == {"error": "no story is on stage"}
    try:
        await house.begin(1_790_000_000.0)
        first = environ["DATABASE_URL"]
        account = "account lucie_88 lucie.essai@example.com ESSL85531419"
        assert await house.cue(account) == {"typed": ""}
        assert "error" in await house.cue(account)  # it exists
        assert await house.cue("dance") == {"typed": None}
        await house.begin(1_790_000_000.0)
        assert environ["DATABASE_URL"] != first
        assert await house.cue(account) == {"typed": ""}
        assert "error" in await house.cue("code")  # no mail in this story
    finally:
        await house.close()


def test_a_copy_has_its_own_endpoints(tmp_path: Path) -> None:
    write_endpoints(tmp_path, actions="http://127.0.0.1:1", nlu="http://127.0.0.1:2")
    assert (tmp_path / "endpoints.yml").read_text(encoding="utf-8").split() == [
        *("action_endpoint:", "url:", "http://127.0.0.1:1/webhook"),
        *("nlu:", "url:", "http://127.0.0.1:2"),
    ]
    write_endpoints(tmp_path, actions="http://127.0.0.1:1", own=True)
    assert "slot: nam" in (tmp_path / "endpoints.yml").read_text(encoding="utf-8")
