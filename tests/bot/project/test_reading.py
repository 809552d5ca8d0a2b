# ruff: noqa: E501
"""Files are read strictly: what is not known is named, with its line."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from bot.dialogue.validation import validate_project
from bot.errors import Problem, ProjectError
from bot.project.project import load_credentials, load_endpoints, load_project, read_test_stories

GOOD = {
    "domain.yml": """
        version: "3.1"
        intents: [greet, signup]
        entities: [a]
        slots:
          one:
            type: text
            mappings:
            - type: from_entity
              entity: a
        forms:
          f:
            required_slots: [one]
        responses:
          utter_greet: [{text: hello}]
          utter_ask_one: [{text: "one?"}]
        """,
    "config.yml": """
        recipe: default.v1
        language: fr
        pipeline:
        - name: Something
        policies:
        - name: RulePolicy
        """,
    "data/rules.yml": """
        rules:
        - rule: greet
          steps:
          - intent: greet
          - action: utter_greet
        - rule: start
          steps:
          - intent: signup
          - action: f
          - active_loop: f
        """,
    "data/nlu.yml": """
        nlu:
        - intent: greet
          examples: |
            - bonjour
            - salut [toi](a)
        - intent: signup
          examples: |
            - je veux m'inscrire
        - synonym: moi
          examples: |
            - mézigue
        """,
}


def write(root: Path, **changes: str) -> Path:
    files = dict(GOOD)
    files.update({name.replace("__", "/") + ".yml": text for name, text in changes.items()})
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return root


def errors(root: Path) -> list[Problem]:
    return [problem for problem in validate_project(root) if problem.severity == "error"]


def test_a_good_project_has_no_problem(tmp_path: Path) -> None:
    assert validate_project(write(tmp_path)) == []
    project = load_project(tmp_path)
    assert [example.text for example in project.nlu.examples] == ["bonjour", "salut toi", "je veux m'inscrire"]
    assert project.nlu.examples[1].entities[0].entity == "a"
    assert project.nlu.examples[0].source == "data/nlu.yml:4"
    assert project.nlu.synonyms == {"mézigue": "moi"}
    assert project.config.pipeline == [{"name": "Something"}]


@pytest.mark.parametrize(
    ("file", "text", "line", "key", "message"),
    [
        ("domain", "intents: [greet]\nfoo: 1\n", 2, "foo", "not supported"),
        ("domain", "intents:\n- greet:\n    bar: 1\n", 3, "intents.greet.bar", "not supported"),
        ("domain", "intents:\n- greet:\n", 2, "intents.greet", "colon"),
        ("domain", "slots:\n  a:\n    type: date\n    mappings: []\n", 3, "slots.a.type", "not supported"),
        ("domain", "slots:\n  a:\n    type: text\n", 2, "slots.a.mappings", "needs mappings"),
        ("domain", "slots:\n  a:\n    type: text\n    auto_fill: true\n    mappings: []\n", 4, "slots.a.auto_fill", "not supp"),
        ("domain", "slots:\n  a:\n    type: text\n    mappings:\n    - type: from_heaven\n", 5, "slots.a.mappings.type", "not supp"),
        ("domain", "slots:\n  a:\n    type: text\n    mappings:\n    - type: from_entity\n", 5, "slots.a.mappings.entity", "needs"),
        ("domain", "responses:\n  utter_a:\n  - image: x\n", 3, "responses.utter_a.text", "text or custom"),
        ("domain", "responses:\n  utter_a:\n  - text: x\n    color: red\n", 4, "responses.utter_a.color", "not supported"),
        ("domain", "responses:\n  utter_a:\n  - text: x\n    condition: []\n", 3, "responses.utter_a.condition", "never"),
        ("domain", "responses:\n  utter_a:\n  - text: '{x'\n", 3, "responses.utter_a.text", "braces"),
        ("domain", "responses:\n  utter_a/b:\n  - text: x\n", 2, "responses.utter_a/b", "retrieval"),
        ("domain", "actions: [action_unlikely_intent]\n", 1, "actions.action_unlikely_intent", "UnexpecTED"),
        ("domain", "e2e_actions: [x]\n", 1, "e2e_actions", "not supported"),
        ("domain", "forms:\n  f:\n    required: [a]\n", 3, "forms.f.required", "not supported"),
        ("config", "policies:\n- name: TEDPolicy\n- name: RulePolicy\n", 2, "policies.TEDPolicy", "not supported"),
        ("config", "policies:\n- name: RulePolicy\n  epochs: 3\n", 3, "policies.RulePolicy.epochs", "not supported"),
        ("config", "policies:\n- name: RulePolicy\n  priority: high\n", 3, "policies.RulePolicy.priority", "int"),
        ("config", "policies:\n- name: MemoizationPolicy\n", 1, "policies", "RulePolicy is missing"),
        ("config", "language: fr\n", 1, "policies", "list the policies"),
        ("config", "recipe: graph.v1\npolicies: [{name: RulePolicy}]\n", 1, "recipe", "default.v1"),
        ("data__rules", "rules:\n- rule: a\n  steps:\n  - user: hello\n", 4, "rules[a].steps.user", "end-to-end"),
        ("data__rules", "rules:\n- rule: a\n  steps:\n  - bot: hello\n", 4, "rules[a].steps.bot", "end-to-end"),
        ("data__rules", "rules:\n- rule: a\n  steps:\n  - checkpoint: c\n", 4, "rules[a].steps", "not supported"),
        ("data__rules", "rules:\n- rule: a\n  when: x\n  steps:\n  - action: utter_greet\n", 3, "rules[a].when", "not supp"),
        ("data__rules", "rules:\n- rule: a\n", 2, "rules[a].steps", "needs steps"),
        ("data__rules", "rules:\n- steps: []\n", 2, "rules", "needs a name"),
        ("data__rules", "responses:\n  utter_x: []\n", 1, "responses", "not supported"),
        ("data__rules", "rules:\n- rule: a\n  steps:\n  - intent: nope\n  - action: utter_greet\n", 4, "rules[a]", "intent nope"),
        ("data__rules", "rules:\n- rule: a\n  steps:\n  - intent: greet\n  - action: utter_no\n", 5, "rules[a]", "utter_no"),
        ("data__rules", "rules:\n- rule: a\n  condition:\n  - slot_was_set: [{no: 1}]\n  steps:\n  - action: f\n", 4, "rules[a]", "slot no"),
        ("data__rules", "rules:\n- rule: a\n  condition:\n  - active_loop: no\n  steps:\n  - action: f\n", 4, "rules[a]", "form no"),
        ("data__nlu", "nlu:\n- intent: greet\n  examples: |\n    bonjour\n", 4, "nlu.intent[greet].examples", "dash"),
        ("data__nlu", "nlu:\n- intent: greet\n  examples: |\n    - a [b]{\"x\": 1}\n", 4, "nlu.intent[greet]", "entity"),
        ("data__nlu", "nlu:\n- mood: x\n", 2, "nlu", "entry is"),
        ("data__nlu", "nlu: [\n", 2, "", ""),
        ("data__nlu", "nlu:\n- intent: a\n  intent: b\n", 3, "", "duplicate"),
        ("endpoints", "nlg: {url: x}\n", 0, "nlg", "not supported"),
        ("endpoints", "action_endpoint: {url: ftp://x}\n", 0, "action_endpoint.url", "http"),
        ("credentials", "rest: ${NOT_SET_ANYWHERE}\n", 0, "rest", "NOT_SET_ANYWHERE"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, file: str, text: str, line: int, key: str, message: str) -> None:
    found = errors(write(tmp_path, **{file: text}))
    name = file.replace("__", "/") + ".yml"
    assert any((p.file, p.line, p.key) == (name, line, key) and message in p.message for p in found), list(
        map(str, found)
    )


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, domain="foo: 1\nbar: 2\n", config="policies: [{name: TEDPolicy}]\n")
    with pytest.raises(ProjectError) as raised:
        load_project(tmp_path)
    keys = {problem.key for problem in raised.value.problems}
    assert {"foo", "bar", "policies.TEDPolicy", "policies"} <= keys
    assert raised.value.file == "domain.yml"
    assert (raised.value.line, raised.value.key) == (1, "foo")
    assert "domain.yml:1: foo: this key is not supported" in str(raised.value)


def test_missing_files(tmp_path: Path) -> None:
    assert {problem.file for problem in errors(tmp_path)} == {"domain.yml", "config.yml"}


def test_a_domain_in_several_files(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "domain.yml").read_text(encoding="utf-8")
    (tmp_path / "domain.yml").unlink()
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "a.yml").write_text(text, encoding="utf-8")
    (tmp_path / "domain" / "b.yml").write_text("responses:\n  utter_more: [{text: x}]\n", encoding="utf-8")
    assert errors(tmp_path) == []
    assert "utter_more" in load_project(tmp_path).domain.responses
    (tmp_path / "domain" / "c.yml").write_text("responses:\n  utter_more: [{text: y}]\n", encoding="utf-8")
    assert "declared twice (also in domain/b.yml:2)" in errors(tmp_path)[0].message


def test_endpoints_take_variables_and_show_nothing(tmp_path: Path) -> None:
    (tmp_path / "endpoints.yml").write_text(
        "action_endpoint:\n  url: http://${HOST}:5055/webhook\ntracker_store:\n  url: ${DB}\nprivacy:\n  rules: [1]\n"
    )
    endpoints = load_endpoints(tmp_path, {"HOST": "actions", "DB": "postgresql://u:pw@h/d"})
    assert endpoints.action_endpoint == {"url": "http://actions:5055/webhook"}
    assert endpoints.privacy == {"rules": [1]}
    assert "pw" not in repr(endpoints)
    assert load_endpoints(tmp_path / "none").action_endpoint is None


def test_credentials(tmp_path: Path) -> None:
    (tmp_path / "credentials.yml").write_text("rest:\ntwilio:\n  auth_token: ${T}\n")
    assert load_credentials(tmp_path, {"T": "x"}) == {"rest": {}, "twilio": {"auth_token": "x"}}


def test_test_stories_keep_words_and_entities(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "tests.yml"
    path.write_text(
        "stories:\n- story: s\n  steps:\n  - user: |\n      bonjour [toi](a)\n    intent: greet\n  - action: x\n"
    )
    (story,) = read_test_stories([path], load_project(tmp_path).domain, tmp_path)
    step = story.steps[0]
    assert (step.text, step.intent, step.entities[0]["entity"]) == ("bonjour toi", "greet", "a")  # type: ignore[union-attr]
    assert (story.file, story.line, step.line) == ("tests.yml", 2, 4)
