"""Rules and stories that cannot all be followed are refused when they are read."""

from __future__ import annotations

import pytest

from tests.bot.dialogue.helpers import RULES_ONLY, WITH_STORIES, compiled

DOMAIN = """
intents: [greet, bye, faq]
entities: [a]
slots:
  one: {type: text, mappings: [{type: custom}]}
  two: {type: text, mappings: [{type: custom}]}
forms:
  f: {required_slots: [one]}
responses:
  utter_a: [{text: a}]
  utter_b: [{text: b}]
  utter_ask_one: [{text: "one?"}]
"""


def problems(data: str, config: str = RULES_ONLY) -> list[str]:
    return [f"{problem.line} {problem.message}" for problem in compiled(DOMAIN, data, config)[2]]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (
            """\
rules:
- {rule: r1, steps: [{intent: greet}, {action: utter_a}]}
- {rule: r2, steps: [{intent: greet}, {action: utter_b}]}
""",
            2,
            "contradicts the rule(s) r2",
        ),
        (
            """\
rules:
- {rule: r1, steps: [{intent: greet}, {action: utter_a}]}
stories:
- {story: s1, steps: [{intent: greet}, {action: utter_b}]}
""",
            4,
            "in the story contradicts the rule(s) r1, which predict utter_a",
        ),
        (
            """\
rules:
- {rule: r1, steps: [{intent: greet}, {action: utter_a}, {intent: bye}, {action: utter_b}]}
""",
            2,
            "one user message",
        ),
        (
            """\
rules:
- {rule: r1, condition: [{slot_was_set: [{one: x}]}], steps: [{intent: greet}, {action: utter_a}]}
- {rule: r2, condition: [{slot_was_set: [{two: x}]}], steps: [{intent: greet}, {action: utter_b}]}
""",
            3,
            "a tie",
        ),
        (
            """\
rules:
- {rule: r1, condition: [{slot_was_set: [{one: null}]}], steps: [{intent: greet}, {action: utter_a}]}
- {rule: r2, steps: [{intent: bye}, {action: f}, {slot_was_set: [{one: x}]}, {action: utter_b}]}
- {rule: r3, steps: [{intent: faq}, {action: f}, {action: utter_b}]}
""",
            4,
            "incomplete: f does not set the slots one",
        ),
        (
            """\
rules:
- {rule: r1, steps: [{intent: greet}, {action: f}, {active_loop: f}]}
- {rule: r2, steps: [{intent: bye}, {action: f}, {action: utter_a}]}
""",
            3,
            "does not set active_loop: f",
        ),
        (
            "stories:\n- {story: s1, steps: [{intent: greet}, {action: utter_a}, {checkpoint: c}]}\n",
            2,
            "no story starts with the checkpoint c",
        ),
        (
            "stories:\n- {story: s1, steps: [{checkpoint: c}, {intent: greet}, {action: utter_a}]}\n",
            2,
            "no story ends with the checkpoint c",
        ),
        (
            "stories:\n- {story: s, steps: [{intent: bye}, {action: utter_b}, {checkpoint: c}]}\n"
            "- {story: s1, steps: [{checkpoint: c}, {intent: greet}, {action: utter_a}, {checkpoint: c}]}\n",
            3,
            "circle",
        ),
    ],
)
def test_refused(data: str, line: int, message: str) -> None:
    found = problems(data, WITH_STORIES)
    assert any(text.startswith(f"{line} ") and message in text for text in found), found


@pytest.mark.parametrize(
    "data",
    [
        """\
rules:
- {rule: general, steps: [{intent: greet}, {action: utter_a}]}
- {rule: special, condition: [{slot_was_set: [{one: x}]}], steps: [{intent: greet}, {action: utter_b}]}
""",
        """\
rules:
- {rule: r1, condition: [{slot_was_set: [{one: x}]}], steps: [{intent: greet}, {action: utter_a}]}
- {rule: r2, condition: [{slot_was_set: [{two: x}]}], steps: [{intent: faq}, {action: utter_b}]}
""",
        """\
rules:
- {rule: r1, condition: [{active_loop: f}], steps: [{intent: faq}, {action: utter_a}, {action: f}, {active_loop: f}]}
- {rule: r2, steps: [{intent: faq}, {action: utter_a}]}
stories:
- {story: s, steps: [{intent: bye}, {action: utter_b}, {intent: bye}, {action: utter_a}]}
""",
    ],
)
def test_accepted(data: str) -> None:
    assert problems(data, WITH_STORIES) == []


def test_contradictions_may_be_left_unchecked() -> None:
    data = """\
rules:
- {rule: r1, steps: [{intent: greet}, {action: utter_a}, {intent: bye}, {action: utter_b}]}
- {rule: r2, steps: [{intent: faq}, {action: utter_a}]}
"""
    config = "policies: [{name: RulePolicy, restrict_rules: false, check_for_contradictions: false}]\n"
    assert problems(data, config) == []


def test_the_compiled_rules_survive_json() -> None:
    from bot.dialogue.core import Core

    data = """\
rules:
- {rule: r1, condition: [{slot_was_set: [{one: x}]}], steps: [{intent: greet, entities: [a]}, {action: utter_a}]}
stories:
- {story: s, steps: [{intent: bye}, {action: utter_b}]}
"""
    _, core, found = compiled(DOMAIN, data, WITH_STORIES)
    assert found == []
    assert Core.from_json(core.to_json()).to_json() == core.to_json()
    with pytest.raises(ValueError, match="train again"):
        Core.from_json({**core.to_json(), "format": 0})
