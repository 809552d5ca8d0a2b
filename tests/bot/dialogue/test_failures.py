"""When an action fails the assistant says so, keeps the question and submits nothing (unlike Rasa)."""

from __future__ import annotations

from typing import Any

from tests.bot.dialogue.helpers import Actions, Chat, event, fail, reject, slot

DOMAIN = """
intents: [signup, go, tell, greet]
entities: [a]
slots:
  one: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
forms:
  f: {required_slots: [one]}
actions: [validate_f, action_x, action_find]
responses:
  utter_ask_one: [{text: "one?"}]
  utter_done: [{text: done}]
  utter_after: [{text: after}]
  utter_greet: [{text: hello}]
  utter_internal_error: [{text: "sorry {reference}"}]
"""
RULES = """
rules:
- {rule: start, steps: [{intent: signup}, {action: f}, {active_loop: f}]}
- {rule: end, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_done}]}
- {rule: x, steps: [{intent: go}, {action: action_x}, {action: utter_after}]}
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
"""


def chat(**actions: Any) -> Chat:
    def calls(answers: Any) -> Any:
        if not isinstance(answers, list) or not answers or isinstance(answers[0], dict):
            return answers
        left = list(answers)
        return lambda _: left.pop(0) if len(left) > 1 else left[0]

    return Chat(DOMAIN, RULES, actions=Actions(**{name: calls(given) for name, given in actions.items()}))


async def test_a_form_that_cannot_start_is_not_submitted() -> None:
    talk = chat(validate_f=[fail(), []])
    assert await talk.say("/signup") == ["sorry ref1"]
    assert talk.tracker.active_loop is None
    assert "f" not in talk.log()
    assert await talk.say("/signup") == ["one?"]


async def test_an_answer_that_cannot_be_checked_is_dropped() -> None:
    talk = chat(validate_f=[[], [], fail(), [slot("one", "ok")]])
    await talk.say("/signup")
    assert await talk.say('/tell{"a": "1"}') == ["sorry ref1"]
    assert talk.slots["one"] is None
    assert talk.tracker.requested_slot == "one"
    talk.reload()
    assert await talk.say('/tell{"a": "1"}') == ["done"]
    assert talk.slots["one"] == "ok"


async def test_the_value_from_before_comes_back() -> None:
    talk = chat(validate_f=[[slot("one", None)], [slot("one", None)], fail()])
    await talk.say('/tell{"a": "old"}')
    await talk.say("/signup")
    assert talk.slots["one"] is None
    await talk.say('/tell{"a": "new"}')
    assert talk.slots["one"] is None


async def test_a_failed_action_ends_the_turn() -> None:
    talk = chat(action_x=fail())
    assert await talk.say("/go") == ["sorry ref1"]
    assert talk.log()[-3:] == ["action_x", "bot sorry ref1", "action_listen"]
    assert await talk.say("/greet") == ["hello"]


async def test_inside_a_form_the_question_comes_again() -> None:
    talk = chat(action_x=fail(), validate_f=[[], [], [], [], [slot("one", "ok")]])
    await talk.say("/signup")
    assert await talk.say("/go") == ["sorry ref1", "one?"]
    assert await talk.say('/tell{"a": "1"}') == ["done"]


async def test_all_actions_down_inside_a_form_says_it_once() -> None:
    talk = chat(action_x=fail(), validate_f=[[], [], fail()])
    await talk.say("/signup")
    assert await talk.say("/go") == ["sorry ref1"]
    assert talk.tracker.requested_slot == "one"
    assert not talk.tracker.state.loop_rejected


async def test_the_circuit_breaker_recovers() -> None:
    domain = "intents: [go, greet]\nactions: [action_x]\nresponses: {utter_greet: [{text: hello}]}\n"
    rules = """
    rules:
    - {rule: x, steps: [{intent: go}, {action: action_x}]}
    - {rule: loop, steps: [{action: action_x}, {action: action_x}], wait_for_user_input: false}
    - {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
    """
    talk = Chat(domain, rules, actions=Actions(action_x=[event("followup", name="action_x")]), allow=("contradict",))
    await talk.say("/go")
    assert talk.log().count("action_x") == 10
    assert talk.log()[-1] == "action_listen"
    assert await talk.say("/greet") == ["hello"]


async def test_an_undo_for_ever_is_stopped() -> None:
    talk = chat(action_x=[event("undo")])
    await talk.say("/go")
    assert talk.log()[-1] == "action_listen"
    assert await talk.say("/greet") == ["hello"]


async def test_a_rejected_action_is_not_chosen_again_and_falls_back() -> None:
    talk = chat(action_x=reject())
    await talk.say("/go")
    assert "rejected action_x" in talk.log()
    assert talk.log().count("rejected action_x") == 1


async def test_unchecked_slots_are_dropped_when_slot_validation_fails() -> None:
    domain = DOMAIN.replace("action_find]", "action_validate_slot_mappings]")
    talk = Chat(domain, RULES, actions=Actions(action_validate_slot_mappings=fail()))
    await talk.say('/tell{"a": "1"}')
    assert talk.slots["one"] is None
