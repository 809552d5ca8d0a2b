# ruff: noqa: C408, E501
"""Mini projects and what a user says to them, played by Rasa itself (`record.py`) and by this engine.

Plain data (Python 3.10 reads it too). `actions` gives the answers of custom actions, call by call (the last one is
repeated): a list of events, a dict `{"events", "responses"}`, or "reject" / "fail".
"""

import textwrap


def slot(name, value):
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def ev(kind, **parts):
    return {"event": kind, "timestamp": None, **parts}


FORM = """
version: "3.1"
intents: [greet, signup, faq, tell, other, bye]
entities: [a, b]
slots:
  one:
    type: text
    influence_conversation: false
    mappings:
    - {type: from_entity, entity: a}
  two:
    type: text
    influence_conversation: false
    mappings:
    - {type: from_entity, entity: b}
forms:
  f:
    required_slots: [one, two]
responses:
  utter_greet: [{text: hello}]
  utter_faq: [{text: answer}]
  utter_ask_one: [{text: "one?"}]
  utter_ask_two: [{text: "two?"}]
  utter_done: [{text: "done {one} {two}"}]
  utter_default: [{text: what}]
"""
START = "- {rule: start, steps: [{intent: signup}, {action: f}, {active_loop: f}]}\n"
SUBMIT = (
    "- {rule: submit, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_done}]}\n"
)
FAQ = "- {rule: faq, steps: [{intent: faq}, {action: utter_faq}]}\n"
GREET = "- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}\n"
BASE = "rules:\n" + START + SUBMIT + FAQ + GREET
VALIDATED = FORM + "actions: [validate_f, action_x]\n"

