"""The map of a conversation, read from the rules: its forms, what they ask, and where each outcome leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import Problem, ProjectError
from bot.project.project import Project
from bot.project.stories import ActionStep, IntentStep, SlotStep, Story
from bot.project.yaml import Source, plain

LABELS = Path("docs/carte.yml")
"""What things are called on the map when `domain.yml` has no words for them. Every key is optional."""
_LABEL_KEYS = ("forms", "actions", "outcomes", "intents", "between")
_GAP = re.compile(r"\s*\(?\{\w+\}\)?")


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a card."""

    label: str
    """How it ended, or what is done next."""
    target: str | None
    """The form that comes next; None: the text says it all."""
    depth: int = 0
    """1: what may come of the line above it."""


@dataclass(frozen=True, slots=True)
class Card:
    """A form, or (without questions) what a user can begin with."""

    name: str
    title: str
    questions: tuple[str, ...]
    """In the order in which they are asked."""
    between: tuple[str, ...]
    """Questions that are asked only when there is a doubt."""
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True)
class StoryMap:
    """A whole conversation."""

    beginning: Card
    forms: tuple[Card, ...]
    everywhere: tuple[str, ...]
    """What may be said at any time, also in the middle of a form."""

    def places(self) -> dict[str, tuple[int, int]]:
        """Row and column of each card: the straight way goes down the first column, the rest stands beside it.

        The straight way takes the first way out of each card that leads somewhere new.
        """
        cards = {card.name: card for card in (self.beginning, *self.forms)}
        places: dict[str, tuple[int, int]] = {}
        name: str | None = self.beginning.name
        while name is not None:
            places[name] = (len(places), 0)
            name = next((way.target for way in cards[name].exits if way.target and way.target not in places), None)
        for card in cards.values():
            if card.name not in places:
                before = {other.name for other in cards.values() if any(way.target == card.name for way in other.exits)}
                rows = {places[other][0] for other in before & places.keys()}
                row = 1 + min(rows - {0} or rows, default=0)
                places[card.name] = (row, 1 + sum(row == taken for taken, column in places.values() if column))
        return places


@dataclass(slots=True)
class _Reader:
    project: Project
    labels: Mapping[str, Any]
    _after: dict[str, list[tuple[str | None, str | None]]] = field(default_factory=dict)
    """Action → how it ended, and the action that follows (None: the user speaks)."""

    def read(self) -> StoryMap:
        started: list[tuple[str, list[str]]] = []
        asked: list[tuple[str, list[str]]] = []
        for rule in self.project.stories:
            actions = [step.name for step in rule.steps if isinstance(step, ActionStep)]
            intent = next((step.intent for step in rule.steps if isinstance(step, IntentStep)), None)
            if intent is None and actions:
                self._after.setdefault(actions[0], []).append((_ended(rule), (*actions, None)[1]))
            elif intent is not None and not rule.condition:
                (asked if rule.wait_for_user_input else started).append((intent, actions))
        begins = [(intent, actions) for intent, actions in started if self._reaches_form(actions[0])]
        asked += [each for each in started if each not in begins]
        begins.sort(key=lambda begin: self._place(begin[1][0]))
        first = [way for intent, actions in begins for way in self._way(self._intent(intent), actions[0])]
        beginning = Card("", str(self.labels.get("beginning", "…")), (), (), tuple(first))
        forms = tuple(self._form(name) for name in self.project.domain.forms)
        return StoryMap(beginning, forms, tuple(dict.fromkeys(self._intent(intent) for intent, _ in asked)))

    def _reaches_form(self, action: str) -> bool:
        return any(following in self.project.domain.forms for _, following in self._after.get(action, ()))

    def _place(self, action: str) -> int:
        """The place, among the domain's forms, of the first one that an action leads to."""
        forms = list(self.project.domain.forms)
        return min(forms.index(following) for _, following in self._after[action] if following in forms)

    def _form(self, name: str) -> Card:
        between = set(self.labels.get("between") or ())
        slots = self.project.domain.forms[name].required_slots
        return Card(
            name,
            self._called("forms", name),
            tuple(self._question(slot) for slot in slots if slot not in between),
            tuple(self._question(slot) for slot in slots if slot in between),
            tuple(self._exits(name)),
        )

    def _exits(self, form: str) -> Iterator[Exit]:
        for outcome, following in self._after.get(form, ()):
            yield from self._way(self._called("outcomes", outcome or ""), following)

    def _way(self, label: str, action: str | None) -> Iterator[Exit]:
        """A line for what follows, and below it what may come of it."""
        if action is None or action in self.project.domain.forms:
            yield Exit(label, action)
            return
        yield Exit(f"{label} : {self._called('actions', action)}", None)
        for outcome, following in self._after.get(action, ()):
            if outcome is None and following is None:
                continue  # it answers, and the form that was under way goes on
            ended = self._called("outcomes", outcome or "")
            if following is not None and following not in self.project.domain.forms:
                yield Exit(f"{ended} : {self._called('actions', following)}", None, 1)
            else:
                yield Exit(ended, following, 1)

    def _question(self, slot: str) -> str:
        """The question in the assistant's own words, as short as they come."""
        responses = self.project.domain.responses
        for name in (f"utter_ask_{slot}_again", f"utter_ask_{slot}"):
            text = str(next(iter(responses.get(name, ())), {}).get("text", ""))
            if text:
                return _GAP.sub(" …", text.partition("\n")[0]).strip()
        return slot

    def _intent(self, name: str) -> str:
        titles = self.project.domain.responses.get(f"utter_meaning_{name}") or [{}]
        return str(titles[0].get("text") or self._called("intents", name))

    def _called(self, kind: str, name: str) -> str:
        return str((self.labels.get(kind) or {}).get(name, name.replace("_", " ")))


def read_map(project: Project) -> StoryMap:
    """Read the map of a project. Raises ProjectError when its labels cannot be read."""
    return _Reader(project, _labels(project.root)).read()


def _labels(root: Path) -> dict[str, Any]:
    path = root / LABELS
    if not path.is_file():
        return {}
    problems: list[Problem] = []
    source = Source(LABELS.as_posix(), problems)
    node = source.mapping(source.load(path.read_text(encoding="utf-8")), 1, "")
    if node is not None:
        source.only(node, {*_LABEL_KEYS, "beginning"})
    if problems:
        raise ProjectError(problems)
    labels: dict[str, Any] = plain(node) if node is not None else {}
    return labels


def _ended(rule: Story) -> str | None:
    """The value of a slot on which a rule depends."""
    return next((str(step.value) for step in rule.condition if isinstance(step, SlotStep)), None)
