"""Test stories are played with the real engine, and failures name their place."""

from __future__ import annotations

from pathlib import Path

from bot.dialogue.engine import Engine
from bot.testing.core import CoreReport, run_core_tests
from tests.bot.dialogue.helpers import Actions, Chat, slot

DOMAIN = """
intents: [greet, signup, tell, idle]
entities: [a]
slots:
  one: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
  password: {type: bool, influence_conversation: false, mappings: [{type: custom}]}
forms:
  f: {required_slots: [one, password]}
actions: [validate_f]
responses:
  utter_greet: [{text: hello}]
  utter_ask_one: [{text: "one?"}]
  utter_ask_password: [{text: "pw?", custom: {input: secret, slot: password}}]
  utter_done: [{text: done}]
  utter_idle: [{text: idle}]
"""
RULES = """
rules:
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: idle, steps: [{intent: idle}, {action: utter_idle}]}
- {rule: start, steps: [{intent: signup}, {action: f}, {active_loop: f}]}
- {rule: end, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_done}]}
"""


def engine() -> Engine:
    def validate(view: object) -> list[dict[str, object]]:
        text = view.latest_text  # type: ignore[attr-defined]
        return [slot("password", True)] if text == "Secret-1" else []

    return Chat(DOMAIN, RULES, actions=Actions(validate_f=validate), words={"bonjour": "greet", "hm": "idle"}).engine


async def play(tmp_path: Path, text: str) -> CoreReport:
    path = tmp_path / "test_it.yml"
    path.write_text(text, encoding="utf-8")
    done: list[tuple[int, int]] = []
    report = await run_core_tests([tmp_path], engine, root=tmp_path, progress=lambda *at: done.append(at))
    assert done[-1] == (len(report.results), len(report.results))
    return report


GOOD = """
stories:
- story: whole
  steps:
  - user: |
      bonjour
    intent: greet
  - action: utter_greet
  - intent: signup
  - action: f
  - active_loop: f
  - slot_was_set: [{requested_slot: one}]
  - intent: tell
    entities: [{a: "1"}]
  - slot_was_set: [one]
  - action: f
  - slot_was_set: [{requested_slot: password}]
  - user: Secret-1
    intent: inform
    metadata: {masked: true}
  - action: f
  - slot_was_set: [{password: true}]
  - active_loop: null
  - action: utter_done
"""


async def test_a_story_that_holds(tmp_path: Path) -> None:
    report = await play(tmp_path, GOOD)
    assert report.lines() == []
    assert report.passed
    assert report.coverage.rules == ("idle",)
    assert report.coverage.intents == ("idle",)
    assert report.coverage.responses == ("utter_idle",)
    assert report.coverage.forms == report.coverage.slots == report.coverage.actions == ()


async def test_failures_name_their_place(tmp_path: Path) -> None:
    report = await play(
        tmp_path,
        """stories:
- story: wrong
  steps:
  - user: hm
    intent: greet
  - action: utter_greet
  - intent: signup
  - active_loop: null
  - slot_was_set: [{one: x}]
""",
    )
    assert [str(failure) for failure in report.results[0].failures] == [
        "test_it.yml:4: intent: expected greet, got idle",
        "test_it.yml:6: action: expected utter_greet, got utter_idle (the turn: utter_idle)",
        "test_it.yml:7: action: expected action_listen, got f",
        "test_it.yml:8: active_loop: expected None, got f",
        "test_it.yml:9: slot: expected one=x, got unset",
    ]
    assert report.lines()[0] == "wrong (test_it.yml:2)"
    assert not report.passed


async def test_stories_do_not_share_a_conversation(tmp_path: Path) -> None:
    one = "- story: s{n}\n  steps:\n  - intent: signup\n  - action: f\n  - active_loop: f\n"
    report = await play(tmp_path, "stories:\n" + one.format(n=1) + one.format(n=2))
    assert report.passed
    assert len(report.results) == 2
