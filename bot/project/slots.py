"""Slots of a domain, and how their values count in rules (`rasa/shared/core/slots.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.project.names import SHOULD_NOT_BE_SET

SLOT_TYPES = frozenset({"text", "bool", "categorical", "float", "list", "any"})
MAPPING_TYPES = frozenset({"from_entity", "from_text", "from_intent", "from_trigger_intent", "custom"})
OTHER_CATEGORY = "__other__"

Feature = tuple[float, ...] | str
"""What a rule sees of a slot: numbers, or the mark `should_not_be_set` (in rules only)."""


@dataclass(frozen=True, slots=True)
class MappingCondition:
    """When a mapping may fill its slot."""

    active_loop: str | None
    """Form that must be active; None: no form may be."""
    requested_slot: str | None
    """Slot that must be the one asked for, if given."""


@dataclass(frozen=True, slots=True)
class SlotMapping:
    """One way for a slot to be filled from a message."""

    type: str
    """`from_entity`, `from_text`, `from_intent`, `from_trigger_intent` or `custom`."""
    entity: str | None = None
    role: str | None = None
    group: str | None = None
    value: Any = None
    action: str | None = None
    intents: tuple[str, ...] = ()
    not_intents: tuple[str, ...] = ()
    conditions: tuple[MappingCondition, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SlotMapping:
        """Read the domain's form of it."""
        return cls(
            type=data["type"],
            entity=data.get("entity"),
            role=data.get("role"),
            group=data.get("group"),
            value=data.get("value"),
            action=data.get("action"),
            intents=as_names(data.get("intent")),
            not_intents=as_names(data.get("not_intent")),
            conditions=tuple(
                MappingCondition(condition.get("active_loop"), condition.get("requested_slot"))
                for condition in data.get("conditions") or ()
            ),
        )

    def loops(self) -> frozenset[str | None]:
        """Forms its conditions name."""
        return frozenset(condition.active_loop for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot's declaration."""

    name: str
    type: str
    initial_value: Any = None
    influences: bool = True
    """Whether rules may depend on it (`influence_conversation`); never for type `any`."""
    values: tuple[str, ...] = ()
    min_value: float = 0.0
    max_value: float = 1.0
    mappings: tuple[SlotMapping, ...] = ()

    @classmethod
    def from_dict(cls, name: str, data: Mapping[str, Any]) -> Slot:
        """Read the domain's form of it."""
        kind = data["type"]
        values = tuple(str(value).lower() for value in data.get("values") or () if value is not None)
        if kind == "categorical" and OTHER_CATEGORY not in values:
            values = (*values, OTHER_CATEGORY)
        return cls(
            name=name,
            type=kind,
            initial_value=data.get("initial_value"),
            influences=kind != "any" and data.get("influence_conversation", True) is not False,
            values=values,
            min_value=float(data.get("min_value", 0.0)),
            max_value=float(data.get("max_value", 1.0)),
            mappings=tuple(SlotMapping.from_dict(mapping) for mapping in data.get("mappings") or ()),
        )

    def stored(self, value: Any) -> Any:
        """The value as the slot keeps it: a list slot wraps a single value, no other type converts."""
        if self.type == "list" and value and not isinstance(value, list):
            return [value]
        return value

    def feature(self, value: Any) -> Feature | None:
        """What rules see of `value`, or None when the slot counts as unset (or never counts)."""
        if not self.influences:
            return None
        if value == SHOULD_NOT_BE_SET:
            return SHOULD_NOT_BE_SET
        numbers = self._numbers(value)
        return numbers if any(numbers) else None

    def _numbers(self, value: Any) -> tuple[float, ...]:
        if self.type == "text":
            return (1.0 if value is not None else 0.0,)
        if self.type == "bool":
            truth = _truth(value)
            return (0.0, 0.0) if truth is None else (1.0, float(truth))
        if self.type == "float":
            return self._scaled(value)
        if self.type == "list":
            return (1.0 if isinstance(value, list | str | dict) and len(value) > 0 else 0.0,)
        return self._category(value)

    def _scaled(self, value: Any) -> tuple[float, float]:
        try:
            number = float(value)
        except (TypeError, ValueError):
            return (0.0, 0.0)
        capped = max(self.min_value, min(self.max_value, number))
        return (1.0, (capped - self.min_value) / (abs(self.max_value - self.min_value) or 1))

    def _category(self, value: Any) -> tuple[float, ...]:
        if value is None:
            return (0.0,) * len(self.values)
        written = str(value).lower()
        chosen = written if written in self.values else OTHER_CATEGORY
        index = self.values.index(chosen)
        return tuple(1.0 if position == index else 0.0 for position in range(len(self.values)))


def _truth(value: Any) -> bool | None:
    """Rasa's reading of a bool slot's value; None when it is not one."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value == 1.0
    if isinstance(value, str):
        if value.isnumeric():
            return float(value) == 1.0
        return {"true": True, "false": False}.get(value.strip().lower())
    return None


def as_names(value: Any) -> tuple[str, ...]:
    """A name or a list of names as a tuple."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)
