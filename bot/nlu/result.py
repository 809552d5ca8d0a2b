"""What a parse gives back, in Rasa's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class IntentScore:
    """One meaning and how sure the classifier is of it."""

    name: str | None
    """Intent, or None when nothing could be said."""
    confidence: float
    """0 to 1."""

    def as_dict(self) -> dict[str, Any]:
        """Rasa's `{"name", "confidence"}`."""
        return {"name": self.name, "confidence": self.confidence}


@dataclass(slots=True)
class Entity:
    """A value found in a message."""

    entity: str
    """Entity type."""
    start: int
    """Offset of its first character in the message."""
    end: int
    """Offset after its last character."""
    value: Any
    """The value, normalised by whoever found it."""
    extractor: str
    """Component that found it."""
    confidence: float | None = None
    """0 to 1, where the extractor has one."""
    role: str | None = None
    """Rasa's `role`, if any."""
    group: str | None = None
    """Rasa's `group`, if any."""
    processors: list[str] = field(default_factory=list)
    """Components that changed the value afterwards."""

    def as_dict(self) -> dict[str, Any]:
        """Rasa's entity dict; keys that say nothing are left out."""
        answer: dict[str, Any] = {
            "entity": self.entity,
            "start": self.start,
            "end": self.end,
            "value": self.value,
            "extractor": self.extractor,
        }
        if self.confidence is not None:
            answer["confidence_entity"] = self.confidence
        if self.role is not None:
            answer["role"] = self.role
        if self.group is not None:
            answer["group"] = self.group
        if self.processors:
            answer["processors"] = list(self.processors)
        return answer


@dataclass(slots=True)
class ParseResult:
    """What one message means."""

    text: str
    """The message as it was given."""
    intent: dict[str, Any]
    """`{"name", "confidence"}` of the likeliest meaning; name None when there is none."""
    entities: list[dict[str, Any]] = field(default_factory=list)
    """Rasa's entity dicts, in order of position."""
    intent_ranking: list[dict[str, Any]] = field(default_factory=list)
    """The likeliest meanings, best first."""

    def as_dict(self) -> dict[str, Any]:
        """Rasa's parse data (`POST /model/parse`)."""
        return {
            "text": self.text,
            "intent": dict(self.intent),
            "entities": [dict(entity) for entity in self.entities],
            "intent_ranking": [dict(score) for score in self.intent_ranking],
        }
