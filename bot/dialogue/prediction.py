"""The next action: the policies' opinions and the choice between them (`rule_policy.py`, `ensemble.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bot.dialogue.core import DO_NOT_PREDICT_LOOP, LOOP_WAS_INTERRUPTED, Core
from bot.dialogue.events import Event, loop_interrupted, user_featurization
from bot.dialogue.history import History
from bot.dialogue.memoization import recall
from bot.dialogue.rules import Rule
from bot.dialogue.state import Features, State
from bot.project.names import ACTION_LISTEN, DEFAULT_INTENT_ACTIONS, SHOULD_NOT_BE_SET

RULE_POLICY = "RulePolicy"
MEMOIZATION_POLICY = "MemoizationPolicy"
FOLLOWUP_POLICY = "followup_action"


@dataclass(slots=True)
class Prediction:
    """The next action, and the events that come with the choice."""

    action: str
    policy: str | None
    confidence: float
    events: list[Event] = field(default_factory=list)
    hide_rule_turn: bool = False


@dataclass(slots=True)
class Opinion:
    """What one policy would do."""

    policy: str
    priority: int
    scores: dict[str, float]
    source: str = ""
    """What it rests on: `rule`, `intent …`, `loop …`, `listen …`, or nothing."""
    rule: Rule | None = None
    interrupted: bool = False
    without_user: bool = False
    hide: bool = False

    def choice(self) -> tuple[str, float]:
        """The likeliest action; `action_listen` at 0 when there is none."""
        best = max(self.scores, key=lambda name: self.scores[name], default=ACTION_LISTEN)
        score = self.scores.get(best, 0.0)
        return (best, score) if score > 0 else (ACTION_LISTEN, 0.0)


class States(Iterable[Features]):
    """States of a history, newest first, computed when they are asked for."""

    def __init__(self, history: History) -> None:
        """Read from `history`, which must not change meanwhile."""
        self._now = history.state.view()
        self._marks = history.marks

    def __iter__(self) -> Iterator[Features]:
        """From the newest on; may be asked for again."""
        yield self._now
        for index in range(len(self._marks) - 1, -1, -1):
            yield self._marks[index].features


class RulePolicy:
    """Default intents, forms, rules, fallback: in this order."""

    def __init__(self, core: Core) -> None:
        """Use compiled rules."""
        self._core = core

    def predict(self, state: State, history: History) -> Opinion:
        """The opinion after what happened so far; `state` is the live one, `history` has what rules match."""
        default = self._default_intent(state)
        if default is not None:
            return default
        loop = self._happy_path(state)
        if loop is not None:
            return loop
        return self._from_rules(state, history)

    def _default_intent(self, state: State) -> Opinion | None:
        action = DEFAULT_INTENT_ACTIONS.get(state.intent or "")
        if action is None or state.action != ACTION_LISTEN:
            return None
        return self._opinion(action, state, f"intent {state.intent}")

    def _happy_path(self, state: State) -> Opinion | None:
        loop = state.loop_name
        if loop is None or state.loop_rejected:
            return None
        if state.action == loop:
            return self._opinion(ACTION_LISTEN, state, f"listen {loop}", without_user=True)
        if state.action is not None:
            return self._opinion(loop, state, f"loop {loop}", without_user=True)
        return None

    def _from_rules(self, state: State, history: History) -> Opinion:
        states = States(history)
        rule = self._core.rule_index.best(states)
        action = rule.action if rule is not None else None
        interrupted = False
        loop = state.loop_name
        if loop is not None:
            marks = {mark.action for mark in self._core.unhappy_index.all(states)}
            if rule is not None and action == ACTION_LISTEN and _loop_of(rule.states[-1]) is None:
                # A general rule would listen, but a form is waiting: go back to it by itself.
                if DO_NOT_PREDICT_LOOP not in marks:
                    return self._opinion(loop, state, "rule", rule=rule)
                action = None
            interrupted = LOOP_WAS_INTERRUPTED in marks
        return self._opinion(action, state, "rule" if rule is not None else "", rule=rule, interrupted=interrupted)

    def _opinion(
        self,
        action: str | None,
        state: State,
        source: str,
        *,
        rule: Rule | None = None,
        interrupted: bool = False,
        without_user: bool = False,
    ) -> Opinion:
        config = self._core.rule_config
        scores: dict[str, float] = {}
        if config.enable_fallback_prediction:
            scores[config.core_fallback_action_name] = config.core_fallback_threshold
        if action is not None:
            scores[action] = _score(config.use_nlu_confidence_as_score, state)
        hide = rule.hidden if rule is not None else source in self._core.hidden_sources
        return Opinion(
            RULE_POLICY,
            config.priority,
            scores,
            source,
            rule,
            interrupted,
            without_user,
            hide,
        )


class Predictor:
    """Chooses between the policies."""

    def __init__(self, core: Core) -> None:
        """Use a compiled core."""
        self._core = core
        self._rules = RulePolicy(core)
        self.on_rule: Callable[[Rule], None] | None = None
        """Told of every rule that decides something (for coverage reports)."""

    def predict(self, state: State, history: History, rejected: str | None) -> Prediction:
        """The next action. `rejected` is the action that has just declined to run: it cannot be chosen."""
        opinions = [self._rules.predict(state, history)]
        if self._core.memory and self._core.memoization is not None:
            opinions.append(self._memory(state, history))
        for opinion in opinions:
            if rejected is not None and rejected in opinion.scores:
                opinion.scores[rejected] = 0.0
        first = any(opinion.without_user for opinion in opinions)
        candidates = [opinion for opinion in opinions if opinion.without_user == first]
        best = max(candidates, key=lambda opinion: (opinion.choice()[1], opinion.priority))
        action, confidence = best.choice()
        if self.on_rule is not None and best.rule is not None:
            self.on_rule(best.rule)
        # The form must be told even when another policy wins.
        events = [loop_interrupted() for opinion in opinions if opinion.interrupted]
        if state.action == ACTION_LISTEN:
            events.append(user_featurization())
        return Prediction(action, best.policy, confidence, events, best.hide)

    def _memory(self, state: State, history: History) -> Opinion:
        config = self._core.memoization
        action = recall(self._core, history.trace())
        use_nlu = config is not None and config.use_nlu_confidence_as_score
        scores = {action: _score(use_nlu, state)} if action else {}
        return Opinion(MEMOIZATION_POLICY, config.priority if config else 0, scores)


def _score(use_nlu_confidence: bool, state: State) -> float:
    if use_nlu_confidence and state.user is not None:
        return float((state.user["parse_data"].get("intent") or {}).get("confidence", 1.0))
    return 1.0


def _loop_of(state: Features) -> str | None:
    return None if state.loop in {None, SHOULD_NOT_BE_SET} else state.loop
