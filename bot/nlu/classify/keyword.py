"""Rasa's KeywordIntentClassifier."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.component import Component, State, Training
from bot.nlu.message import Message
from bot.nlu.result import IntentScore


@dataclass(frozen=True, slots=True)
class KeywordOptions:
    """Options of KeywordIntentClassifier."""

    case_sensitive: bool = True
    """Whether case counts."""


class KeywordIntentClassifier(Component[KeywordOptions]):
    """Gives the intent of the first example that stands in the message as whole words."""

    name = "KeywordIntentClassifier"
    options_type = KeywordOptions

    def check(self) -> None:
        """Start with no keyword."""
        self._use({})

    def _use(self, keywords: dict[str, str]) -> None:
        self._keywords = keywords
        flags = re.NOFLAG if self.options.case_sensitive else re.IGNORECASE
        self._patterns = [
            (self._cased(word), re.compile(rf"\b{re.escape(word)}\b", flags), intent)
            for word, intent in keywords.items()
        ]

    def _cased(self, text: str) -> str:
        return text if self.options.case_sensitive else text.lower()

    def train(self, training: Training) -> None:
        """Take the examples, without those that two intents share."""
        meanings: dict[str, set[str]] = {}
        for example in training.data.examples:
            meanings.setdefault(example.text, set()).add(example.intent)
        self._use({text: next(iter(named)) for text, named in meanings.items() if len(named) == 1 and text.strip()})

    def process(self, message: Message) -> None:
        """Set the intent, certain, if a keyword is found."""
        text = self._cased(message.text)
        for word, pattern, intent in self._patterns:
            if word in text and pattern.search(message.text):
                message.best = IntentScore(intent, 1.0)
                message.ranking = [message.best]
                return

    def state(self) -> State:
        """The keywords."""
        return State(values={"keywords": list(self._keywords.items())})

    def restore(self, state: State) -> None:
        """Take the keywords back."""
        self._use(dict(state.values["keywords"]))
