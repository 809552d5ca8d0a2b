"""LexiconEntityExtractor: words of lookup tables, however they are spelled."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.component import Component, State, Training
from bot.nlu.errors import TrainingError
from bot.nlu.french.fold import fold, pieces
from bot.nlu.french.phrases import Phrases, joined
from bot.nlu.french.spelling import Spellings
from bot.nlu.message import Message
from bot.nlu.result import Entity


@dataclass(frozen=True, slots=True)
class LexiconOptions:
    """Options of LexiconEntityExtractor."""

    lookups: list[str]
    """Lookup tables to look for; a table's name is the entity."""


class LexiconEntityExtractor(Component[LexiconOptions]):
    """Finds lookup words among the standard words; gives the value their synonym stands for.

    Needs FrenchNormalizer before it, so the tables hold standard spellings only.
    """

    name = "LexiconEntityExtractor"
    options_type = LexiconOptions

    def check(self) -> None:
        """Start with no word."""
        self._use({})

    def _use(self, words: dict[str, tuple[str, str]]) -> None:
        self._words = words
        self._phrases = Phrases(words)

    def train(self, training: Training) -> None:
        """Take the tables and the synonyms.

        Raises:
            TrainingError: a table that the options name is not in the training data.
        """
        spellings = Spellings.shipped()

        def key(text: str) -> str:
            return joined(spellings.standard(list(pieces(text)), frozenset()))

        synonyms = {key(written): value for written, value in training.data.synonyms.items()}
        words: dict[str, tuple[str, str]] = {}
        for name in self.options.lookups:
            if name not in training.data.lookups:
                raise TrainingError(f"{self.name}: there is no lookup table {name} in the training data")
            for word in training.data.lookups[name]:
                words[key(word)] = (name, synonyms.get(key(word), fold(word)))
        self._use({written: value for written, value in words.items() if written})

    def process(self, message: Message) -> None:
        """Add the words found: from the left, the longest first."""
        at = 0
        while at < len(message.words):
            at += self._taken(message, at) or 1

    def _taken(self, message: Message, at: int) -> int:
        words = message.words
        taken = self._phrases.at(words, at)
        if taken is None:
            return 0
        phrase, used = taken
        entity, value = self._words[phrase]
        message.entities.append(Entity(entity, words[at].start, words[at + used - 1].end, value, self.name))
        return used

    def state(self) -> State:
        """The words."""
        return State(values={"words": self._words})

    def restore(self, state: State) -> None:
        """Take the words back."""
        self._use({key: (entity, value) for key, (entity, value) in state.values["words"].items()})
