"""Regular expressions and lookup tables of the training data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.nlu.data import NluData
from bot.nlu.errors import TrainingError


@dataclass(frozen=True, slots=True)
class NamedPattern:
    """An expression under the name it has in the training data."""

    name: str
    """Name of the regex family or of the lookup table."""
    pattern: str
    """The expression."""


def patterns_of(
    data: NluData,
    *,
    lookups: bool = True,
    regexes: bool = True,
    word_boundaries: bool = True,
    only: Iterable[str] | None = None,
) -> list[NamedPattern]:
    """Expressions of `data`, in Rasa's order: regexes first, then one per lookup table.

    Raises:
        TrainingError: one of them is not a regular expression.
    """
    wanted = None if only is None else frozenset(only)
    found: list[NamedPattern] = []
    if regexes:
        found += [NamedPattern(name, one) for name, several in data.regexes.items() for one in several]
    if lookups:
        found += [NamedPattern(name, _any_of(words, word_boundaries)) for name, words in data.lookups.items() if words]
    kept = [pattern for pattern in found if wanted is None or pattern.name in wanted]
    for pattern in kept:
        try:
            re.compile(pattern.pattern)
        except re.error as error:
            raise TrainingError(f"regex {pattern.name}: not a regular expression: {error}") from error
    return kept


def _any_of(words: Iterable[str], word_boundaries: bool) -> str:
    edge = r"\b" if word_boundaries else ""
    return "(" + "|".join(f"{edge}{re.escape(word)}{edge}" for word in words) + ")"


def compiled(patterns: Iterable[NamedPattern], *, case_sensitive: bool) -> list[tuple[str, re.Pattern[str]]]:
    """The expressions ready to search with."""
    flags = re.NOFLAG if case_sensitive else re.IGNORECASE
    return [(pattern.name, re.compile(pattern.pattern, flags)) for pattern in patterns]


def as_json(patterns: Iterable[NamedPattern]) -> list[list[str]]:
    """JSON form of `patterns`."""
    return [[pattern.name, pattern.pattern] for pattern in patterns]


def from_json(values: Mapping[str, list[list[str]]]) -> list[NamedPattern]:
    """Patterns under the key `patterns`."""
    return [NamedPattern(name, pattern) for name, pattern in values["patterns"]]
