"""What every component of a pipeline is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.nlu.data import NluData
from bot.nlu.message import Message
from bot.nlu.options import read_options

Array = NDArray[Any]
Progress = Callable[[int, int, str], None]
"""Called with (parts done, parts in all, what is being done)."""


@dataclass(slots=True)
class State:
    """What a trained component keeps: it must be all that `restore` needs."""

    values: dict[str, Any] = field(default_factory=dict)
    """JSON values."""
    arrays: dict[str, Array] = field(default_factory=dict)
    """Arrays by name (never pickled objects)."""


@dataclass(slots=True)
class Training:
    """What components learn from."""

    data: NluData
    """Examples, synonyms, lookups, regexes."""
    intents: Sequence[str]
    """Intents of the domain; empty when they are not known."""
    messages: list[Message]
    """One per example (a component may append more), already processed by the components before."""
    seed: int = 20240613
    """Seed of everything random: the same files give the same model."""


@dataclass(frozen=True, slots=True)
class NoOptions:
    """Options of a component that has none."""


OptionsT = TypeVar("OptionsT")


class Component(Generic[OptionsT]):
    """A step of the pipeline: learns once, then adds something to each message."""

    name: ClassVar[str]
    """Name in `config.yml`."""
    options_type: ClassVar[type] = NoOptions
    """Dataclass of its options."""

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    @classmethod
    def from_config(cls, raw: Mapping[str, Any]) -> Component[OptionsT]:
        """Make one from its keys in `config.yml` (without `name`).

        Raises:
            OptionError: an option is unknown or wrong.
        """
        made = cls(read_options(cls.options_type, raw))
        made.check()
        return made

    def check(self) -> None:
        """Check what types cannot say; raise OptionError."""

    @property
    def learns(self) -> bool:
        """Whether training does anything."""
        return type(self).train is not Component.train

    def train(self, training: Training) -> None:
        """Learn from the messages; they are processed by this component afterwards."""

    def process(self, message: Message) -> None:
        """Add to `message`. Never raises, whatever the text."""
        raise NotImplementedError

    def process_all(self, messages: Sequence[Message]) -> None:
        """Add to training's messages; the same as `process` for each, for components that do many at once sooner."""
        for message in messages:
            self.process(message)

    def state(self) -> State:
        """What was learnt."""
        return State()

    def restore(self, state: State) -> None:
        """Take back what `state` gave."""


def text_array(words: Sequence[str]) -> Array:
    """Pack words into one array of UTF-8 bytes, which loads faster than JSON (no word holds a NUL)."""
    return np.frombuffer("\0".join(words).encode(), dtype=np.uint8)


def words_of(packed: Array) -> list[str]:
    """Unpack `text_array`."""
    joined = packed.tobytes().decode()
    return joined.split("\0") if joined else []
