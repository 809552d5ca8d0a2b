"""Finding rules and stories that contradict each other (`RulePolicy._analyze_rules`, `_check_for_incomplete_rules`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.dialogue.core import Core
from bot.dialogue.events import action_rejected
from bot.dialogue.prediction import Opinion, RulePolicy
from bot.dialogue.rules import Rule, key_text
from bot.dialogue.scripts import Script
from bot.dialogue.state import Features
from bot.dialogue.tracker import Tracker
from bot.errors import Problem
from bot.project.domain import Domain
from bot.project.names import ACTION_LISTEN, DEFAULT_INTENT_ACTIONS, RULE_SNIPPET, SHOULD_NOT_BE_SET


@dataclass(slots=True)
class Analysis:
    """What playing all scripts against the learnt rules tells."""

    problems: list[Problem] = field(default_factory=list)
    hidden_rules: set[str] = field(default_factory=set)
    """Texts of the rules that decided something in a rule and nothing in a story."""
    hidden_sources: set[str] = field(default_factory=set)
    """The same, of default intents and forms."""
    dropped_rules: set[str] = field(default_factory=set)
    """Texts of the rules that a story overrules."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """One action of a script and what the rules would do there."""

    script: Script
    expected: str
    predicted: str | None
    source: str


def analyse(core: Core, rules: Sequence[Script], stories: Sequence[Script], domain: Domain) -> Analysis:
    """Play every rule and story; report where the rules would do something else."""
    policy = RulePolicy(core)
    analysis = Analysis()
    expected: dict[str, list[tuple[str, str]]] = {}
    for moment in _play(policy, core, rules, domain):
        built_in = moment.source.startswith(("intent ", "loop ", "listen "))
        name = moment.source if built_in else moment.script.name
        action = (moment.predicted or "") if built_in else moment.expected
        expected.setdefault(moment.source, []).append((name, action))
    texts = {key_text(rule.states) for rule in core.rules}
    used: set[str] = set()
    for moment in _play(policy, core, [*stories, *rules], domain):
        if not moment.script.is_rule and moment.predicted == moment.expected:
            used.add(moment.source)
        if moment.predicted is None or not moment.source or moment.predicted == moment.expected:
            continue
        if _is_overruled(moment, texts):
            analysis.dropped_rules.add(moment.source)
            continue
        others = {name for name, action in expected.get(moment.source, ()) if action != moment.expected}
        if others:
            analysis.problems.append(_contradiction(moment, others, core.rule_config.core_fallback_action_name))
    analysis.hidden_rules = texts.intersection(expected) - used
    own_sources = {f"intent {intent}" for intent in DEFAULT_INTENT_ACTIONS}
    own_sources.update(f"{kind} {form}" for form in domain.forms for kind in ("loop", "listen"))
    analysis.hidden_sources = (own_sources | set(expected)) - texts - used
    return analysis


def _play(policy: RulePolicy, core: Core, scripts: Iterable[Script], domain: Domain) -> Iterator[_Moment]:
    for script in scripts:
        tracker = Tracker(script.name, domain)
        surprise = True
        for index, event in enumerate(script.events):
            if event["event"] == "action":
                if event["name"] == RULE_SNIPPET:
                    surprise = True
                elif surprise or index == script.unpredictable:
                    surprise = False
                else:
                    yield _moment(policy, core, tracker, script, event["name"])
            tracker.update(event)


def _moment(policy: RulePolicy, core: Core, tracker: Tracker, script: Script, expected: str) -> _Moment:
    opinion = policy.predict(tracker.state, tracker.history)
    predicted = _predicted(opinion, core, script)
    loop = tracker.active_loop
    if loop is not None and predicted != expected and predicted == loop:
        # Inside a form the rules only come into play once the form has declined.
        tracker.update(action_rejected(loop))
        opinion = policy.predict(tracker.state, tracker.history)
        predicted = _predicted(opinion, core, script)
    source = opinion.source
    if source in {"rule", ""}:
        states = opinion.rule.states if opinion.rule else _after_snippet(list(tracker.history.states()))
        source = key_text(states)
    return _Moment(script, expected, predicted, source)


def _predicted(opinion: Opinion, core: Core, script: Script) -> str | None:
    action, score = opinion.choice()
    config = core.rule_config
    nothing = (action == config.core_fallback_action_name and score <= config.core_fallback_threshold) or score == 0
    return None if nothing and not script.is_rule else action


def _after_snippet(newest_first: list[Features]) -> list[Features]:
    kept: list[Features] = []
    for state in newest_first:
        if state.action == RULE_SNIPPET:
            break
        kept.insert(0, state)
    return kept


def _is_overruled(moment: _Moment, texts: set[str]) -> bool:
    """Whether a story's opening action ends a turn for a rule that another rule continues."""
    if moment.script.is_rule or moment.predicted != ACTION_LISTEN or moment.source.count("prev_action") > 1:
        return False
    return any(text.startswith(moment.source[:-2]) and text != moment.source for text in texts)


