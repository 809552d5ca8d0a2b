"""A secret's text lives for the turn that checks it, and in no event."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from bot.dialogue.secrets import MASK
from tests.bot.dialogue.helpers import Actions, Chat, event, fail, say, slot

DOMAIN = """
intents: [signup, help, restart, tell]
entities: [word]
slots:
  password: {type: bool, influence_conversation: false, mappings: [{type: custom}]}
  note: {type: text, influence_conversation: false, mappings: [{type: from_text}]}
  found: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: word}]}
forms:
  f: {required_slots: [password]}
actions: [validate_f]
responses:
  utter_ask_password:
  - {text: "password?", custom: {input: secret, slot: password}}
  utter_help: [{text: help}]
  utter_done: [{text: done}]
  utter_internal_error: [{text: "sorry {reference}"}]
"""
RULES = """
rules:
- {rule: start, steps: [{intent: signup}, {action: f}, {active_loop: f}]}
- {rule: end, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_done}]}
- {rule: help, steps: [{intent: help}, {action: utter_help}]}
"""
SECRET = "Corr3ct!Horse_battery"


class Checker:
    """validate_f that takes the last message as the password."""

    def __init__(self, result: Any = None) -> None:
        self.texts: list[str | None] = []
        self.result = result

    def __call__(self, view: Any) -> Any:
        state = view.current_state()
        last = next((e for e in reversed(state["events"]) if e["event"] == "user"), None)
        assert last is None or last["text"] == state["latest_message"]["text"] == view.latest_text
        if state["active_loop"].get("name") == "f" and state["slots"]["requested_slot"] == "password":
            self.texts.append(state["latest_message"]["text"])
            if self.result is not None:
                return self.result
        return []


def accepting() -> Checker:
    return Checker([slot("password", True)])


async def at_password(checker: Any, **options: Any) -> Chat:
    chat = Chat(DOMAIN, RULES, actions=Actions(validate_f=checker), **options)
    await chat.say("/signup")
    return chat


def assert_nowhere(chat: Chat, secret: str = SECRET) -> None:
    assert secret not in json.dumps(chat.tracker.events)
    assert secret not in json.dumps(chat.tracker.current_state())
    assert secret not in repr(vars(chat.tracker))


@pytest.mark.parametrize("masked", [True, False])
async def test_the_action_sees_it_and_no_event_keeps_it(masked: bool) -> None:
    checker = accepting()
    chat = await at_password(checker)
    assert await chat.say(SECRET, masked=masked) == ["done"]
    assert checker.texts[-1] == SECRET
    assert chat.parsed == []
    assert_nowhere(chat)
    user = [e for e in chat.tracker.events if e["event"] == "user"][-1]
    assert user["text"] == user["parse_data"]["text"] == MASK
    assert user["parse_data"]["entities"] == [] == user["parse_data"]["intent_ranking"]


async def test_the_mask_does_not_tell_the_length() -> None:
    chat = await at_password(Checker())
    await chat.say("a1", masked=True)
    await chat.say("a1" * 40, masked=True)
    texts = [e["text"] for e in chat.tracker.events if e["event"] == "user"][1:]
    assert texts == [MASK, MASK]


@pytest.mark.parametrize("text", ["/help", "/restart", "aide", "two words", '/tell{"word": "x"}', "  spaced  "])
async def test_a_masked_field_holds_the_secret_whatever_it_looks_like(text: str) -> None:
    checker = accepting()
    chat = await at_password(checker, words={"aide": "help", "two words": "help"})
    assert await chat.say(text, masked=True) == ["done"]
    assert checker.texts[-1] == text
    assert chat.parsed == []


async def test_a_masked_message_is_marked_for_the_actions() -> None:
    chat = await at_password(accepting())
    await chat.say(SECRET, masked=True)
    assert chat.actions.seen[-1]["latest_message"]["metadata"]["masked"] is True


async def test_a_payload_is_obeyed_only_where_it_may_be() -> None:
    chat = await at_password(Checker())
    assert await chat.say("/help") == ["help", "password?", None]
    checker = accepting()
    chat = await at_password(checker)
    assert await chat.say("/help", payloads=False) == ["done"]
    assert checker.texts[-1] == "/help"


async def test_an_unknown_payload_is_text() -> None:
    checker = accepting()
    chat = await at_password(checker)
    assert await chat.say("/Xy12-unknown") == ["done"]
    assert chat.parsed == []


@pytest.mark.parametrize(
    ("text", "parsed"),
    [("aide", True), ("aide ?", True), ("qu'est-ce que c'est", True), ("abc123", False), ("mot_de_passe", False)],
)
async def test_what_is_understood_in_a_normal_box(text: str, parsed: bool) -> None:
    chat = await at_password(accepting())
    await chat.say(text)
    assert (chat.parsed == [text]) is parsed
    if not parsed:
        assert text not in json.dumps(chat.tracker.events, ensure_ascii=False)


async def test_a_question_interrupts_and_is_redacted_too() -> None:
    chat = await at_password(Checker(), words={"j'ai besoin d'aide": "help"})
    assert await chat.say("j'ai besoin d'aide") == ["help", "password?", None]
    assert "besoin" not in json.dumps(chat.tracker.events, ensure_ascii=False)


async def test_no_other_slot_takes_the_words() -> None:
    words = {"word two": {"name": None, "confidence": 0.0, "entities": [{"entity": "word", "value": "two"}]}}
    chat = await at_password(Checker(), words=words)
    await chat.say("word two")
    assert chat.slots["found"] is None
    assert chat.slots["note"] == "/signup"


async def test_an_action_cannot_leak_it() -> None:
    leak = (
        [slot("note", SECRET), slot("password", SECRET), event("bot", text=f"<{SECRET}>", data={}, metadata={})],
        [say(f"you typed {SECRET}", buttons=[{"title": "x", "payload": SECRET}])],
    )
    chat = await at_password(Checker(leak))
    await chat.say(SECRET, masked=True)
    assert_nowhere(chat)
    assert chat.slots["password"] == MASK
    assert chat.slots["note"] == MASK


async def test_a_failing_action_does_not_leak_it(caplog: pytest.LogCaptureFixture) -> None:
    def broken(view: Any) -> Any:
        if view.slot("requested_slot"):
            raise ValueError(f"cannot use {view.latest_text}")
        return []

    chat = await at_password(broken)
    with caplog.at_level(logging.DEBUG):
        assert await chat.say(SECRET, masked=True) == ["sorry ref1", None]
    assert_nowhere(chat)
    assert SECRET not in caplog.text
    assert "ValueError" in caplog.text
    assert "ref1" in caplog.text


async def test_a_crash_forgets_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = await at_password(Checker())

    def crash(*_: Any, **__: Any) -> Any:
        raise RuntimeError("defect")

    monkeypatch.setattr(chat.engine.predictor, "predict", crash)
    with pytest.raises(RuntimeError, match="defect"):
        await chat.say(SECRET, masked=True)
    assert_nowhere(chat)


async def test_a_masked_message_that_nobody_asked_for_is_seen_by_nobody() -> None:
    chat = Chat(DOMAIN, RULES, actions=Actions(validate_f=[]))
    await chat.say(SECRET, masked=True)
    assert_nowhere(chat)


async def test_a_failed_answer_keeps_the_question() -> None:
    answers = iter([[], fail(), [slot("password", True)]])
    chat = await at_password(lambda _: next(answers))
    assert await chat.say(SECRET, masked=True) == ["sorry ref1", None]
    assert chat.tracker.requested_slot == "password"
    last = chat.tracker.events[-2]
    assert last["data"]["custom"] == {"input": "secret", "slot": "password"}  # the client's field stays masked
    assert await chat.say(SECRET, masked=True) == ["done"]


def test_the_message_does_not_show_its_text() -> None:
    from bot.dialogue.messages import UserMessage

    assert SECRET not in repr(UserMessage(SECRET, "x"))
