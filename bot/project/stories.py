"""Rules and stories of the training data, and test stories, read strictly (Rasa's YAML format)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.comments import CommentedMap

from bot.project.annotations import AnnotationError, parse_annotated
from bot.project.domain import Domain
from bot.project.yaml import Source, line_of, plain, start_line

_STEP_KEYS = (
    "intent",
    "user",
    "or",
    "action",
    "checkpoint",
    "slot_was_set",
    "active_loop",
    "metadata",
    "bot",
)
ANY_INTENT = ""
"""In test stories, of words that come without an intent: what they are taken for is not tested."""
_RULE_KEYS = {"rule", "steps", "condition", "conversation_start", "wait_for_user_input", "metadata"}
_STORY_KEYS = {"story", "steps", "metadata"}


@dataclass(frozen=True, slots=True)
class IntentStep:
    """The user means something."""

    intent: str
    entities: tuple[dict[str, Any], ...]
    text: str | None
    """The words, in test stories; None means the intent alone."""
    line: int
    metadata: dict[str, Any] = field(default_factory=dict)
    """What the channel says of the message, in test stories (`masked: true`: it comes from a masked field)."""


@dataclass(frozen=True, slots=True)
class ActionStep:
    """The assistant does something."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class SlotStep:
    """A slot has a value (None: it is unset)."""

    name: str
    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class LoopStep:
    """A form is active (None: none is)."""

    name: str | None
    line: int


@dataclass(frozen=True, slots=True)
class CheckpointStep:
    """A story is glued to others here."""

    name: str
    slots: tuple[tuple[str, Any], ...]
    line: int


@dataclass(frozen=True, slots=True)
class OrStep:
    """One of several things."""

    alternatives: tuple[IntentStep | SlotStep, ...]
    line: int


Step = IntentStep | ActionStep | SlotStep | LoopStep | CheckpointStep | OrStep


@dataclass(frozen=True, slots=True)
class Story:
    """A story or a rule."""

    name: str
    steps: tuple[Step, ...]
    file: str
    line: int
    is_rule: bool = False
    condition: tuple[SlotStep | LoopStep, ...] = ()
    conversation_start: bool = False
    wait_for_user_input: bool = True
    metadata: dict[str, Any] = field(default_factory=dict)
    """Anything; test stories keep their stage directions here."""


