"""Checks across files."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from bot.dialogue.validation import validate_project
from tests.bot.project.test_reading import GOOD, write


def messages(root: Path, severity: str = "error") -> list[str]:
    return [f"{p.file}:{p.line} {p.message}" for p in validate_project(root) if p.severity == severity]


def with_domain(tmp_path: Path, old: str, new: str) -> Path:
    assert old in GOOD["domain.yml"]
    return write(tmp_path, domain=GOOD["domain.yml"].replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("utter_ask_one:", "utter_ask_two:", "nothing asks for one"),
        ("required_slots: [one]", "required_slots: [one, two]", "the required slot two is not in the domain"),
        ("required_slots: [one]", "required_slots: [one]\n            ignored_intents: [nope]", "ignored intent nope"),
        ("entity: a", "entity: b", "names the entity b"),
        ("entity: a", "entity: a\n              intent: nope", "names the intent nope"),
        ("entity: a", "entity: a\n              conditions: [{active_loop: g}]", "names the form g, which is not"),
        (
            "forms:",
            "  two: {type: text, mappings: [{type: from_text, conditions: [{active_loop: f}]}]}\n        forms:",
            "names the form f, which does not list this slot",
        ),
        ('{text: "one?"}', '{text: "one?", custom: {input: secret, slot: one}}', "only have a custom mapping"),
        ('{text: "one?"}', '{text: "one?", custom: {input: secret, slot: nope}}', "secret slot nope"),
        ('[{text: "one?"}]', "[{text: a, custom: {input: secret, slot: one}}, {text: b}]", "all variations must agree"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    found = messages(with_domain(tmp_path, old, new))
    assert any(message in text for text in found), found


def test_unused_things_are_warnings(tmp_path: Path) -> None:
    domain = textwrap.dedent(GOOD["domain.yml"]).replace("[greet, signup]", "[greet, signup, idle]")
    domain += "  utter_idle: [{text: x}]\n  utter_named: [{text: x}]\n  utter_made_up: [{text: x}]\n"
    domain += "actions: [action_idle, validate_g]\n"
    write(tmp_path, domain=domain)
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "a.py").write_text("a = 'utter_named'\nb = f\"utter_made_{a}\"\n")
    assert messages(tmp_path) == []
    warned = " ".join(messages(tmp_path, "warning"))
    assert "uses this intent" in warned
    assert "no examples" in warned
    assert warned.count("uses this response") == 1
    assert "uses this action" in warned
    assert "no form of that name" in warned


def test_what_the_channels_use_is_used(tmp_path: Path) -> None:
    domain = textwrap.dedent(GOOD["domain.yml"]).replace("[greet, signup]", "[greet, signup, erase_data]")
    domain += "  utter_sms_stopped: [{text: x}]\n  utter_secret_link_password: [{text: x}]\n"
    write(tmp_path, domain=domain)
    warned = " ".join(messages(tmp_path, "warning"))
    assert "no examples" not in warned
    assert "uses this response" not in warned


def test_examples_of_an_unknown_intent(tmp_path: Path) -> None:
    write(tmp_path, data__nlu="nlu:\n- intent: nope\n  examples: |\n    - x\n")
    assert any("intent nope is not in the domain" in text for text in messages(tmp_path))
