"""Rules and stories as the events they stand for, one script per alternative (`rasa/…/story_step_builder.py`)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.dialogue.events import Event, action_executed, active_loop, slot_set, user_uttered
from bot.errors import Problem
from bot.project.domain import Domain
from bot.project.names import ACTION_LISTEN, RULE_SNIPPET, SHOULD_NOT_BE_SET
from bot.project.stories import ActionStep, CheckpointStep, IntentStep, LoopStep, OrStep, SlotStep, Step, Story

_MAX_PATHS = 5000
"""Stories glued together by checkpoints may multiply; beyond this many the project is refused."""


@dataclass(slots=True)
class Script:
    """A rule or story played from its start: a conversation to learn from."""

    name: str
    is_rule: bool
    file: str
    line: int
    events: list[Event] = field(default_factory=list)
    unpredictable: int | None = None
    """Index of an action that nothing before it could predict (it opens the story)."""

    def users(self) -> int:
        """Number of user messages."""
        return sum(event["event"] == "user" for event in self.events)


def rule_scripts(rule: Story, domain: Domain) -> Iterator[Script]:
    """One script per combination of alternatives of a rule."""
    for steps in _alternatives(rule.steps):
        body: list[Step] = list(rule.condition)
        if not rule.conversation_start:
            body.append(ActionStep(RULE_SNIPPET, rule.line))
        body += steps
        if not rule.wait_for_user_input:
            body.append(ActionStep(RULE_SNIPPET, rule.line))
        yield _script(rule, body, domain)


def story_scripts(stories: Sequence[Story], domain: Domain, problems: list[Problem]) -> Iterator[Script]:
    """One script per path from a story's start, through checkpoints, to an end, per combination of alternatives."""
    parts = [part for story in stories for part in _parts(story)]
    by_start: dict[str | None, list[_Part]] = {}
    for part in parts:
        for start in part.starts:
            by_start.setdefault(start.name if start else None, []).append(part)
    _check_checkpoints(parts, by_start, problems)
    count = 0
    for path in _paths(by_start, None, ()):
        for steps in _alternatives([step for part in path for step in part.steps]):
            count += 1
            if count > _MAX_PATHS:
                problems.append(Problem("the checkpoints and alternatives of the stories multiply to too many paths"))
                return
            first = path[0].story
            script = _script(first, steps, domain, name=" > ".join(dict.fromkeys(part.story.name for part in path)))
            if _conditions_hold(path, script, domain):
                yield script


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a story between two checkpoints."""

    story: Story
    starts: tuple[CheckpointStep | None, ...]
    steps: tuple[Step, ...]
    end: CheckpointStep | None


def _parts(story: Story) -> list[_Part]:
    starts: list[CheckpointStep | None] = []
    steps = list(story.steps)
    while steps and isinstance(steps[0], CheckpointStep):
        starts.append(steps.pop(0))  # type: ignore[arg-type]
    current: tuple[CheckpointStep | None, ...] = tuple(starts) or (None,)
    parts: list[_Part] = []
    body: list[Step] = []
    for step in steps:
        if isinstance(step, CheckpointStep):
            parts.append(_Part(story, current, tuple(body), step))
            current, body = (step,), []
        else:
            body.append(step)
    if body or not parts:
        parts.append(_Part(story, current, tuple(body), None))
    return parts


def _paths(
    by_start: dict[str | None, list[_Part]], start: str | None, before: tuple[_Part, ...]
) -> Iterator[tuple[_Part, ...]]:
    for part in by_start.get(start, ()):
        if part in before:
            continue
        path = (*before, part)
        if part.end is None or part.end.name not in by_start:
            yield path
        else:
            yield from _paths(by_start, part.end.name, path)


def _check_checkpoints(parts: list[_Part], by_start: dict[str | None, list[_Part]], problems: list[Problem]) -> None:
    ends = {part.end.name for part in parts if part.end is not None}
    for part in parts:
        for start in part.starts:
            if start is not None and start.name not in ends:
                problems.append(
                    Problem(f"no story ends with the checkpoint {start.name}", part.story.file, start.line, start.name)
                )
        if part.end is not None and part.end.name not in by_start:
            problems.append(
                Problem(
                    f"no story starts with the checkpoint {part.end.name}",
                    part.story.file,
                    part.end.line,
                    part.end.name,
                )
            )
        if part.end is not None and _leads_to(by_start, part.end.name, part, set()):
            problems.append(
                Problem(
                    "checkpoints that go round in a circle are not supported",
                    part.story.file,
                    part.end.line,
                    part.end.name,
                )
            )


def _leads_to(by_start: dict[str | None, list[_Part]], name: str, target: _Part, seen: set[str]) -> bool:
    if name in seen:
        return False
    seen.add(name)
    return any(
        part == target or (part.end is not None and _leads_to(by_start, part.end.name, target, seen))
        for part in by_start.get(name, ())
    )


def _conditions_hold(path: Sequence[_Part], script: Script, domain: Domain) -> bool:
    """Whether the slots a checkpoint asks for have those values when the path gets there."""
    if not any(start is not None and start.slots for part in path for start in part.starts):
        return True
    values = {name: slot.initial_value for name, slot in domain.slots.items()}
    for part in path:
        starts = [start for start in part.starts if start is not None]
        if starts and not any(all(values.get(name) == value for name, value in start.slots) for start in starts):
            return False
        for step in part.steps:
            if isinstance(step, SlotStep):
                values[step.name] = step.value
    return True


def _alternatives(steps: Sequence[Step]) -> Iterator[list[Step]]:
    choices = [step.alternatives if isinstance(step, OrStep) else (step,) for step in steps]
    for combination in itertools.product(*choices):
        yield list(combination)


def _script(story: Story, steps: Sequence[Step], domain: Domain, *, name: str | None = None) -> Script:
    script = Script(name or story.name, story.is_rule, story.file, story.line)
    events = script.events
    opened = False
    # In a rule, `null` means that it must not be set.
    unset = SHOULD_NOT_BE_SET if story.is_rule else None
    for step in steps:
        if isinstance(step, IntentStep):
            _listen(events)
            events.append(_user(step))
            events.extend(_entity_slots(step, domain))
            opened = True
        elif isinstance(step, ActionStep):
            if not opened and script.unpredictable is None:
                script.unpredictable = len(events)
            events.append(action_executed(step.name))
        elif isinstance(step, SlotStep):
            events.append(slot_set(step.name, unset if step.value is None else step.value))
        elif isinstance(step, LoopStep):
            events.append(active_loop(unset if step.name is None else step.name))
    _listen(events)
    return script


def _listen(events: list[Event]) -> None:
    if not events or events[-1]["event"] != "action" or events[-1]["name"] != ACTION_LISTEN:
        events.append(action_executed(ACTION_LISTEN))


def _user(step: IntentStep) -> Event:
    parsed = {
        "text": None,
        "intent": {"name": step.intent, "confidence": 1.0},
        "entities": [dict(entity) for entity in step.entities],
    }
    return user_uttered(None, parsed, input_channel=None, metadata={})


def _entity_slots(step: IntentStep, domain: Domain) -> Iterator[Event]:
    """Slots that the listed entities fill, so that a rule with the entity also needs the slot."""
    if not domain.store_entities_as_slots:
        return
    for slot in domain.slots.values():
        found = [
            entity.get("value")
            for mapping in slot.mappings
            if mapping.type == "from_entity" and not (mapping.conditions and mapping.conditions[0].active_loop)
            for entity in step.entities
            if entity.get("entity") == mapping.entity
            and entity.get("role") == mapping.role
            and entity.get("group") == mapping.group
        ]
        if found:
            yield slot_set(slot.name, found if slot.type == "list" else found[-1])
