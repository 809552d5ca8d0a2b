"""Rasa's RegexEntityExtractor."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.component import Component, State, Training
from bot.nlu.features.patterns import NamedPattern, as_json, compiled, from_json, patterns_of
from bot.nlu.message import Message
from bot.nlu.result import Entity


@dataclass(frozen=True, slots=True)
class RegexEntityOptions:
    """Options of RegexEntityExtractor."""

    case_sensitive: bool = False
    """Whether case counts."""
    use_lookup_tables: bool = True
    """Whether lookup tables are used."""
    use_regexes: bool = True
    """Whether regexes are used."""
    use_word_boundaries: bool = True
    """Whether lookup words must stand alone."""


class RegexEntityExtractor(Component[RegexEntityOptions]):
    """Finds the regexes and lookup words named like an entity that the examples mark."""

    name = "RegexEntityExtractor"
    options_type = RegexEntityOptions

    def check(self) -> None:
        """Start with no pattern."""
        self._use([])

    def _use(self, patterns: list[NamedPattern]) -> None:
        self._patterns = patterns
        self._compiled = compiled(patterns, case_sensitive=self.options.case_sensitive)

    def train(self, training: Training) -> None:
        """Take the patterns of the training data."""
        options = self.options
        self._use(
            patterns_of(
                training.data,
                lookups=options.use_lookup_tables,
                regexes=options.use_regexes,
                word_boundaries=options.use_word_boundaries,
                only=training.data.entity_types(),
            )
        )

    def process(self, message: Message) -> None:
        """Add every match."""
        for name, pattern in self._compiled:
            for match in pattern.finditer(message.text):
                if match.group():
                    message.entities.append(Entity(name, match.start(), match.end(), match.group(), self.name))

    def state(self) -> State:
        """The patterns."""
        return State(values={"patterns": as_json(self._patterns)})

    def restore(self, state: State) -> None:
        """Take the patterns back."""
        self._use(from_json(state.values))
