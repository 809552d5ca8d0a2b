"""The domain as the engine uses it: built from plain JSON, read-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.project.names import (
    DEFAULT_ACTIONS,
    DEFAULT_INTENTS,
    OWN_SLOTS,
    REQUESTED_SLOT,
    SESSION_METADATA_SLOT,
)
from bot.project.slots import Slot, SlotMapping, as_names

Response = dict[str, Any]
DEFAULT_SESSION_MINUTES = 60.0


@dataclass(frozen=True, slots=True)
class Form:
    """A form's declaration."""

    name: str
    required_slots: tuple[str, ...]
    ignored_intents: tuple[str, ...] = ()


class Domain:
    """Everything under `domain.yml`, merged; `as_dict()` is what custom actions are given."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take checked data (see `bot.project.domain_reader`)."""
        self._data: dict[str, Any] = dict(data)
        self.entities: tuple[str, ...] = tuple(sorted(_names(data.get("entities"))))
        self.used_entities: dict[str, frozenset[str]] = _used_entities(data)
        self.intents: tuple[str, ...] = tuple(sorted(self.used_entities))
        self.responses: dict[str, list[Response]] = data.get("responses") or {}
        self.custom_actions: tuple[str, ...] = tuple(_names(data.get("actions")))
        self.forms: dict[str, Form] = {
            name: Form(
                name,
                tuple((body or {}).get("required_slots") or ()),
                as_names((body or {}).get("ignored_intents")),
            )
            for name, body in (data.get("forms") or {}).items()
        }
        self.slots: dict[str, Slot] = _slots(data, bool(self.forms))
        session = data.get("session_config") or {}
        self.session_minutes = float(session.get("session_expiration_time", DEFAULT_SESSION_MINUTES))
        self.carry_over_slots = bool(session.get("carry_over_slots_to_new_session", True))
        self.store_entities_as_slots = bool((data.get("config") or {}).get("store_entities_as_slots", True))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Domain:
        """The inverse of `to_json`."""
        return cls(data)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that `from_json` reads back."""
        return self._data

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Every action that may be predicted, in Rasa's order."""
        named = dict.fromkeys(DEFAULT_ACTIONS)
        named.update(dict.fromkeys(self.custom_actions))
        named.update(dict.fromkeys(sorted(self.responses)))
        named.update(dict.fromkeys(self.forms))
        return tuple(named)

    @cached_property
    def action_set(self) -> frozenset[str]:
        """`actions`, for look-ups."""
        return frozenset(self.actions)

    @cached_property
    def custom_action_set(self) -> frozenset[str]:
        """Names under `actions:`, for look-ups."""
        return frozenset(self.custom_actions)

    @cached_property
    def intent_set(self) -> frozenset[str]:
        """`intents`, for look-ups."""
        return frozenset(self.intents)

    @cached_property
    def entity_set(self) -> frozenset[str]:
        """`entities`, for look-ups."""
        return frozenset(self.entities)

    @cached_property
    def user_slots(self) -> tuple[Slot, ...]:
        """Slots that messages may fill, in the domain's order."""
        return tuple(slot for slot in self.slots.values() if slot.name not in OWN_SLOTS)

    @cached_property
    def initial_slots(self) -> dict[str, Any]:
        """Values of all slots at the start of a conversation."""
        return {name: slot.stored(slot.initial_value) for name, slot in self.slots.items()}

    @cached_property
    def secret_slots(self) -> frozenset[str]:
        """Slots some response asks for with `custom: {input: secret, slot: …}`."""
        return frozenset(
            custom["slot"]
            for variations in self.responses.values()
            for variation in variations
            if isinstance(custom := variation.get("custom"), Mapping)
            and custom.get("input") == "secret"
            and isinstance(custom.get("slot"), str)
        )

    @cached_property
    def unique_mappings(self) -> dict[str, frozenset[SlotMapping]]:
        """Per form, the `from_entity` mappings that only one of its slots has."""
        return {name: self._unique_mappings(form) for name, form in self.forms.items()}

    def _unique_mappings(self, form: Form) -> frozenset[SlotMapping]:
        seen: dict[SlotMapping, int] = {}
        for name in form.required_slots:
            slot = self.slots.get(name)
            for mapping in slot.mappings if slot else ():
                if mapping.type == "from_entity":
                    seen[mapping] = seen.get(mapping, 0) + 1
        return frozenset(mapping for mapping, count in seen.items() if count == 1)

    def as_dict(self) -> dict[str, Any]:
        """The domain as Rasa sends it to an action server (shared: do not change it)."""
        return self._as_dict

    @cached_property
    def _as_dict(self) -> dict[str, Any]:
        answer = {name: value for name, value in self._data.items() if value not in ({}, [], None)}
        if "intents" in answer:
            answer["intents"] = sorted(answer["intents"], key=lambda entry: next(iter(_names([entry]))))
        answer.setdefault(
            "session_config",
            {
                "session_expiration_time": self.session_minutes,
                "carry_over_slots_to_new_session": self.carry_over_slots,
            },
        )
        answer.setdefault("version", "3.1")
        return answer


def _names(entries: Iterable[Any] | None) -> list[str]:
    """Names of a list whose entries are names or one-key mappings."""
    return [name for entry in entries or () for name in ([entry] if isinstance(entry, str) else entry)]


def _slots(data: Mapping[str, Any], has_forms: bool) -> dict[str, Slot]:
    slots = {name: Slot.from_dict(name, body) for name, body in (data.get("slots") or {}).items()}
    if has_forms and REQUESTED_SLOT not in slots:
        slots[REQUESTED_SLOT] = Slot(REQUESTED_SLOT, "text", influences=False)
    slots[SESSION_METADATA_SLOT] = Slot(SESSION_METADATA_SLOT, "any", influences=False)
    return slots


def _used_entities(data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Per intent, the entity types (`type`, `type#role`, `type#group`) that rules see."""
    labels: dict[str, set[str]] = {}
    ignored_by_default: set[str] = set()
    for entry in data.get("entities") or ():
        name, body = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        labels[name] = {f"{name}#{part}" for kind in ("roles", "groups") for part in body.get(kind) or ()}
        if body.get("influence_conversation") is False:
            ignored_by_default.add(name)
    answer: dict[str, frozenset[str]] = {}
    for entry in [*(data.get("intents") or ()), *DEFAULT_INTENTS]:
        name, body = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        if name not in answer:
            answer[name] = _wanted(body, labels, ignored_by_default)
    return answer


def _wanted(body: Mapping[str, Any], labels: Mapping[str, set[str]], ignored_by_default: set[str]) -> frozenset[str]:
    use = body.get("use_entities", True)
    if use is True:
        included = (set(labels) - ignored_by_default).union(*labels.values())
    else:
        named = set(use or ())
        included = named.union(*(labels.get(name, set()) for name in named))
    ignored = set(body.get("ignore_entities", ignored_by_default) or ())
    return frozenset(included - ignored.union(*(labels.get(name, set()) for name in ignored)))
