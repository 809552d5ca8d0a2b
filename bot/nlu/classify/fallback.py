"""Rasa's FallbackClassifier."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.component import Component
from bot.nlu.message import Message
from bot.nlu.options import OptionError
from bot.nlu.result import IntentScore

FALLBACK_INTENT = "nlu_fallback"


@dataclass(frozen=True, slots=True)
class FallbackOptions:
    """Options of FallbackClassifier, with Rasa's defaults."""

    threshold: float = 0.3
    """Least confidence of the likeliest intent."""
    ambiguity_threshold: float = 0.1
    """Least distance between the two likeliest."""


class FallbackClassifier(Component[FallbackOptions]):
    """Puts `nlu_fallback` first when the classifier is not sure enough."""

    name = "FallbackClassifier"
    options_type = FallbackOptions

    def check(self) -> None:
        """Both thresholds are probabilities."""
        for key in ("threshold", "ambiguity_threshold"):
            if not 0 <= getattr(self.options, key) <= 1:
                raise OptionError(key, "expected a number from 0 to 1")

    def process(self, message: Message) -> None:
        """Fall back when unsure, or when no classifier said anything."""
        if not self._unsure(message):
            return
        message.best = IntentScore(FALLBACK_INTENT, self.options.threshold)
        message.ranking.insert(0, message.best)

    def _unsure(self, message: Message) -> bool:
        confidence = 0.0 if message.best is None else message.best.confidence
        if confidence < self.options.threshold:
            return True
        if len(message.ranking) < 2:
            return False
        gap = message.ranking[0].confidence - message.ranking[1].confidence
        return gap < self.options.ambiguity_threshold
