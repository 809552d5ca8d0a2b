"""Learning from rules and stories: from scripts to a `Core` (`RulePolicy.train`, `MemoizationPolicy.train`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.dialogue.analysis import Analysis, analyse, incomplete_rules, ties
from bot.dialogue.core import DO_NOT_PREDICT_LOOP, LOOP_WAS_INTERRUPTED, Core
from bot.dialogue.history import History
from bot.dialogue.memoization import memory_key
from bot.dialogue.rules import Rule
from bot.dialogue.scripts import Script, rule_scripts, story_scripts
from bot.dialogue.state import Features
from bot.errors import Problem, ProjectError
from bot.project.config import Config
from bot.project.domain import Domain
from bot.project.names import ACTION_LISTEN, RULE_SNIPPET, SHOULD_NOT_BE_SET
from bot.project.project import Project
from bot.project.stories import Story


class Lesson(NamedTuple):
    """What was done after which states."""

    states: tuple[Features, ...]
    action: str
    script: Script


def train(project: Project) -> Core:
    """Compile a project's rules and stories. Raises ProjectError when they contradict each other."""
    problems: list[Problem] = []
    core = compile_core(project.domain, project.config, project.stories, problems)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ProjectError(errors)
    return core


def compile_core(domain: Domain, config: Config, stories: Sequence[Story], problems: list[Problem]) -> Core:
    """Compile as far as possible; what is wrong is added to `problems`."""
    rules = [script for rule in stories if rule.is_rule for script in rule_scripts(rule, domain)]
    told = list(story_scripts([story for story in stories if not story.is_rule], domain, problems))
    options = config.rule
    if options.restrict_rules:
        problems.extend(_two_messages(rules))
    if options.check_for_contradictions:
        problems.extend(incomplete_rules(rules, domain))
    rule_lessons = list(_lessons(rules, domain, omit_unset=True))
    story_lessons = list(_lessons(told, domain))
    core = Core(
        rule_config=options,
        memoization=config.memoization,
        rules=tuple(_learn(rule_lessons)),
        unhappy=tuple(_unhappy([*rule_lessons, *story_lessons])),
    )
    if options.check_for_contradictions:
        core = _without_rule_only(core, rule_lessons, story_lessons)
        analysis = analyse(core, rules, told, domain)
        problems.extend(analysis.problems)
        core = _with_visibility(core, analysis)
    problems.extend(ties(core.rules, rules))
    if config.memoization is not None:
        core = _remember(core, story_lessons)
    return core


def _lessons(scripts: Iterable[Script], domain: Domain, *, omit_unset: bool = False) -> Iterator[Lesson]:
    for script in scripts:
        history = History(domain, omit_unset=omit_unset)
        for index, event in enumerate(script.events):
            if event["event"] == "action" and index != script.unpredictable:
                yield Lesson(tuple(reversed(list(history.states()))), event["name"], script)
            history.add(event)


def after_snippet(states: Sequence[Features]) -> tuple[Features, ...]:
    """The states that a rule is about: those after the last `...`."""
    kept: list[Features] = []
    for state in reversed(states):
        if state.action == RULE_SNIPPET:
            break
        kept.insert(0, state)
    return tuple(kept)


def _learn(lessons: Iterable[Lesson]) -> list[Rule]:
    """The rules; the same states with two actions keep neither, as in Rasa (the analysis then reports them)."""
    learnt: dict[str, Rule] = {}
    ambiguous: set[str] = set()
    for lesson in lessons:
        states = after_snippet(lesson.states)
        if not states:
            continue
        key = memory_key(states)
        known = learnt.get(key)
        if key in ambiguous:
            continue
        if known is None:
            learnt[key] = Rule.learn(states, lesson.action, [lesson.script.name])
        elif known.action != lesson.action:
            ambiguous.add(key)
            del learnt[key]
        elif lesson.script.name not in known.sources:
            learnt[key] = replace(known, sources=(*known.sources, lesson.script.name))
    return [rule for rule in learnt.values() if rule.action != RULE_SNIPPET]


def _unhappy(lessons: Iterable[Lesson]) -> list[Rule]:
    """What rules and stories do inside a form, so that the form knows it when it is their turn."""
    marks: dict[str, Rule] = {}
    for lesson in lessons:
        now = lesson.states[-1]
        if not now.loop or now.loop == SHOULD_NOT_BE_SET:
            continue
        before = lesson.states[-2].action if len(lesson.states) > 1 else None
        states = after_snippet([Features(None, (), before, None, {}), now] if before else [now])
        listening = now.action == ACTION_LISTEN
        mark = None
        if listening and lesson.action == now.loop:
            mark = LOOP_WAS_INTERRUPTED
        elif not listening and lesson.action != now.loop:
            mark = DO_NOT_PREDICT_LOOP
        if states and mark:
            marks[memory_key(states)] = Rule.learn(states, mark, [lesson.script.name])
    return list(marks.values())


def _two_messages(rules: Iterable[Script]) -> Iterator[Problem]:
    seen: set[tuple[str, int]] = set()
    for script in rules:
        if script.users() > 1 and (script.file, script.line) not in seen:
            seen.add((script.file, script.line))
            yield Problem(
                "a rule may hold one user message only (write a story instead)",
                script.file,
                script.line,
                f"rules[{script.name}]",
            )


def _without_rule_only(core: Core, rules: Iterable[Lesson], stories: Iterable[Lesson]) -> Core:
    """Slots and forms that only rules mention are hidden from memoization."""
    rule_slots, rule_loops = _mentioned(rules)
    story_slots, story_loops = _mentioned(stories)
    return replace(
        core,
        rule_only_slots=frozenset(rule_slots - story_slots),
        rule_only_loops=frozenset(rule_loops - story_loops - {SHOULD_NOT_BE_SET}),
    )


def _mentioned(lessons: Iterable[Lesson]) -> tuple[set[str], set[str]]:
    slots: set[str] = set()
    loops: set[str] = set()
    for lesson in lessons:
        for state in lesson.states:
            slots.update(state.slots)
            if state.loop:
                loops.add(state.loop)
    return slots, loops


def _with_visibility(core: Core, analysis: Analysis) -> Core:
    rules = tuple(
        replace(rule, hidden=memory_key(rule.states) in analysis.hidden_rules)
        for rule in core.rules
        if memory_key(rule.states) not in analysis.dropped_rules
    )
    return replace(core, rules=rules, hidden_sources=frozenset(analysis.hidden_sources))


def _remember(core: Core, lessons: Sequence[Lesson]) -> Core:
    """Memoize the stories; what has two continuations is forgotten."""
    limit = core.memoization.max_history if core.memoization is not None else None
    memory: dict[str, str] = {}
    ambiguous: set[str] = set()
    longest = 0
    for lesson in lessons:
        states = lesson.states[-limit:] if limit else lesson.states
        longest = max(longest, len(states))
        key = memory_key(states)
        if memory.setdefault(key, lesson.action) != lesson.action:
            ambiguous.add(key)
    memory = {key: action for key, action in memory.items() if key not in ambiguous}
    # Without max_history the whole conversation counts: one state more than any story has never matches.
    return replace(core, memory=memory, memory_length=limit or longest + 1)
