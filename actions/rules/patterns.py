"""Patterns over words, laid out on several lines: verbose mode, where `_` stands for a space."""

from __future__ import annotations

import re


def words_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which white space is layout and `_` is one space."""
    return re.compile(pattern.replace("_", "[ ]"), re.VERBOSE)


def word_set(text: str) -> frozenset[str]:
    """The words of a text: how the word lists of this package are written."""
    return frozenset(text.split())


def word_list(text: str) -> tuple[str, ...]:
    """The words of a text, in their order."""
    return tuple(text.split())


def phrase_set(text: str) -> frozenset[str]:
    """The phrases of a text, separated by `|` or line ends."""
    return frozenset(" ".join(phrase.split()) for phrase in text.replace("\n", "|").split("|") if phrase.strip())
