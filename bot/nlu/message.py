"""A message on its way through the pipeline; every component adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.nlu.result import Entity, IntentScore, ParseResult

RANKING_LENGTH = 10
"""Intents that a ranking lists, as in Rasa."""


class Token(NamedTuple):
    """A word of the message (a tuple: training makes a million of them)."""

    text: str
    """The word, as the tokenizer leaves it."""
    start: int
    """Offset of its first character in the message."""
    end: int
    """Offset after its last character."""


@dataclass(frozen=True, slots=True)
class Features:
    """Sparse features of a whole message from one featurizer."""

    ids: NDArray[np.int32]
    """Columns that are not zero; no column twice."""
    values: NDArray[np.float32]
    """Their values, same length as `ids`."""
    size: int
    """Number of columns of that featurizer."""


@dataclass(slots=True)
class Message:
    """Text and what is known of it so far."""

    text: str
    """What the patient typed, cut to the length the pipeline reads."""
    intent: str | None = None
    """The right answer, in training; None when parsing."""
    made_up: bool = False
    """True for a copy of an example that training made, with mistakes in it."""
    tokens: list[Token] = field(default_factory=list)
    """Words as a tokenizer cut them."""
    words: list[Token] = field(default_factory=list)
    """Standard words, as a normalizer wrote them (entity values masked), where they were typed."""
    features: list[Features] = field(default_factory=list)
    """One entry per featurizer, in pipeline order."""
    entities: list[Entity] = field(default_factory=list)
    """Values found."""
    best: IntentScore | None = None
    """Likeliest meaning."""
    ranking: list[IntentScore] = field(default_factory=list)
    """Likeliest meanings, best first."""

    def result(self, text: str) -> ParseResult:
        """The parse result, for the message's whole `text`."""
        best = self.best or IntentScore(None, 0.0)
        ordered = sorted(self.entities, key=lambda found: (found.start, found.end))
        return ParseResult(
            text=text,
            intent=best.as_dict(),
            entities=[found.as_dict() for found in ordered],
            intent_ranking=[score.as_dict() for score in self.ranking],
        )
