"""Checks across a project's files: names that do not exist, questions nobody asks, things nobody uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem, Severity
from bot.project.domain import Domain
from bot.project.names import (
    ACTION_SESSION_START,
    ACTION_TWO_STAGE_FALLBACK,
    ACTION_VALIDATE_SLOT_MAPPINGS,
    CHANNEL_INTENTS,
    DEFAULT_ACTIONS,
    DEFAULT_INTENTS,
    REFUSED_ACTIONS,
    RULE_SNIPPET,
    UTTER,
)
from bot.project.project import Project
from bot.project.slots import Slot
from bot.project.stories import ActionStep, CheckpointStep, IntentStep, LoopStep, OrStep, SlotStep, Step, Story

_RESPONSE_IN_CODE = re.compile(r"[\"'](utter_\w*)([\"'{])")
_SPOKEN_BY_ENGINE = frozenset(
    {
        "utter_default",
        "utter_restart",
        "utter_back",
        "utter_ask_rephrase",
        "utter_internal_error",
        "utter_too_long",
    }
)


def check_project(project: Project, problems: list[Problem]) -> None:
    """Add everything that is wrong across files to `problems`."""
    problems.extend(_Names(project).check())
    problems.extend(_check_forms(project))
    problems.extend(_check_slots(project))
    problems.extend(_check_secrets(project))
    problems.extend(_check_use(project))


def _at(project: Project, key: str, message: str, severity: Severity = "error") -> Problem:
    file, line = project.domain_files.place(key)
    return Problem(message, file, line, key, severity)


@dataclass(slots=True)
class _Names:
    """Names in rules and stories that the domain does not have."""

    project: Project

    def check(self) -> Iterator[Problem]:
        for story in self.project.stories:
            for step in (*story.condition, *story.steps):
                yield from self._step(story, step)

    def _step(self, story: Story, step: Step) -> Iterator[Problem]:
        domain = self.project.domain
        if isinstance(step, OrStep):
            for alternative in step.alternatives:
                yield from self._step(story, alternative)
        elif isinstance(step, IntentStep):
            if step.intent not in domain.intent_set:
                yield self._unknown(story, step, f"the intent {step.intent} is not in the domain")
            for entity in step.entities:
                if entity.get("entity") not in domain.entity_set:
                    yield self._unknown(story, step, f"the entity {entity.get('entity')} is not in the domain")
        elif isinstance(step, ActionStep):
            yield from self._action(story, step, domain)
        elif isinstance(step, SlotStep):
            if step.name not in domain.slots:
                yield self._unknown(story, step, f"the slot {step.name} is not in the domain")
        elif isinstance(step, LoopStep):
            if step.name is not None and step.name not in {*domain.forms, ACTION_TWO_STAGE_FALLBACK}:
                yield self._unknown(story, step, f"the form {step.name} is not in the domain")
        else:
            for name, _ in step.slots:
                if name not in domain.slots:
                    yield self._unknown(story, step, f"the slot {name} is not in the domain")

    def _action(self, story: Story, step: ActionStep, domain: Domain) -> Iterator[Problem]:
        if step.name in REFUSED_ACTIONS:
            yield self._unknown(story, step, f"{step.name} is not supported: {REFUSED_ACTIONS[step.name]}")
        elif step.name == RULE_SNIPPET or step.name not in domain.action_set:
            kind = "response" if step.name.startswith(UTTER) else "action"
            yield self._unknown(story, step, f"the {kind} {step.name} is not in the domain")
        elif step.name.startswith(UTTER) and step.name not in domain.responses:
            yield self._unknown(story, step, f"the response {step.name} has no text in the domain")

    def _unknown(self, story: Story, step: Step, message: str) -> Problem:
        kind = "rules" if story.is_rule else "stories"
        return Problem(message, story.file, step.line, f"{kind}[{story.name}]")


def _check_forms(project: Project) -> Iterator[Problem]:
    domain = project.domain
    for form in domain.forms.values():
        key = f"forms.{form.name}"
        for name in form.required_slots:
            if name not in domain.slots:
                yield _at(project, key, f"the required slot {name} is not in the domain")
                continue
            asks = (f"{form.name}_{name}", name)
            if not any(f"{kind}{ask}" in domain.action_set for ask in asks for kind in ("action_ask_", "utter_ask_")):
                yield _at(project, key, f"nothing asks for {name}: utter_ask_{name} or action_ask_{name} is missing")
        for intent in form.ignored_intents:
            if intent not in domain.intent_set:
                yield _at(project, key, f"the ignored intent {intent} is not in the domain")


def _check_slots(project: Project) -> Iterator[Problem]:
    domain = project.domain
    for slot in domain.user_slots:
        key = f"slots.{slot.name}"
        for mapping in slot.mappings:
            for intent in (*mapping.intents, *mapping.not_intents):
                if intent not in domain.intent_set:
                    yield _at(project, key, f"its mapping names the intent {intent}, which is not in the domain")
            if mapping.type == "from_entity" and mapping.entity not in domain.entity_set:
                yield _at(project, key, f"its mapping names the entity {mapping.entity}, which is not in the domain")
            if mapping.action is not None and mapping.action not in domain.custom_action_set:
                yield _at(project, key, f"its mapping names the action {mapping.action}, which is not in the domain")
            yield from _check_conditions(project, slot)


def _check_conditions(project: Project, slot: Slot) -> Iterator[Problem]:
    domain, key = project.domain, f"slots.{slot.name}"
    for mapping in slot.mappings:
        for condition in mapping.conditions:
            if condition.active_loop is None:
                continue
            form = domain.forms.get(condition.active_loop)
            if form is None:
                yield _at(
                    project, key, f"its mapping names the form {condition.active_loop}, which is not in the domain"
                )
            elif slot.name not in form.required_slots:
                yield _at(project, key, f"its mapping names the form {form.name}, which does not list this slot")
            wanted = condition.requested_slot
            if wanted is not None and wanted not in domain.slots:
                yield _at(project, key, f"its mapping names the slot {wanted}, which is not in the domain")


_CHANNELS = Path(__file__).parents[1] / "channels"


def _check_secrets(project: Project) -> Iterator[Problem]:
    """A slot is secret for every question about it, or for none; and nothing but its form may fill it."""
    domain = project.domain
    secret = domain.secret_slots
    for name in sorted(secret):
        slot = domain.slots.get(name)
        if slot is None:
            yield _at(project, "responses", f"a response asks for the secret slot {name}, which is not in the domain")
        elif any(mapping.type != "custom" for mapping in slot.mappings):
            yield _at(project, f"slots.{name}", "a secret slot may only have a custom mapping: its text is never kept")
    for response, variations in domain.responses.items():
        asked = {_secret_of(variation) for variation in variations}
        if len(asked) > 1:
            yield _at(
                project, f"responses.{response}", "all variations must agree on `custom: {input: secret, slot: …}`"
            )
        for name in sorted(secret):
            is_question = response.startswith(f"{UTTER}ask_") and response.endswith(f"_{name}")
            exact = response in {f"{UTTER}ask_{name}", *(f"{UTTER}ask_{form}_{name}" for form in domain.forms)}
            if is_question and exact and name not in asked:
                yield _at(project, f"responses.{response}", f"{name} is secret: this needs custom input: secret too")


def _secret_of(variation: dict[str, object]) -> str | None:
    custom = variation.get("custom")
    return str(custom.get("slot")) if isinstance(custom, dict) and custom.get("input") == "secret" else None


def _check_use(project: Project) -> Iterator[Problem]:
    domain = project.domain
    used_intents = {step.intent for story in project.stories for step in _flat(story) if isinstance(step, IntentStep)}
    for slot in domain.user_slots:
        for mapping in slot.mappings:
            used_intents.update(mapping.intents)
    for form in domain.forms.values():
        used_intents.update(form.ignored_intents)
    for intent in domain.intents:
        if intent not in used_intents and intent not in DEFAULT_INTENTS:
            yield _at(project, f"intents.{intent}", "no rule, story or slot uses this intent", "warning")
    trained = {example.intent for example in project.nlu.examples}
    for intent in sorted(trained - domain.intent_set):
        yield Problem(f"the examples' intent {intent} is not in the domain", "data", 0, f"nlu.intent[{intent}]")
    without = {*DEFAULT_INTENTS, *CHANNEL_INTENTS}
    for intent in domain.intents:
        if trained and intent not in trained | without:
            yield _at(project, f"intents.{intent}", "this intent has no examples", "warning")
    yield from _unused_actions(project)


def _unused_actions(project: Project) -> Iterator[Problem]:
    domain = project.domain
    used = {step.name for story in project.stories for step in _flat(story) if isinstance(step, ActionStep)}
    asks = {f"{kind}{ask}" for kind in ("action_ask_", "utter_ask_") for ask in _asked(domain)}
    extractions = {mapping.action for slot in domain.user_slots for mapping in slot.mappings}
    said, prefixes = _said_by_code(project.root)
    for response in domain.responses:
        known_use = response in used | asks | _SPOKEN_BY_ENGINE | said
        if not known_use and not response.startswith(prefixes):
            yield _at(project, f"responses.{response}", "no rule, story, form or action uses this response", "warning")
    known = {ACTION_VALIDATE_SLOT_MAPPINGS, ACTION_SESSION_START, *DEFAULT_ACTIONS, *extractions}
    for action in domain.custom_actions:
        validates = action.startswith("validate_") and action.removeprefix("validate_") in domain.forms
        if action not in used | asks | known and not validates and not action.startswith(UTTER):
            yield _at(project, f"actions.{action}", "no rule, story or form uses this action", "warning")
        if action.startswith("validate_") and not validates:
            yield _at(project, f"actions.{action}", "there is no form of that name", "warning")
        if action.startswith(UTTER) and action not in domain.responses:
            yield _at(project, f"actions.{action}", "this response has no text in the domain")


def _said_by_code(root: Path) -> tuple[set[str], tuple[str, ...]]:
    """Responses that the project's actions and our channels name, and beginnings of names that they complete."""
    names: set[str] = set()
    prefixes: set[str] = set()
    for path in sorted([*(root / "actions").rglob("*.py"), *_CHANNELS.rglob("*.py")]):
        for name, end in _RESPONSE_IN_CODE.findall(path.read_text(encoding="utf-8")):
            (prefixes if end == "{" or name.endswith("_") else names).add(name)
    return names, tuple(sorted(prefixes - {UTTER}))


def _asked(domain: Domain) -> set[str]:
    names = {name for form in domain.forms.values() for name in form.required_slots}
    # A form may ask for slots that only its validation chooses: any slot of the domain counts as asked for.
    names.update(slot.name for slot in domain.user_slots)
    return names | {f"{form}_{name}" for form in domain.forms for name in names}


def _flat(story: Story) -> Iterator[Step]:
    for step in story.steps:
        if isinstance(step, OrStep):
            yield from step.alternatives
        elif not isinstance(step, CheckpointStep):
            yield step
