"""What a conversation's events add up to: slots, form, last action, last message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bot.dialogue.events import Event, entities_of, intent_of
from bot.project.domain import Domain
from bot.project.names import ACTION_LISTEN, ACTION_SESSION_START, SHOULD_NOT_BE_SET
from bot.project.slots import Feature


class Loop(NamedTuple):
    """The active form."""

    name: str
    is_interrupted: bool = False
    rejected: bool = False
    trigger_message: dict[str, Any] | None = None


class Features(NamedTuple):
    """One state of a conversation as rules see it; parts that are unset are None or absent."""

    intent: str | None
    entities: tuple[str, ...]
    action: str | None
    """The action before; None only at the very start."""
    loop: str | None
    slots: dict[str, Feature]


class State:
    """The sum of some events. The dicts are replaced, never changed, so that copies share them."""

    __slots__ = (
        "action",
        "domain",
        "entities",
        "features",
        "followup",
        "intent",
        "loop",
        "paused",
        "slots",
        "user",
    )

    def __init__(self, domain: Domain, *, omit_unset: bool = False) -> None:
        """The state before any event. With `omit_unset`, initial slot values do not count as features."""
        self.domain = domain
        self.slots: dict[str, Any] = domain.initial_slots
        self.features: dict[str, Feature] = {} if omit_unset else initial_features(domain)
        self.loop: Loop | None = None
        self.paused = False
        self.followup: str | None = ACTION_LISTEN
        self.action: str | None = None
        self.user: Event | None = None
        self.intent: str | None = None
        self.entities: tuple[str, ...] = ()

    def copy(self) -> State:
        """An independent copy, in constant time."""
        other = State.__new__(State)
        for name in State.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    @property
    def loop_name(self) -> str | None:
        """Name of the active form, or None."""
        return None if self.loop is None or self.loop.name == SHOULD_NOT_BE_SET else self.loop.name

    @property
    def loop_rejected(self) -> bool:
        """Whether the active form declined the last message."""
        return self.loop is not None and self.loop.rejected

    def view(self) -> Features:
        """The state as rules see it."""
        return Features(
            self.intent,
            self.entities,
            self.action,
            self.loop.name if self.loop is not None else None,
            self.features,
        )

    def apply(self, event: Event) -> None:
        """Take one event into account (those that undo others are the tracker's matter)."""
        change = _CHANGES.get(event["event"])
        if change is not None:
            change(self, event)

    def set_slot(self, name: str, value: Any) -> None:
        """Set a slot; a name that the domain does not have is left alone."""
        slot = self.domain.slots.get(name)
        if slot is None:
            return
        kept = slot.stored(value)
        self.slots = {**self.slots, name: kept}
        feature = slot.feature(kept)
        if self.features.get(name) != feature:
            rest = {other: known for other, known in self.features.items() if other != name}
            self.features = rest if feature is None else {**rest, name: feature}

    def reset_slots(self) -> None:
        """Give every slot its initial value."""
        self.slots = self.domain.initial_slots
        self.features = initial_features(self.domain)


def initial_features(domain: Domain) -> dict[str, Feature]:
    """Features of the slots' initial values."""
    found = {name: domain.slots[name].feature(value) for name, value in domain.initial_slots.items()}
    return {name: feature for name, feature in found.items() if feature is not None}


def featurized_entities(domain: Domain, user: Event) -> tuple[str, ...]:
    """Entity types of a message that rules see, with their roles and groups, sorted."""
    entities = entities_of(user)
    if not entities:
        return ()
    names = {str(entity["entity"]) for entity in entities if "entity" in entity}
    for label in ("role", "group"):
        names.update(f"{entity['entity']}#{entity[label]}" for entity in entities if label in entity)
    wanted = domain.used_entities.get(intent_of(user) or "")
    return tuple(sorted(names if wanted is None else names & wanted))


def _user(state: State, event: Event) -> None:
    state.user = event
    state.intent = intent_of(event)
    state.entities = featurized_entities(state.domain, event)
    state.followup = None


def _action(state: State, event: Event) -> None:
    state.action = event["name"] or event.get("action_text")
    if state.loop is not None:
        again = state.loop.name == state.action
        state.loop = state.loop._replace(is_interrupted=False, rejected=state.loop.rejected and not again)
    state.followup = None


def _active_loop(state: State, event: Event) -> None:
    name = event["name"]
    trigger = state.user["parse_data"] if state.user is not None else None
    state.loop = None if name is None else Loop(name, trigger_message=trigger)


def _interrupted(state: State, event: Event) -> None:
    if state.loop is not None:
        state.loop = state.loop._replace(is_interrupted=bool(event.get("is_interrupted")))


def _rejected(state: State, event: Event) -> None:
    if state.loop is not None and state.loop.name == event["name"]:
        state.loop = state.loop._replace(rejected=True)


def _set_slot(state: State, event: Event) -> None:
    state.set_slot(event["name"], event["value"])


def _followup(state: State, event: Event) -> None:
    state.followup = event["name"]


def _pause(state: State, _: Event) -> None:
    state.paused = True


def _resume(state: State, _: Event) -> None:
    state.paused = False


def _reset_slots(state: State, _: Event) -> None:
    state.reset_slots()


_CHANGES: dict[str, Callable[[State, Event], None]] = {
    "user": _user,
    "action": _action,
    "slot": _set_slot,
    "active_loop": _active_loop,
    "loop_interrupted": _interrupted,
    "action_execution_rejected": _rejected,
    "followup": _followup,
    "pause": _pause,
    "resume": _resume,
    "reset_slots": _reset_slots,
}

AFTER_RESTART = ACTION_SESSION_START
"""What Rasa runs next after a restart."""
