"""FrenchNormalizer: what patients type, as standard words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.nlu.component import Component, State, Training
from bot.nlu.french.fold import pieces
from bot.nlu.french.spelling import Spellings
from bot.nlu.message import Message, Token

_SILENT = frozenset(("ne", "n"))
"""« ne » is dropped as often as it is typed, so it says nothing."""


@dataclass(frozen=True, slots=True)
class NormalizerOptions:
    """Options of FrenchNormalizer."""

    mask: list[str] = field(default_factory=list)
    """Entities whose values are hidden from the classifier (`a@b.ca` becomes `__email__`)."""
    known_from: int = 2
    """Examples that a word must be in to count as known (glued letters are cut off unknown words only)."""


class FrenchNormalizer(Component[NormalizerOptions]):
    """Folds case and accents, undoes stretched letters, text-message and joual spellings."""

    name = "FrenchNormalizer"
    options_type = NormalizerOptions

    def check(self) -> None:
        """Start with the shipped table and no known word."""
        self._spellings = Spellings({})
        self._known: frozenset[str] = frozenset()
        self._masked = frozenset(self.options.mask)

    def train(self, training: Training) -> None:
        """Learn which words are known."""
        self._spellings = Spellings.shipped()
        counts: Counter[str] = Counter()
        for message in (message for message in training.messages if not message.made_up):
            counts.update({piece.text for piece in self._pieces(message)})
        for standard in self._spellings.table.values():
            counts.update(dict.fromkeys(standard, self.options.known_from))
        kept = (word for word, count in counts.items() if count >= self.options.known_from)
        self._known = frozenset(word for word in kept if word not in self._spellings.table)

    def process(self, message: Message) -> None:
        """Set the standard words."""
        words = self._spellings.standard(self._pieces(message), self._known)
        message.words = [word for word in words if word.text not in _SILENT]

    def _pieces(self, message: Message) -> list[Token]:
        found: list[Token] = []
        position = 0
        for entity in sorted(message.entities, key=lambda one: one.start):
            if entity.entity in self._masked and entity.start >= position:
                found.extend(pieces(message.text, position, entity.start))
                found.append(Token(f"__{entity.entity}__", entity.start, entity.end))
                position = entity.end
        found.extend(pieces(message.text, position))
        return found

    def state(self) -> State:
        """The table and the known words, so that a model does not depend on the program's version."""
        table = {written: " ".join(words) for written, words in self._spellings.table.items()}
        return State(values={"table": table, "known": sorted(self._known)})

    def restore(self, state: State) -> None:
        """Take both back."""
        table = {written: tuple(words.split()) for written, words in state.values["table"].items()}
        self._spellings = Spellings(table)
        self._known = frozenset(state.values["known"])
