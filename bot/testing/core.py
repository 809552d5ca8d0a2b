"""Test stories, played through the engine with the project's real actions (`sofy test core`)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.dialogue.engine import Engine
from bot.dialogue.events import Event, entities_of, intent_of
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.tracker import Tracker
from bot.project.names import ACTION_LISTEN, ACTION_SESSION_START, REQUESTED_SLOT
from bot.project.project import read_test_stories
from bot.project.stories import ANY_INTENT, ActionStep, IntentStep, LoopStep, SlotStep, Step, Story
from bot.testing.core_coverage import Coverage, CoverageReport
from bot.testing.stage import CueError, Stage

EngineFactory = Callable[[], Engine | Stage | Awaitable[Engine | Stage]]
SILENT = frozenset({ACTION_LISTEN, ACTION_SESSION_START})
"""Actions that test stories do not tell of."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One place where a conversation went otherwise than its story says."""

    file: str
    line: int
    kind: str
    """`action`, `intent`, `entity`, `slot`, `active_loop` or `direction`."""
    expected: str
    got: str

    def __str__(self) -> str:
        """`file:line: action: expected …, got …`."""
        return f"{self.file}:{self.line}: {self.kind}: expected {self.expected}, got {self.got}"


@dataclass(slots=True)
class StoryResult:
    """How one test story went."""

    name: str
    file: str
    line: int
    failures: list[Failure] = field(default_factory=list)
    replies: list[list[BotMessage]] = field(default_factory=list)
    """What the assistant said, message by message of the user."""

    @property
    def passed(self) -> bool:
        """Whether everything went as told."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class CoreReport:
    """How all test stories went, and what none of them touched."""

    results: Sequence[StoryResult]
    coverage: CoverageReport

    @property
    def failed(self) -> list[StoryResult]:
        """The stories that went otherwise."""
        return [result for result in self.results if not result.passed]

    @property
    def passed(self) -> bool:
        """Whether all stories went as told."""
        return not self.failed

    def lines(self) -> list[str]:
        """Every failure, one line each, under its story."""
        answer: list[str] = []
        for result in self.failed:
            answer.append(f"{result.name} ({result.file}:{result.line})")
            answer.extend(f"  {failure}" for failure in result.failures)
        return answer


async def run_core_tests(
    paths: Iterable[Path],
    engine_factory: EngineFactory,
    *,
    root: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CoreReport:
    """Play the test stories of some files or folders. Raises ProjectError when they cannot be read.

    `engine_factory` is called once per story (it may be async), so that every story can start from fresh data. It
    gives an engine, or a stage: an engine with what the project lends to its stories.
    `progress` is told how many of how many stories are done.
    """
    files = list(paths)
    first = await _stage(engine_factory)
    stories = read_test_stories(files, first.engine.domain, root)
    coverage = Coverage(first.engine.domain, first.engine.core)
    results: list[StoryResult] = []
    for number, story in enumerate(stories):
        stage = first if number == 0 else await _stage(engine_factory)
        stage.engine.predictor.on_rule = coverage.rule
        result = StoryResult(story.name, story.file, story.line)
        try:
            await _play(story, result, stage, f"test-{number}", coverage)
        except CueError as error:
            result.failures.append(Failure(story.file, story.line, "direction", "to be done", str(error)))
        results.append(result)
        if progress is not None:
            progress(number + 1, len(stories))
    return CoreReport(results, coverage.report())


async def _stage(factory: EngineFactory) -> Stage:
    made = factory()
    stage = await made if inspect.isawaitable(made) else made
    return stage if isinstance(stage, Stage) else Stage(stage)


async def _play(story: Story, result: StoryResult, stage: Stage, sender_id: str, coverage: Coverage) -> None:
    engine = stage.engine
    tracker = engine.tracker(sender_id)
    await stage.prepare(story.metadata)
    for spoken, expected in turns_of(story.steps):
        message = await _message(spoken, sender_id, stage)
        before = len(tracker.events)
        at_secret = tracker.requested_slot in engine.domain.secret_slots
        result.replies.append(await engine.handle(tracker, message))
        events = tracker.events[before:]
        coverage.events(events)
        check = _Check(story, tracker, events, result.failures)
        check.meaning(spoken, at_secret=at_secret)
        check.steps(expected, spoken)


def turns_of(steps: Sequence[Step]) -> list[tuple[IntentStep, list[Step]]]:
    """Each user message with the steps up to the next one."""
    turns: list[tuple[IntentStep, list[Step]]] = []
    for step in steps:
        if isinstance(step, IntentStep):
            turns.append((step, []))
        elif turns:
            turns[-1][1].append(step)
    return turns


def written(step: IntentStep) -> str:
    """What the user types, with its stage directions; an intent without words is the payload that means it."""
    if step.text is not None:
        return step.text
    values: dict[str, list[Any]] = {}
    for entity in step.entities:
        values.setdefault(str(entity.get("entity")), []).append(entity.get("value"))
    return f"/{step.intent}{json.dumps(values, ensure_ascii=False) if values else ''}"


async def _message(step: IntentStep, sender_id: str, stage: Stage) -> UserMessage:
    text, metadata, masked = await stage.read(written(step))
    metadata |= step.metadata
    masked = bool(metadata.pop("masked", False)) or masked
    return UserMessage(text, sender_id, metadata=metadata, masked=masked)


@dataclass(slots=True)
class _Check:
    """Compares one turn with what the story tells of it."""

    story: Story
    tracker: Tracker
    events: list[Event]
    failures: list[Failure]

    def meaning(self, step: IntentStep, *, at_secret: bool) -> None:
        """The intent and entities found in the words."""
        if step.text is None or at_secret:
            return
        user = next((event for event in self.events if event["event"] == "user"), None)
        found = intent_of(user)
        if step.intent not in (ANY_INTENT, found):
            self._fail(step.line, "intent", step.intent, str(found))
        entities = entities_of(user)
        for wanted in step.entities:
            kind, value = wanted.get("entity"), wanted.get("value")
            values = [entity.get("value") for entity in entities if entity.get("entity") == kind]
            if not values or (value not in {None, ""} and value not in values):
                self._fail(step.line, "entity", f"{kind}", ", ".join(sorted({e["entity"] for e in entities})) or "none")

    def steps(self, expected: Sequence[Step], spoken: IntentStep) -> None:
        """The actions, in order; then the slots and the form."""
        done = [event["name"] for event in self.events if event["event"] == "action" and event["name"] not in SILENT]
        wanted = [step for step in expected if isinstance(step, ActionStep) and step.name not in SILENT]
        for index, step in enumerate(wanted):
            got = done[index] if index < len(done) else ACTION_LISTEN
            if got != step.name:
                self._fail(step.line, "action", step.name, f"{got} (the turn: {', '.join(done) or 'nothing'})")
                break
        else:
            if len(done) > len(wanted):
                line = wanted[-1].line if wanted else spoken.line
                self._fail(line, "action", ACTION_LISTEN, done[len(wanted)])
        for other in expected:
            if isinstance(other, SlotStep):
                self._slot(other)
            elif isinstance(other, LoopStep):
                self._loop(other)

    def _slot(self, step: SlotStep) -> None:
        now = self.tracker.slot(step.name)
        values = [now, *(e["value"] for e in self.events if e["event"] == "slot" and e["name"] == step.name)]
        spec = self.tracker.domain.slots.get(step.name)
        wanted = step.value
        named_only = wanted in ("filled", ["filled"])
        if step.name != REQUESTED_SLOT and spec is not None and spec.type in {"text", "list"} and named_only:
            fine = any(value is not None for value in values)
        else:
            fine = wanted in values
        if not fine:
            # The value got is not told: a user may have typed it.
            self._fail(step.line, "slot", f"{step.name}={wanted}", "unset" if now is None else "another value")

    def _loop(self, step: LoopStep) -> None:
        names = [event["name"] for event in self.events if event["event"] == "active_loop"]
        if step.name not in {*names, self.tracker.active_loop}:
            self._fail(step.line, "active_loop", str(step.name), str(self.tracker.active_loop))

    def _fail(self, line: int, kind: str, expected: str, got: str) -> None:
        self.failures.append(Failure(self.story.file, line, kind, expected, got))