class StoryReader:
    """Reads the `stories` and `rules` sections of one file."""

    def __init__(self, source: Source, domain: Domain, *, test: bool = False) -> None:
        """In test stories, `user:` texts are kept."""
        self._source = source
        self._domain = domain
        self._test = test

    def read(self, node: CommentedMap) -> list[Story]:
        """Every story and rule of a parsed file."""
        stories: list[Story] = []
        for section, title in (("stories", "story"), ("rules", "rule")):
            items = self._source.sequence(node.get(section), line_of(node, section), section)
            for item, line in self._source.items(items) if items is not None else ():
                body = self._source.mapping(item, line, section)
                story = self._story(body, title, section) if body is not None else None
                if story is not None:
                    stories.append(story)
        return stories

    def _story(self, body: CommentedMap, title: str, section: str) -> Story | None:
        line = start_line(body)
        name = body.get(title)
        if not name or not isinstance(name, str):
            self._source.report(f"a {title} needs a name under `{title}`", line, section)
            return None
        is_rule = title == "rule"
        key = f"{section}[{name}]"
        self._source.only(body, _RULE_KEYS if is_rule else _STORY_KEYS, key)
        if not body.get("steps"):
            self._source.report(f"a {title} needs steps", line, f"{key}.steps")
            return None
        for flag in ("conversation_start", "wait_for_user_input"):
            if flag in body and not isinstance(body[flag], bool):
                self._source.report("true or false is expected here", line_of(body, flag), f"{key}.{flag}")
        condition = self._steps(body, "condition", key, {"slot_was_set", "active_loop"})
        allowed = set(_STEP_KEYS) - ({"checkpoint"} if is_rule else set())
        return Story(
            name=str(name),
            steps=tuple(self._steps(body, "steps", key, allowed)),
            file=self._source.name,
            line=line,
            is_rule=is_rule,
            condition=tuple(step for step in condition if isinstance(step, SlotStep | LoopStep)),
            conversation_start=bool(body.get("conversation_start", False)),
            wait_for_user_input=body.get("wait_for_user_input", True) is not False,
            metadata=plain(body["metadata"]) if isinstance(body.get("metadata"), CommentedMap) else {},
        )

    def _steps(self, body: CommentedMap, part: str, key: str, allowed: Collection[str]) -> list[Step]:
        items = self._source.sequence(body.get(part), line_of(body, part) if part in body else 0, f"{key}.{part}")
        steps: list[Step] = []
        for item, line in self._source.items(items) if items is not None else ():
            node = self._source.mapping(item, line, f"{key}.{part}")
            if node is not None:
                steps.extend(self._step(node, line, f"{key}.{part}", allowed))
        return steps

    def _step(self, node: CommentedMap, line: int, key: str, allowed: Collection[str]) -> list[Step]:
        kind = next((name for name in _STEP_KEYS if name in node), None)
        if kind is None or kind not in allowed:
            self._source.report(f"this step is not supported: {', '.join(map(str, node))}", line, key)
            return []
        if kind == "bot":
            self._source.report("end-to-end stories are not supported", line, f"{key}.bot")
            return []
        if kind in {"intent", "user"}:
            step = self._intent(node, line, key)
            return [step] if step is not None else []
        extra = {"slot_was_set"} if kind == "checkpoint" else set()
        self._source.only(node, {kind, *extra}, key)
        value = node[kind]
        if kind == "metadata":
            return []
        if kind == "slot_was_set":
            return list(self._slots(value, line, key))
        if kind == "or":
            return self._or(value, line, key)
        if kind == "active_loop":
            return [LoopStep(None if value is None else str(value), line)]
        if not value or not isinstance(value, str):
            self._source.report("a name is expected here", line, f"{key}.{kind}")
            return []
        if kind == "action":
            return [ActionStep(str(value), line)]
        slots = self._slots(node.get("slot_was_set"), line, key) if "slot_was_set" in node else []
        return [CheckpointStep(str(value), tuple((slot.name, slot.value) for slot in slots), line)]

    def _intent(self, node: CommentedMap, line: int, key: str) -> IntentStep | None:
        self._source.only(node, {"intent", "user", "entities", "metadata"}, key)
        intent = node.get("intent")
        if not isinstance(intent, str) or not intent.strip():
            if self._test and isinstance(node.get("user"), str) and str(node["user"]).strip().startswith("/"):
                intent = str(node["user"]).strip()[1:].split("{")[0].split("@")[0]
            elif self._test and isinstance(node.get("user"), str) and "intent" not in node:
                intent = ANY_INTENT
            else:
                self._source.report("end-to-end stories are not supported: give the intent", line, f"{key}.user")
                return None
        name = str(intent).strip().removeprefix("/")
        if "/" in name:
            self._source.report("retrieval intents are not supported", line, f"{key}.intent")
        text: str | None = None
        marked: list[dict[str, Any]] = []
        if isinstance(node.get("user"), str) and self._test:
            try:
                text, marked = parse_annotated(str(node["user"]).strip())
            except AnnotationError as error:
                self._source.report(str(error), line, f"{key}.user")
        listed = self._entities(node, line, key)
        metadata = self._source.mapping(node.get("metadata"), line, f"{key}.metadata")
        entities = tuple(listed if "entities" in node else marked)
        return IntentStep(name, entities, text, line, plain(metadata) if metadata is not None else {})

    def _entities(self, node: CommentedMap, line: int, key: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = []
        items = self._source.sequence(node.get("entities"), line, f"{key}.entities")
        for item in plain(items) if items is not None else ():
            if isinstance(item, str):
                answer.append({"entity": item, "value": ""})
                continue
            if not isinstance(item, dict):
                self._source.report("an entity is a name or `name: value`", line, f"{key}.entities")
                continue
            entity: dict[str, Any] = {part: item[part] for part in ("role", "group") if item.get(part) is not None}
            for name, value in item.items():
                if name not in {"role", "group"}:
                    entity.update(entity=name, **({} if value is None else {"value": value}))
            answer.append(entity)
        return answer

    def _slots(self, value: Any, line: int, key: str) -> list[SlotStep]:
        items = self._source.sequence(value, line, f"{key}.slot_was_set")
        answer: list[SlotStep] = []
        for item, at in self._source.items(items) if items is not None else ():
            if isinstance(item, str):
                answer.append(SlotStep(str(item), self._named_only(str(item), at, key), at))
            elif isinstance(item, CommentedMap):
                answer.extend(SlotStep(str(name), plain(inner), at) for name, inner in item.items())
            else:
                self._source.report("a slot is a name or `name: value`", at, f"{key}.slot_was_set")
        return answer

    def _named_only(self, name: str, line: int, key: str) -> Any:
        """The value that a slot mentioned by its name alone stands for."""
        slot = self._domain.slots.get(name)
        if slot is not None and slot.influences and slot.type not in {"text", "list"}:
            self._source.report(f"a {slot.type} slot needs a value here", line, f"{key}.slot_was_set.{name}")
        return ["filled"] if slot is not None and slot.type == "list" else "filled"

    def _or(self, value: Any, line: int, key: str) -> list[Step]:
        items = self._source.sequence(value, line, f"{key}.or")
        alternatives: list[IntentStep | SlotStep] = []
        for item, at in self._source.items(items) if items is not None else ():
            node = self._source.mapping(item, at, f"{key}.or")
            for step in self._step(node, at, f"{key}.or", {"intent", "slot_was_set"}) if node is not None else ():
                if isinstance(step, IntentStep | SlotStep):
                    alternatives.append(step)
        return [OrStep(tuple(alternatives), line)] if alternatives else []
