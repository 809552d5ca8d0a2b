"""FunctionEntityExtractor: values found by the project's own functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.nlu.component import Component
from bot.nlu.functions import import_function
from bot.nlu.message import Message
from bot.nlu.options import OptionError
from bot.nlu.result import Entity


class Span(Protocol):
    """What such a function reports."""

    @property
    def start(self) -> int:
        """Index of the value's first character."""

    @property
    def end(self) -> int:
        """Index after its last character."""

    @property
    def entity(self) -> str:
        """Entity type."""

    @property
    def value(self) -> str:
        """The value in its canonical form."""


@dataclass(frozen=True, slots=True)
class FunctionOptions:
    """Options of FunctionEntityExtractor."""

    functions: list[str]
    """Dotted paths below the project's `actions` package; where two overlap, the first listed wins."""


class FunctionEntityExtractor(Component[FunctionOptions]):
    """Asks functions `(text) -> spans` for the values in a message."""

    name = "FunctionEntityExtractor"
    options_type = FunctionOptions

    def check(self) -> None:
        """Import the functions."""
        if not self.options.functions:
            raise OptionError("functions", "expected at least one function")
        self._functions: list[Callable[[str], Iterable[Span]]] = [
            import_function(path, "functions") for path in self.options.functions
        ]

    def process(self, message: Message) -> None:
        """Add what the functions find, without overlaps."""
        found: list[Any] = []
        for function in self._functions:
            for span in function(message.text):
                if all(span.end <= other.start or other.end <= span.start for other in found):
                    found.append(span)
        message.entities.extend(Entity(span.entity, span.start, span.end, span.value, self.name) for span in found)