SCENARIOS = [
    dict(
        name="form_happy_path",
        domain=FORM,
        data=BASE,
        messages=["/greet", "/signup", '/tell{"a": "1"}', '/tell{"b": "2"}', "/greet"],
    ),
    dict(
        name="form_filled_at_once", domain=FORM, data=BASE, messages=["/signup", '/tell{"a": "1", "b": "2"}', "/signup"]
    ),
    dict(
        name="form_interrupted_by_general_rule",
        domain=FORM,
        data=BASE,
        messages=["/signup", "/faq", '/tell{"a": "1"}', "/faq", "/greet", '/tell{"b": "2"}'],
    ),
    dict(
        name="form_unknown_inside",
        domain=FORM,
        data=BASE,
        messages=["/signup", "/other", '/tell{"a": "1"}', "/other", '/tell{"b": "2"}'],
    ),
    dict(
        name="form_silent_fallback_inside",
        domain=FORM.replace("  utter_default: [{text: what}]\n", ""),
        data=BASE,
        messages=["/signup", "/other", '/tell{"a": "1"}'],
    ),
    dict(
        name="form_no_submit_rule",
        domain=FORM,
        data="rules:\n" + START + FAQ,
        messages=["/signup", '/tell{"a": "1"}', '/tell{"b": "2"}', "/faq"],
    ),
    dict(
        name="form_explicit_return",
        domain=FORM,
        data=BASE.replace(FAQ, "") + "- {rule: faq in f, condition: [{active_loop: f}], "
        "steps: [{intent: faq}, {action: utter_faq}, {action: f}, {active_loop: f}]}\n",
        messages=["/signup", "/faq", '/tell{"a": "1"}', "/faq", '/tell{"b": "2"}'],
    ),
    dict(
        name="form_rule_without_return",
        domain=FORM,
        data=BASE.replace(FAQ, "") + "- {rule: faq in f, condition: [{active_loop: f}], "
        "steps: [{intent: faq}, {action: utter_faq}]}\n",
        messages=["/signup", "/faq", '/tell{"a": "1"}', "/greet", '/tell{"a": "1"}', '/tell{"b": "2"}'],
    ),
    dict(
        name="form_loop_was_interrupted",
        domain=FORM,
        data=BASE.replace(FAQ, "") + "- {rule: faq in f, condition: [{active_loop: f}], "
        "steps: [{intent: faq}, {action: f}, {active_loop: f}]}\n",
        messages=["/signup", "/faq", '/tell{"a": "1"}'],
    ),
    dict(
        name="form_story_return",
        domain=FORM,
        config=["RulePolicy", "MemoizationPolicy"],
        data="rules:\n" + START + SUBMIT + "stories:\n- story: s\n  steps:\n  - intent: signup\n  - action: f\n"
        "  - active_loop: f\n  - intent: faq\n  - action: utter_faq\n  - intent: greet\n  - action: f\n"
        "  - active_loop: f\n  - active_loop: null\n  - action: utter_done\n",
        messages=["/signup", "/faq", "/greet", '/tell{"a": "1"}', '/tell{"b": "2"}'],
    ),
    dict(
        name="form_deactivate",
        domain=FORM,
        data=BASE + "- {rule: stop, condition: [{active_loop: f}], steps: [{intent: bye}, "
        "{action: utter_greet}, {action: action_deactivate_loop}, {active_loop: null}]}\n",
        messages=["/signup", '/tell{"a": "1"}', "/bye", "/signup", '/tell{"b": "2"}'],
    ),
    dict(
        name="form_restart_back",
        domain=FORM,
        data=BASE,
        messages=["/greet", "/signup", '/tell{"a": "1"}', "/back", "/greet", "/signup", "/restart", "/greet"],
    ),
    dict(
        name="form_switch",
        domain=FORM.replace("forms:\n", "forms:\n  g:\n    required_slots: [two]\n"),
        data=BASE.replace(FAQ, "") + "- {rule: switch, steps: [{intent: faq}, {action: g}, {active_loop: g}]}\n"
        "- {rule: submit g, condition: [{active_loop: g}], steps: [{action: g}, {active_loop: null}, "
        "{action: utter_greet}]}\n",
        messages=["/signup", "/faq", '/tell{"b": "2"}', "/signup", '/tell{"a": "1"}'],
    ),
    dict(
        name="validation_passes",
        domain=VALIDATED,
        data=BASE,
        actions={"validate_f": [[], [slot("one", "1")], [slot("two", "2")]]},
        messages=["/signup", '/tell{"a": "1"}', '/tell{"b": "2"}'],
    ),
    dict(
        name="validation_refuses",
        domain=VALIDATED,
        data=BASE,
        actions={
            "validate_f": [
                [],
                [],
                {"events": [slot("one", None)], "responses": [{"text": "no"}]},
                [slot("one", "x")],
                [slot("two", "2")],
            ]
        },
        messages=["/signup", '/tell{"a": "1"}', '/tell{"a": "2"}', '/tell{"b": "2"}'],
    ),
    dict(
        name="validation_chooses_next",
        domain=VALIDATED,
        data=BASE,
        actions={
            "validate_f": [
                [slot("requested_slot", "two")],
                [slot("two", "2"), slot("requested_slot", "one")],
                [slot("one", "1"), slot("requested_slot", None)],
            ]
        },
        messages=["/signup", '/tell{"b": "2"}', '/tell{"a": "1"}'],
    ),
    dict(
        name="validation_ends_form",
        domain=VALIDATED,
        data=BASE,
        actions={"validate_f": [[], [], [slot("one", "1"), ev("active_loop", name=None)]]},
        messages=["/signup", '/tell{"a": "1"}', "/greet"],
    ),
    dict(
        name="validation_rejects_by_400",
        domain=VALIDATED,
        data=BASE,
        actions={"validate_f": [[], [], "reject", [slot("one", "1")]]},
        messages=["/signup", '/tell{"a": "1"}', '/tell{"a": "1"}'],
    ),
    dict(
        name="validation_rejects_by_event",
        domain=VALIDATED,
        data=BASE,
        actions={
            "validate_f": [
                [],
                [],
                [slot("one", "1"), ev("action_execution_rejected", name="f", policy=None, confidence=None)],
                [],
            ]
        },
        messages=["/signup", '/tell{"a": "1"}', "/faq", '/tell{"b": "1"}'],
    ),
    dict(
        name="validation_sets_other_slot",
        domain=VALIDATED,
        data=BASE,
        actions={"validate_f": [[], [], [slot("one", "1"), slot("two", "2")]]},
        messages=["/signup", "/other", '/tell{"a": "1"}'],
    ),
    dict(
        name="ask_actions",
        domain=FORM + "actions: [action_ask_f_one, action_ask_two, action_x]\n",
        data=BASE,
        actions={
            "action_ask_f_one": [{"events": [], "responses": [{"text": "please {x}"}, {"response": "utter_greet"}]}],
            "action_ask_two": [[slot("one", "changed")]],
        },
        messages=["/signup", '/tell{"a": "1"}', '/tell{"b": "2"}'],
    ),
    dict(
        name="followup",
        domain=FORM + "actions: [action_x]\n",
        data=BASE + "- {rule: x, steps: [{intent: other}, {action: action_x}]}\n",
        actions={
            "action_x": [
                [ev("followup", name="utter_faq")],
                [ev("followup", name="f")],
                [ev("followup", name="nothing")],
            ]
        },
        messages=["/other", "/greet", "/other", '/tell{"a": "1"}', '/tell{"b": "1"}', "/other"],
    ),
    dict(
        name="pause_resume",
        domain=FORM + "actions: [action_x]\n",
        data=BASE + "- {rule: x, steps: [{intent: other}, {action: action_x}]}\n",
        actions={"action_x": [[ev("pause")]]},
        messages=["/other", "/greet", "/restart", "/greet"],
    ),
    dict(
        name="action_events",
        domain=FORM + "actions: [action_x]\n",
        data=BASE + "- {rule: x, steps: [{intent: other}, {action: action_x}]}\n",
        actions={
            "action_x": [
                [slot("one", "1"), slot("unknown", 1)],
                [ev("reset_slots")],
                [ev("restart")],
                [ev("rewind")],
                [
                    ev(
                        "user",
                        text="hi",
                        parse_data={"intent": {"name": "greet", "confidence": 1.0}, "entities": [], "text": "hi"},
                    )
                ],
                [],
            ]
        },
        messages=["/other", "/other", "/other", "/other", "/greet", "/other", "/greet"],
    ),
    dict(
        name="circuit_breaker_nine",
        domain=FORM,
        data="rules:\n- rule: many\n  steps:\n  - intent: other\n"
        + "  - action: utter_faq\n  - action: utter_greet\n" * 4
        + "  - action: utter_faq\n",
        messages=["/other", "/other"],
    ),
    dict(
        name="wait_for_user_input",
        domain=FORM,
        data="rules:\n- {rule: a, steps: [{intent: greet}, {action: utter_greet}], wait_for_user_input: false}\n" + FAQ,
        messages=["/faq", "/greet", "/faq"],
    ),
    dict(
        name="wait_then_continues",
        domain=FORM,
        data="rules:\n- {rule: a, steps: [{intent: greet}, {action: utter_greet}], wait_for_user_input: false}\n"
        "- {rule: b, steps: [{action: utter_greet}, {action: utter_faq}]}\n",
        messages=["/greet", "/greet"],
    ),
    dict(
        name="longest_rule",
        domain=FORM.replace("influence_conversation: false", "influence_conversation: true"),
        data="rules:\n" + GREET + "- {rule: known, condition: [{slot_was_set: [{one: x}]}], "
        "steps: [{intent: greet}, {action: utter_faq}]}\n"
        "- {rule: not two, condition: [{slot_was_set: [{two: null}]}], "
        "steps: [{intent: tell}, {action: utter_done}]}\n",
        messages=["/greet", '/tell{"a": "1"}', "/greet", '/tell{"b": ""}', "/greet"],
    ),
    dict(
        name="conversation_start",
        domain=FORM,
        data="rules:\n"
        + FAQ
        + "- {rule: s, conversation_start: true, steps: [{intent: greet}, {action: utter_greet}]}\n",
        messages=["/greet", "/greet", "/faq", "/greet"],
    ),
    dict(
        name="session_start_intent",
        domain=FORM,
        data=BASE,
        messages=["/signup", '/tell{"a": "1"}', "/session_start", "/signup", "/session_start", "/greet"],
    ),
    dict(
        name="entities_in_rule",
        domain=FORM,
        data="rules:\n- {rule: with, steps: [{intent: tell, entities: [a]}, {action: utter_greet}]}\n"
        "- {rule: none, steps: [{intent: tell}, {action: utter_faq}]}\n",
        messages=["/tell", '/tell{"a": "1"}', '/tell{"b": "1"}', '/tell{"a": "1", "b": "2"}'],
    ),
    dict(
        name="stories",
        domain=FORM,
        config=["RulePolicy", "MemoizationPolicy"],
        data="rules:\n" + FAQ + "stories:\n- story: s\n  steps:\n  - intent: greet\n  - action: utter_greet\n"
        "  - or: [{intent: other}, {intent: bye}]\n  - action: utter_done\n",
        messages=["/greet", "/faq", "/bye", "/greet", "/other", "/bye"],
    ),
    dict(
        name="stories_checkpoint",
        domain=FORM,
        config=["RulePolicy", "MemoizationPolicy"],
        data="stories:\n- story: s\n  steps:\n  - intent: greet\n  - action: utter_greet\n  - checkpoint: c\n"
        "- story: t\n  steps:\n  - checkpoint: c\n  - intent: bye\n  - action: utter_done\n"
        "- story: u\n  steps:\n  - checkpoint: c\n  - intent: other\n  - action: utter_faq\n",
        messages=["/greet", "/bye", "/greet", "/other"],
    ),
    dict(
        name="stories_max_history",
        domain=FORM,
        config=["RulePolicy", {"name": "MemoizationPolicy", "max_history": 2}],
        data="stories:\n- story: s\n  steps:\n  - intent: greet\n  - action: utter_greet\n  - intent: bye\n"
        "  - action: utter_done\n",
        messages=["/greet", "/bye", "/greet", "/bye", "/faq", "/greet"],
    ),
    dict(
        name="stories_slots",
        domain=FORM.replace("influence_conversation: false", "influence_conversation: true"),
        config=["RulePolicy", "MemoizationPolicy"],
        data="rules:\n" + FAQ + "stories:\n- story: s\n  steps:\n  - intent: tell\n    entities: [a]\n"
        "  - action: utter_greet\n- story: t\n  steps:\n  - intent: tell\n    entities: [{a: x}]\n"
        "  - slot_was_set: [{two: y}]\n  - action: utter_faq\n",
        messages=['/tell{"a": "1"}', "/faq", '/tell{"b": "1"}', '/tell{"a": "1"}'],
    ),
    dict(
        name="payloads",
        domain=FORM.replace("forms:\n  f:\n    required_slots: [one, two]\n", ""),
        data="rules:\n- {rule: t, steps: [{intent: tell}, {action: utter_done}]}\n" + GREET,
        messages=[
            '/tell {"a": "1"}',
            '/tell@0.5{"a": "2"}',
            '/tell@0.5 {"a": "3"}',
            '/tell{"a":\n"4"}',
            "/greet@0.5.5",
            "/greet@abc",
            "/ greet",
            "/greet there",
            "/Greet",
            '/tell{"a": null}',
            '/tell{"a": ["x", "y"]}',
            '/tell{"zz": 1}',
            "/tell[1]",
            "/tell{1}",
            '/tell{"a": 3}rest',
            "/",
            "/greet@7",
        ],
    ),
    dict(
        name="responses",
        domain="""
version: "3.1"
intents: [greet, tell, faq, other]
entities: [a]
slots:
  one: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
responses:
  utter_greet:
  - {text: "general {one}"}
  - {text: "yes {one}", condition: [{type: slot, name: one, value: OUI}]}
  - {text: rest, channel: rest}
  utter_faq:
  - {text: collected, channel: collector}
  - {text: not here}
  - {text: "cond", condition: [{type: slot, name: one, value: oui}]}
  utter_parts:
  - text: "  first\\n\\nsecond {one}  "
    image: "http://x/{one}.png"
    custom: {k: ["{one}", 1, {n: "{one}"}], v: "{unknown}"}
    attachment: {type: video, payload: {src: x}}
  utter_buttons:
  - text: "a\\n\\nb"
    buttons: [{title: "{one}", payload: "/greet"}]
  utter_braces:
  - text: "{{one}}"
  utter_mixed:
  - text: "{{one}} {one}"
  utter_unknown:
  - text: "{nobody} {one}"
  utter_quick:
  - text: q
    quick_replies: [{title: t, payload: /greet}]
""",
        data="""
rules:
- {rule: a, steps: [{intent: greet}, {action: utter_greet}, {action: utter_faq}]}
- {rule: b, steps: [{intent: faq}, {action: utter_parts}, {action: utter_buttons}, {action: utter_braces}, {action: utter_mixed}, {action: utter_unknown}, {action: utter_quick}]}
""",
        messages=["/greet", '/greet{"a": "oui"}', "/faq", '/tell{"a": "x\\n\\ny"}', "/faq"],
    ),
    dict(
        name="extraction",
        domain="""
version: "3.1"
intents: [greet, tell, faq, other]
entities: [a, {city: {roles: [from, to]}}]
slots:
  many: {type: list, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
  last: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a, not_intent: other}]}
  intent: {type: bool, influence_conversation: false, mappings: [{type: from_intent, intent: greet, value: true}]}
  text: {type: text, influence_conversation: false, mappings: [{type: from_text, intent: [faq]}]}
  trigger: {type: text, influence_conversation: false, mappings: [{type: from_trigger_intent, intent: tell, value: yes}]}
  form_only: {type: text, influence_conversation: false, mappings: [{type: from_text, conditions: [{active_loop: f}]}]}
  asked_only: {type: text, influence_conversation: false, mappings: [{type: from_text, not_intent: faq, conditions: [{active_loop: f, requested_slot: asked_only}]}]}
  outside: {type: text, influence_conversation: false, mappings: [{type: from_intent, intent: faq, value: out, conditions: [{active_loop: null}]}]}
  empty: {type: list, influence_conversation: false, mappings: [{type: from_intent, intent: other, value: []}]}
forms:
  f: {required_slots: [trigger, form_only, asked_only], ignored_intents: [other]}
responses:
  utter_greet: [{text: g}]
  utter_ask_asked_only: [{text: "asked?"}]
""",
        data="""
rules:
- {rule: a, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: o, steps: [{intent: other}, {action: utter_greet}]}
- {rule: q, steps: [{intent: faq}, {action: utter_greet}]}
- {rule: s, steps: [{intent: tell}, {action: f}, {active_loop: f}]}
- {rule: e, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_greet}]}
""",
        messages=[
            '/greet{"a": ["1", "2"]}',
            '/other{"a": "3"}',
            "/faq",
            "/tell",
            "/other",
            "/faq",
            "free words",
            "/faq",
        ],
    ),
    dict(
        name="unique_entities",
        domain="""
version: "3.1"
intents: [greet, tell]
entities: [a, b]
slots:
  one: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
  two: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: a}]}
  three: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: b}]}
forms:
  f: {required_slots: [one, two, three]}
responses:
  utter_ask_one: [{text: "one?"}]
  utter_ask_two: [{text: "two?"}]
  utter_ask_three: [{text: "three?"}]
  utter_greet: [{text: g}]
""",
        data="""
rules:
- {rule: s, steps: [{intent: greet}, {action: f}, {active_loop: f}]}
- {rule: e, condition: [{active_loop: f}], steps: [{action: f}, {active_loop: null}, {action: utter_greet}]}
""",
        messages=["/greet", '/tell{"a": "1"}', '/tell{"a": "2", "b": "3"}'],
    ),
    dict(
        name="custom_extraction",
        domain=FORM.replace(
            "slots:\n",
            """slots:
  extracted:
    type: text
    influence_conversation: false
    mappings: [{type: custom, action: action_find}]
  extracted2:
    type: text
    influence_conversation: false
    mappings: [{type: custom, action: action_find}]
""",
        )
        + "actions: [action_find, action_validate_slot_mappings]\n",
        data=BASE,
        actions={
            "action_find": [[slot("extracted", "e"), ev("followup", name="utter_faq")]],
            "action_validate_slot_mappings": [[slot("one", "valid")], []],
        },
        messages=['/tell{"a": "1"}', '/tell{"b": "1"}', "/greet"],
    ),
    dict(
        name="slot_kinds",
        domain="""
version: "3.1"
intents: [greet, set, i1, i2, i3, i4, i5]
slots:
  b: {type: bool, mappings: [{type: custom}]}
  c: {type: categorical, values: [Low, high], mappings: [{type: custom}]}
  n: {type: float, min_value: 0, max_value: 10, mappings: [{type: custom}]}
  l: {type: list, mappings: [{type: custom}]}
  t: {type: text, mappings: [{type: custom}]}
  x: {type: any, mappings: [{type: custom}]}
actions: [action_set]
responses:
  utter_yes: [{text: "yes"}]
  utter_no: [{text: "no"}]
  utter_default: [{text: default}]
""",
        data="""
rules:
- {rule: s, steps: [{intent: set}, {action: action_set}]}
- {rule: b1, condition: [{slot_was_set: [{b: true}]}], steps: [{intent: i1}, {action: utter_yes}]}
- {rule: b0, condition: [{slot_was_set: [{b: false}]}], steps: [{intent: i1}, {action: utter_no}]}
- {rule: c1, condition: [{slot_was_set: [{c: low}]}], steps: [{intent: i2}, {action: utter_yes}]}
- {rule: c2, condition: [{slot_was_set: [{c: nonsense}]}], steps: [{intent: i2}, {action: utter_no}]}
- {rule: n1, condition: [{slot_was_set: [{n: 5.0}]}], steps: [{intent: i3}, {action: utter_yes}]}
- {rule: l1, condition: [{slot_was_set: [{l: null}]}], steps: [{intent: i4}, {action: utter_yes}]}
- {rule: t0, condition: [{slot_was_set: [{t: null}]}], steps: [{intent: i5}, {action: utter_no}]}
""",
        actions={
            "action_set": [
                [slot("b", True), slot("c", "LOW"), slot("n", 5), slot("l", ["x"]), slot("t", "")],
                [slot("b", "false"), slot("c", "else"), slot("n", "5.0"), slot("l", []), slot("t", None)],
                [slot("b", 1), slot("c", None), slot("n", 99), slot("l", "one"), slot("t", 0)],
            ]
        },
        messages=[
            "/i1",
            "/i4",
            "/i5",
            "/set",
            "/i1",
            "/i2",
            "/i3",
            "/i4",
            "/i5",
            "/set",
            "/i1",
            "/i2",
            "/i3",
            "/i4",
            "/i5",
            "/set",
            "/i1",
            "/i2",
            "/i3",
            "/i4",
            "/i5",
        ],
    ),
    dict(
        name="two_stage_affirm",
        domain=FORM,
        data=BASE + "- {rule: fb, steps: [{intent: nlu_fallback}, {action: action_two_stage_fallback}, "
        "{active_loop: action_two_stage_fallback}]}\n",
        messages=[
            "/nlu_fallback",
            "/greet",
            "/nlu_fallback",
            "/out_of_scope",
            "/greet",
            "/nlu_fallback",
            "/out_of_scope",
            "/nlu_fallback",
            "/out_of_scope",
            "/nlu_fallback",
            "/nlu_fallback",
            "/greet",
        ],
    ),
    dict(
        name="two_stage_form",
        domain=FORM + "  utter_ask_rephrase: [{text: rephrase}]\n",
        data=BASE + "- {rule: fb, steps: [{intent: nlu_fallback}, {action: action_two_stage_fallback}, "
        "{active_loop: action_two_stage_fallback}]}\n",
        messages=["/signup", "/nlu_fallback", '/tell{"a": "1"}', '/tell{"b": "1"}'],
    ),
    dict(
        name="no_fallback",
        domain=FORM,
        data="rules:\n" + GREET,
        config=[{"name": "RulePolicy", "enable_fallback_prediction": False}],
        messages=["/faq", "/greet", "/faq"],
    ),
    dict(
        name="fallback_action",
        domain=FORM + "actions: [action_lost]\n",
        data="rules:\n" + GREET,
        config=[{"name": "RulePolicy", "core_fallback_action_name": "action_lost", "core_fallback_threshold": 0.5}],
        actions={
            "action_lost": [
                {"events": [], "responses": [{"text": "lost"}]},
                {"events": [ev("rewind")], "responses": [{"text": "lost"}]},
            ]
        },
        messages=["/greet", "/faq", "/greet"],
    ),
    dict(
        name="overridden_defaults",
        domain=FORM + "actions: [action_restart, action_default_fallback, action_back]\n",
        data=BASE,
        actions={
            "action_restart": [{"events": [ev("restart")], "responses": [{"text": "again"}]}],
            "action_default_fallback": [{"events": [ev("rewind")], "responses": [{"text": "mine"}]}],
            "action_back": [{"events": [], "responses": [{"text": "back"}]}],
        },
        messages=["/greet", "/other", "/restart", "/greet"],
    ),
    dict(
        name="rejected_action",
        domain=FORM + "actions: [action_x]\n",
        data=BASE + "- {rule: x, steps: [{intent: other}, {action: action_x}, {action: utter_faq}]}\n",
        actions={"action_x": ["reject", []]},
        messages=["/other", "/other"],
    ),
    dict(
        name="general_rule_two_actions_in_form",
        domain=FORM + "actions: [action_x]\n",
        data=BASE + "- {rule: x, steps: [{intent: other}, {action: utter_greet}, {action: action_x}, "
        "{action: utter_faq}]}\n",
        actions={"action_x": [[slot("one", "set")]]},
        messages=["/signup", "/other", '/tell{"b": "1"}'],
    ),
    dict(
        name="rule_ends_form_by_action",
        domain=FORM + "actions: [action_x]\n",
        data=BASE + "- {rule: x, steps: [{intent: other}, {action: action_x}]}\n",
        actions={"action_x": [[ev("active_loop", name=None), slot("requested_slot", None)]]},
        messages=["/signup", "/other", "/greet", "/signup"],
    ),
    dict(
        name="form_starts_form",
        domain=FORM.replace("forms:\n", "forms:\n  g:\n    required_slots: [two]\n"),
        data="rules:\n" + START + "- {rule: submit, condition: [{active_loop: f}], "
        "steps: [{action: f}, {active_loop: null}, {action: utter_done}, {action: g}, {active_loop: g}]}\n"
        "- {rule: submit g, condition: [{active_loop: g}], steps: [{action: g}, {active_loop: null}, "
        "{action: utter_greet}]}\n" + FAQ,
        messages=["/signup", '/tell{"a": "1"}', "/faq", '/tell{"b": "2"}', "/faq"],
    ),
    dict(
        name="carry_over_off",
        domain=FORM + "session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: false}\n",
        data=BASE,
        messages=["/signup", '/tell{"a": "1"}', "/session_start", "/greet", "/signup"],
    ),
    dict(
        name="initial_values",
        domain=FORM.replace("    type: text\n", "    type: text\n    initial_value: start\n", 1).replace(
            "influence_conversation: false", "influence_conversation: true"
        ),
        config=["RulePolicy", "MemoizationPolicy"],
        data="rules:\n" + GREET + "- {rule: empty, condition: [{slot_was_set: [{one: null}]}], "
        "steps: [{intent: faq}, {action: utter_faq}]}\nstories:\n- story: s\n  steps:\n  - intent: other\n"
        "  - action: utter_done\n",
        messages=["/greet", "/faq", "/other", '/tell{"a": null}', "/faq"],
    ),
]


def config_of(scenario):
    return [p if isinstance(p, dict) else {"name": p} for p in scenario.get("config", ["RulePolicy"])]


def data_of(scenario):
    return textwrap.dedent(scenario["data"])
