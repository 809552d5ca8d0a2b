"""Rules as they are matched: a rule is the states it needs, newest last, and the action it then predicts.

Rasa: `RulePolicy._find_action_from_rules`. A feature that a rule does not mention is a don't-care.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue.state import Features
from bot.project.names import SHOULD_NOT_BE_SET
from bot.project.slots import Feature


@dataclass(frozen=True, slots=True)
class Rule:
    """One learnt step of a rule."""

    states: tuple[Features, ...]
    """Oldest first."""
    action: str
    length: int
    """Length of Rasa's text of the states: of several rules that match, the longest one wins."""
    hidden: bool = False
    """Whether its turns are hidden from memoization (no story goes through it)."""
    sources: tuple[str, ...] = ()
    """Names of the rules it comes from."""

    @classmethod
    def learn(cls, states: Sequence[Features], action: str, sources: Iterable[str] = ()) -> Rule:
        """A rule from the states of a training conversation."""
        return cls(tuple(states), action, len(key_text(states)), sources=tuple(sources))

    def matches(self, history: Iterable[Features]) -> bool:
        """Whether the newest states of a conversation fit, one by one (`history` is newest first)."""
        actual = iter(history)
        for wanted in reversed(self.states):
            state = next(actual, None)
            if state is None:
                return True
            if wanted.action is None or state.action is None:
                if wanted.action is None and state.action is None:
                    continue
                return False
            if not fits(wanted, state):
                return False
        return True

    def to_json(self) -> list[Any]:
        """Plain JSON."""
        return [[state_json(state) for state in self.states], self.action, self.hidden, list(self.sources)]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Rule:
        """The inverse of `to_json`."""
        states = tuple(state_from_json(state) for state in data[0])
        return cls(states, data[1], len(key_text(states)), data[2], tuple(data[3]))


def fits(wanted: Features, actual: Features) -> bool:
    """Whether a conversation's state has every feature a rule's state mentions."""
    if wanted.action != actual.action:
        return False
    if wanted.intent and wanted.intent != actual.intent:
        return False
    if wanted.entities and wanted.entities != actual.entities:
        return False
    if wanted.loop and not _agrees(wanted.loop, actual.loop):
        return False
    return all(_agrees(feature, actual.slots.get(name)) for name, feature in wanted.slots.items())


def _agrees(wanted: Feature, actual: Feature | None) -> bool:
    if wanted == SHOULD_NOT_BE_SET:
        return not actual or actual == SHOULD_NOT_BE_SET
    return wanted == actual


class RuleIndex:
    """Rules by the action and intent of their last state, so that few are looked at."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Index the rules; those that are longer come first."""
        self.rules = sorted(rules, key=lambda rule: (-rule.length, key_text(rule.states), rule.action))
        self._by_last: dict[tuple[str | None, str | None], list[Rule]] = {}
        for rule in self.rules:
            last = rule.states[-1]
            self._by_last.setdefault((last.action, last.intent), []).append(rule)

    def best(self, history: Iterable[Features]) -> Rule | None:
        """The longest rule that matches (`history` is newest first and can be read again and again)."""
        now = next(iter(history))
        found: Rule | None = None
        for intent in {now.intent, None}:
            for rule in self._by_last.get((now.action, intent), ()):
                if found is not None and rule.length <= found.length:
                    break
                if rule.matches(history):
                    found = rule
                    break
        return found

    def all(self, history: Iterable[Features]) -> list[Rule]:
        """Every rule that matches."""
        now = next(iter(history))
        candidates = [rule for intent in {now.intent, None} for rule in self._by_last.get((now.action, intent), ())]
        return [rule for rule in candidates if rule.matches(history)]


def state_json(state: Features) -> dict[str, Any]:
    """A state as Rasa writes it, without empty parts."""
    answer: dict[str, Any] = {}
    if state.loop:
        answer["active_loop"] = {"name": state.loop}
    if state.action:
        answer["prev_action"] = {"action_name": state.action}
    if state.slots:
        answer["slots"] = {
            name: feature if isinstance(feature, str) else list(feature) for name, feature in state.slots.items()
        }
    user: dict[str, Any] = {}
    if state.entities:
        user["entities"] = list(state.entities)
    if state.intent:
        user["intent"] = state.intent
    if user:
        answer["user"] = user
    return answer


def state_from_json(data: dict[str, Any]) -> Features:
    """The inverse of `state_json`."""
    user = data.get("user", {})
    return Features(
        user.get("intent"),
        tuple(user.get("entities", ())),
        data.get("prev_action", {}).get("action_name"),
        data.get("active_loop", {}).get("name"),
        {
            name: feature if isinstance(feature, str) else tuple(feature)
            for name, feature in data.get("slots", {}).items()
        },
    )


def key_text(states: Iterable[Features]) -> str:
    """Rasa's text of some states; its length decides between rules."""
    return json.dumps([state_json(state) for state in states], sort_keys=True)
