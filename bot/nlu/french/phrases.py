"""Finding phrases in a run of words: from a word on, the longest phrase that begins with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bot.nlu.message import Token


class Phrases:
    """A set of phrases (words joined by a space), by their first word: most words begin none."""

    def __init__(self, phrases: Collection[str]) -> None:
        lengths: dict[str, set[int]] = {}
        for phrase in phrases:
            words = phrase.split(" ")
            lengths.setdefault(words[0], set()).add(len(words))
        self._phrases = frozenset(phrases)
        self._lengths = {first: sorted(several, reverse=True) for first, several in lengths.items()}

    def at(self, words: Sequence[Token], place: int) -> tuple[str, int] | None:
        """The longest phrase from a place on, with its number of words; None when there is none."""
        for used in self._lengths.get(words[place].text, ()):
            if place + used <= len(words):
                phrase = joined(words[place : place + used])
                if phrase in self._phrases:
                    return phrase, used
        return None


def joined(words: Iterable[Token]) -> str:
    """The words as one text."""
    return " ".join(word.text for word in words)
