"""Rasa's RegexFeaturizer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.nlu.component import Component, State, Training
from bot.nlu.features.patterns import NamedPattern, as_json, compiled, from_json, patterns_of
from bot.nlu.message import Features, Message


@dataclass(frozen=True, slots=True)
class RegexFeaturizerOptions:
    """Options of RegexFeaturizer."""

    case_sensitive: bool = True
    """Whether case counts."""
    use_lookup_tables: bool = True
    """Whether lookup tables are used."""
    use_regexes: bool = True
    """Whether regexes are used."""
    use_word_boundaries: bool = True
    """Whether lookup words must stand alone."""
    alias: str | None = None
    """A name for the component."""


class RegexFeaturizer(Component[RegexFeaturizerOptions]):
    """One feature per regex or lookup table: found in the message or not."""

    name = "RegexFeaturizer"
    options_type = RegexFeaturizerOptions

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
            )
        )

    def process(self, message: Message) -> None:
        """Add which patterns are found."""
        hits = [at for at, (_, pattern) in enumerate(self._compiled) if pattern.search(message.text)]
        ids = np.array(hits, np.int32)
        message.features.append(Features(ids, np.ones(len(hits), np.float32), len(self._compiled)))

    def state(self) -> State:
        """The patterns."""
        return State(values={"patterns": as_json(self._patterns)})

    def restore(self, state: State) -> None:
        """Take the patterns back."""
        self._use(from_json(state.values))
