"""What test stories touch of a project, and what they leave out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bot.dialogue.core import Core
from bot.dialogue.events import Event, intent_of
from bot.dialogue.rules import Rule
from bot.project.domain import Domain
from bot.project.names import DEFAULT_INTENTS, REQUESTED_SLOT

_IN_CODE = re.compile(r"[\"'](utter_\w+)([\"'{])")


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Names that no test story exercised, sorted."""

    rules: tuple[str, ...]
    forms: tuple[str, ...]
    slots: tuple[str, ...]
    intents: tuple[str, ...]
    responses: tuple[str, ...]
    actions: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether everything was exercised."""
        return not any(getattr(self, each.name) for each in fields(self))

    def without(self, **prefixes: str) -> CoverageReport:
        """The same, except names of these kinds that begin so: `without(responses="utter_meaning_")`."""
        kept = {
            kind: tuple(name for name in getattr(self, kind) if not name.startswith(prefix))
            for kind, prefix in prefixes.items()
        }
        return replace(self, **kept)

    def lines(self) -> list[str]:
        """One line for each kind of thing that has some left: `rules (2): …, …`."""
        kinds = ((each.name, getattr(self, each.name)) for each in fields(self))
        return [f"{kind} ({len(names)}): {', '.join(names)}" for kind, names in kinds if names]


@dataclass(slots=True)
class Coverage:
    """Collects what conversations exercise."""

    domain: Domain
    core: Core
    _rules: set[str] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)
    _slots: set[str] = field(default_factory=set)
    _intents: set[str] = field(default_factory=set)
    _fragments: dict[str, str] = field(init=False)
    """Text → response, of the responses that may stand inside another: one variation, nothing but text."""

    def __post_init__(self) -> None:
        self._fragments = {
            str(variations[0]["text"]): name
            for name, variations in self.domain.responses.items()
            if len(variations) == 1 and set(variations[0]) == {"text"}
        }

    def rule(self, rule: Rule) -> None:
        """A rule decided something."""
        self._rules.update(rule.sources)

    def events(self, events: Iterable[Event]) -> None:
        """Something happened."""
        for event in events:
            kind = event["event"]
            if kind == "action":
                self._names.add(str(event["name"]))
            elif kind == "bot":
                self._said(event)
            elif kind == "slot" and event["value"] is not None:
                self._slots.add(str(event["name"]))
                if event["name"] == REQUESTED_SLOT:
                    self._slots.add(str(event["value"]))
            elif kind == "user":
                self._intents.add(intent_of(event) or "")

    def _said(self, event: Event) -> None:
        """A response was said, and perhaps others inside it: as the title of a button, or where it has a gap."""
        name = str((event.get("metadata") or {}).get("utter_action"))
        self._names.add(name)
        variations = self.domain.responses.get(name, ())
        own = {str(button.get("title")) for one in variations for button in one.get("buttons") or ()}
        shown = {str(button.get("title")) for button in _buttons(event)} - own
        filled = [part for one in variations for part in _filled(one.get("text") or "", event.get("text") or "")]
        for text, fragment in self._fragments.items():
            if text in shown or any(text in part for part in filled):
                self._names.add(fragment)

    def report(self) -> CoverageReport:
        """What was left out."""
        rules = {name for rule in self.core.rules for name in rule.sources}
        return CoverageReport(
            rules=_rest(rules, self._rules),
            forms=_rest(self.domain.forms, self._names),
            slots=_rest((slot.name for slot in self.domain.user_slots if slot.initial_value is None), self._slots),
            intents=_rest(set(self.domain.intents) - set(DEFAULT_INTENTS), self._intents),
            responses=_rest(_within_reach(self.domain.responses), self._names),
            actions=_rest((name for name in self.domain.custom_actions if not _is_of_form(name)), self._names),
        )


def _within_reach(responses: Iterable[str]) -> list[str]:
    """The responses that a conversation with the engine can bring up.

    `utter_default` is the net for what no rule foresaw: a story that reaches it has found a mistake. What the service
    and the channels say by themselves (a message too long, the words around a text message) never passes the
    engine: no story goes there.
    """
    folder = Path(__file__).parents[1]
    files = [folder / "service.py", *sorted((folder / "channels").glob("*.py"))]
    found = [each for file in files for each in _IN_CODE.findall(file.read_text(encoding="utf-8"))]
    names = {"utter_default", *(name for name, end in found if end != "{")}
    begun = tuple(name for name, end in found if end == "{")
    return [name for name in responses if name not in names and not name.startswith(begun)]


def _is_of_form(action: str) -> bool:
    """Validations and questions run inside their forms, and are in no event of their own."""
    return action.startswith(("validate_", "action_ask_", "action_validate_slot_mappings"))


def _rest(names: Iterable[str], exercised: set[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names) - exercised))


def _buttons(event: Event) -> Iterable[Mapping[str, Any]]:
    buttons: Iterable[Mapping[str, Any]] = (event.get("data") or {}).get("buttons") or ()
    return buttons


def _filled(template: str, text: str) -> tuple[str, ...]:
    """What stands in the gaps (`{name}`) of a response's text."""
    literal = re.split(r"\{\w+\}", template)
    found = re.fullmatch("(.*?)".join(map(re.escape, literal)), text, re.DOTALL) if len(literal) > 1 else None
    return found.groups() if found else ()