def _contradiction(moment: _Moment, others: set[str], fallback: str) -> Problem:
    script = moment.script
    kind = "rule" if script.is_rule else "story"
    message = f"the action {moment.expected} in the {kind} contradicts the rule(s) {', '.join(sorted(others))}"
    if moment.predicted != fallback:
        message += f", which predict {moment.predicted}"
    return Problem(message, script.file, script.line, f"{'rules' if script.is_rule else 'stories'}[{script.name}]")


def incomplete_rules(scripts: Sequence[Script], domain: Domain) -> Iterator[Problem]:
    """Rules that leave out a slot or form which the same action sets in other rules."""
    slots: dict[str, set[str]] = {}
    loops: dict[str, set[str]] = {}
    for script in scripts:
        action: str | None = None
        for event in script.events:
            kind = event["event"]
            if kind == "action":
                action = event["name"]
            elif kind == "user":
                action = None
            elif action is not None:
                slots.setdefault(action, set())
                if kind == "slot" and event["name"] in domain.slots and domain.slots[event["name"]].influences:
                    slots[action].add(event["name"])
                elif kind == "active_loop":
                    loops.setdefault(action, set()).add(event["name"])
    for script in scripts:
        yield from _incomplete(script, domain, slots, loops)


def _incomplete(
    script: Script, domain: Domain, slots: dict[str, set[str]], loops: dict[str, set[str]]
) -> Iterator[Problem]:
    tracker = Tracker(script.name, domain)
    for event in script.events:
        if event["event"] == "action":
            now = tracker.history.state.view()
            before = now.action
            if before and before != RULE_SNIPPET and event["name"] != RULE_SNIPPET and before in slots:
                missing = slots[before] - set(now.slots)
                if missing:
                    yield _incomplete_problem(script, f"{before} does not set the slots {', '.join(sorted(missing))}")
                expected = loops.get(before, set())
                if expected and now.loop not in expected:
                    names = sorted("null" if name == SHOULD_NOT_BE_SET else name for name in expected)
                    yield _incomplete_problem(script, f"{before} does not set active_loop: {' or '.join(names)}")
        tracker.update(event)


def _incomplete_problem(script: Script, what: str) -> Problem:
    return Problem(
        f"incomplete: {what}, as it does in other rules (say it, or add wait_for_user_input: false)",
        script.file,
        script.line,
        f"rules[{script.name}]",
    )


def ties(rules: Sequence[Rule], scripts: Sequence[Script]) -> Iterator[Problem]:
    """Rules of equal weight that can match the same conversation and do different things.

    Rasa chooses between them by chance; here they are refused.
    """
    places = {script.name: script for script in scripts}
    groups: dict[tuple[int, str | None], list[Rule]] = {}
    for rule in rules:
        groups.setdefault((rule.length, rule.states[-1].action), []).append(rule)
    for group in groups.values():
        for index, first in enumerate(group):
            for second in group[index + 1 :]:
                if first.action != second.action and _may_both_match(first, second):
                    yield _tie(first, second, places)


def _may_both_match(first: Rule, second: Rule) -> bool:
    pairs = zip(reversed(first.states), reversed(second.states), strict=False)
    if len(first.states) != len(second.states):
        shorter = min(first, second, key=lambda rule: len(rule.states))
        if shorter.states[0].action is None:
            return False
    return all(_compatible(one, other) for one, other in pairs)


def _compatible(one: Features, other: Features) -> bool:
    if one.action != other.action:
        return False
    if one.intent and other.intent and one.intent != other.intent:
        return False
    if one.entities and other.entities and one.entities != other.entities:
        return False
    if one.loop and other.loop and one.loop != other.loop:
        return False
    return all(feature == other.slots[name] for name, feature in one.slots.items() if name in other.slots)


def _tie(first: Rule, second: Rule, places: dict[str, Script]) -> Problem:
    names = (", ".join(first.sources), ", ".join(second.sources))
    script = places.get(second.sources[0]) if second.sources else None
    return Problem(
        f"a tie: where both match, nothing decides between {first.action} (rule {names[0]}) and {second.action} "
        f"(rule {names[1]}); make one more specific",
        script.file if script else "",
        script.line if script else 0,
        f"rules[{names[1]}]",
    )
