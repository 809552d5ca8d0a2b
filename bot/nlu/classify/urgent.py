"""UrgentIntentClassifier: an intent that must not be missed, even at the price of a few false alarms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.nlu.component import Component
from bot.nlu.functions import import_function
from bot.nlu.message import RANKING_LENGTH, Message
from bot.nlu.options import OptionError
from bot.nlu.result import IntentScore


@dataclass(frozen=True, slots=True)
class UrgentOptions:
    """Options of UrgentIntentClassifier."""

    intent: str
    """The intent that comes first."""
    threshold: float = 0.3
    """Confidence from which it wins, even over a likelier intent."""
    function: str | None = None
    """Dotted path of a function `(text) -> object` of the project; something true is enough to win."""
    confidence: float = 0.9
    """Confidence that it is given when it wins."""


class UrgentIntentClassifier(Component[UrgentOptions]):
    """Puts one intent first when it is likely enough, or when a function recognises it."""

    name = "UrgentIntentClassifier"
    options_type = UrgentOptions

    def check(self) -> None:
        """Check the probabilities; import the function."""
        for key in ("threshold", "confidence"):
            if not 0 <= getattr(self.options, key) <= 1:
                raise OptionError(key, "expected a number from 0 to 1")
        path = self.options.function
        self._function: Callable[[str], Any] | None = import_function(path, "function") if path else None

    def process(self, message: Message) -> None:
        """Put the intent first if it must be."""
        options = self.options
        sure = next((score.confidence for score in message.ranking if score.name == options.intent), 0.0)
        if sure < options.threshold and not (self._function is not None and self._function(message.text)):
            return
        message.best = IntentScore(options.intent, max(sure, options.confidence))
        # The others share what is left, or a very likely one would make the fallback call it ambiguous.
        left = (1 - message.best.confidence) / (1 - sure) if sure < 1 else 0.0
        others = [
            IntentScore(score.name, score.confidence * left)
            for score in message.ranking
            if score.name != options.intent
        ]
        message.ranking = [message.best, *others][:RANKING_LENGTH]
