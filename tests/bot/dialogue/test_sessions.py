"""Sessions: when a conversation starts anew (rasa-semantics §9)."""

from __future__ import annotations

from tests.bot.dialogue.helpers import Actions, Chat, event, fail

DOMAIN = """
intents: [greet, tell]
entities: [a]
slots:
  one: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
responses:
  utter_greet: [{text: "hello {one}"}]
"""
RULES = """
rules:
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: tell, steps: [{intent: tell}, {action: utter_greet}]}
"""
NO_CARRY = "session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: false}\n"


async def test_a_first_message_starts_a_session() -> None:
    chat = Chat(DOMAIN, RULES)
    await chat.say("/greet", metadata={"page": "x"})
    assert chat.log()[:4] == [
        "slot session_started_metadata={'page': 'x'}",
        "action_session_start",
        "session_started",
        "slot session_started_metadata={'page': 'x'}",
    ]
    assert chat.slots["session_started_metadata"] == {"page": "x"}


async def test_an_old_conversation_starts_anew_with_its_slots() -> None:
    chat = Chat(DOMAIN, RULES)
    await chat.say('/tell{"a": "1"}')
    chat.now += 61 * 60
    before = len(chat.tracker.events)
    assert await chat.say("/greet") == ["hello 1"]
    assert chat.log(before)[:4] == ["action_session_start", "session_started", "slot one=1", "action_listen"]


async def test_slots_may_stay_behind() -> None:
    chat = Chat(DOMAIN + NO_CARRY, RULES)
    await chat.say('/tell{"a": "1"}', metadata={"k": 1})
    chat.now += 61 * 60
    assert await chat.say("/greet", metadata={"k": 1}) == ["hello None"]
    assert chat.slots["session_started_metadata"] is None


async def test_sessions_can_be_without_end() -> None:
    chat = Chat(DOMAIN, RULES, session_minutes=0)
    await chat.say('/tell{"a": "1"}')
    chat.now += 10_000_000
    before = len(chat.tracker.events)
    await chat.say("/greet")
    assert "session_started" not in chat.log(before)


async def test_an_active_patient_keeps_the_form() -> None:
    """Rasa looks at the message that opened the form, and ends the session of someone who is still answering."""
    domain = DOMAIN + "forms: {f: {required_slots: [one]}}\n"
    domain = domain.replace("responses:\n", 'responses:\n  utter_ask_one: [{text: "one?"}]\n')
    rules = RULES.replace("{action: utter_greet}]}\n- {rule: tell", "{action: f}, {active_loop: f}]}\n- {rule: tell")
    chat = Chat(domain, rules.split("- {rule: tell")[0])
    await chat.say("/greet")
    for _ in range(4):
        chat.now += 30 * 60
        before = len(chat.tracker.events)
        await chat.say("/tell")
        assert "session_started" not in chat.log(before)
    assert chat.tracker.active_loop == "f"


async def test_the_projects_own_session_start() -> None:
    own = [event("session_started"), event("slot", name="one", value="mine"), event("action", name="action_listen")]
    chat = Chat(DOMAIN + "actions: [action_session_start]\n", RULES, actions=Actions(action_session_start=own))
    assert await chat.say("/greet") == ["hello mine"]


async def test_a_broken_session_start_still_lets_the_patient_in() -> None:
    chat = Chat(DOMAIN + "actions: [action_session_start]\n", RULES, actions=Actions(action_session_start=fail()))
    assert await chat.say("/greet") == ["hello None"]
    assert await chat.say("/greet") == ["hello None"]


async def test_only_new_events_are_saved() -> None:
    chat = Chat(DOMAIN, RULES)
    await chat.say("/greet")
    first = chat.tracker.new_events()
    assert first == chat.tracker.events == chat.tracker.new_events()
    chat.tracker.mark_saved()
    assert chat.tracker.new_events() == []
    await chat.say("/greet")
    assert first + chat.tracker.new_events() == chat.tracker.events


async def test_a_trigger_from_outside() -> None:
    chat = Chat(DOMAIN, RULES)
    said = await chat.engine.trigger(chat.tracker, "tell", [{"entity": "a", "value": "7"}])
    assert [message.text for message in said] == ["hello 7"]
    user = next(e for e in chat.tracker.events if e["event"] == "user")
    assert user["text"] == "EXTERNAL: tell"
    assert user["metadata"] == {"is_external": True}
