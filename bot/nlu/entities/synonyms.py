"""Rasa's EntitySynonymMapper."""

from __future__ import annotations

from bot.nlu.component import Component, NoOptions, State, Training
from bot.nlu.message import Message


class EntitySynonymMapper(Component[NoOptions]):
    """Replaces entity values by what they stand for."""

    name = "EntitySynonymMapper"
    options_type = NoOptions

    def check(self) -> None:
        """Start with no synonym."""
        self._synonyms: dict[str, str] = {}

    def train(self, training: Training) -> None:
        """Take the synonyms, and the values that examples give to what they mark."""
        for written, value in training.data.synonyms.items():
            self._synonyms[written.lower()] = value
        for example in training.data.examples:
            for mark in example.entities:
                written = example.text[mark.start : mark.end]
                if written.lower() != mark.value.lower():
                    self._synonyms.setdefault(written.lower(), mark.value)

    def process(self, message: Message) -> None:
        """Map the values found so far."""
        for entity in message.entities:
            value = self._synonyms.get(str(entity.value).lower())
            if value is not None and value != entity.value:
                entity.value = value
                entity.processors.append(self.name)

    def state(self) -> State:
        """The synonyms."""
        return State(values={"synonyms": self._synonyms})

    def restore(self, state: State) -> None:
        """Take the synonyms back."""
        self._synonyms = dict(state.values["synonyms"])
