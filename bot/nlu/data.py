"""Training data as the pipeline reads it; `bot.project` fills it from `data/nlu/*.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EntityAnnotation:
    """A value marked in an example: `[abc](entity)` or `[abc]{"entity": …}`."""

    entity: str
    """Entity type."""
    start: int
    """Offset of the first character in the example's text."""
    end: int
    """Offset after the last character."""
    value: str
    """What the value stands for (the marked text, unless a synonym is given)."""
    role: str | None = None
    """Rasa's `role`, if any."""
    group: str | None = None
    """Rasa's `group`, if any."""


@dataclass(frozen=True, slots=True)
class Example:
    """One training utterance, with the marks taken out of its text."""

    text: str
    """What a patient types."""
    intent: str
    """What it means."""
    entities: tuple[EntityAnnotation, ...] = ()
    """Values marked in it."""
    source: str = ""
    """`file:line` it was read from, for reports."""


@dataclass(frozen=True, slots=True)
class NluData:
    """Everything under `nlu:` in the project's training files."""

    examples: Sequence[Example] = ()
    """Utterances in the order of the files."""
    synonyms: Mapping[str, str] = field(default_factory=dict)
    """Written form to the value it stands for."""
    lookups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Lookup tables by name."""
    regexes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Regular expressions by name."""

    def entity_types(self) -> frozenset[str]:
        """Entity types that at least one example marks (Rasa applies a regex or lookup only to those)."""
        return frozenset(mark.entity for example in self.examples for mark in example.entities)
