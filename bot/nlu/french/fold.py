"""Text cut into folded words (no case, no accents, no widths) that know where they were.

Folding goes one character at a time, so it is linear whatever the input.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.nlu.message import Token

_OTHERS = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "&": " et "}
_MOST_CACHED = 4_096
_PIECE = re.compile(r"[a-z]+|[0-9]+|[^\W\d_]+|[?]|[^\w\s!-~]")
"""A word, a number, a word in another script, a question mark, or one symbol (an emoji)."""


class _Table(dict[str, str]):
    """Character → folded form, filled as characters are met, bounded against hostile input."""

    def __missing__(self, char: str) -> str:
        folded = _folded(char)
        if len(self) < _MOST_CACHED:
            self[char] = folded
        return folded


def _folded(char: str) -> str:
    if char in _OTHERS:
        return _OTHERS[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in ("Mn", "Me", "Cf", "Cs", "Sk"):  # accents, joiners, bidi marks, skin tones
        return ""
    if category[0] in "CZ" or (category[0] == "P" and not char.isascii()):
        return " "
    parts = unicodedata.normalize("NFKD", char).lower()
    # Each part by the same rules: « ǽ » holds an « æ », « ŀ » a dot, Thai letters marks that do not combine.
    return char if parts == char else "".join(map(_folded, parts))


_TABLE = _Table()


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for lists that read as text."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """`text` without case, accents and widths; everything else stays."""
    return "".join(map(_TABLE.__getitem__, text))


def pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Folded words, numbers and symbols of `text[start:end]`, with their places in `text`."""
    part = text[start:end]
    folded = [_TABLE[char] for char in part]
    joined = "".join(folded)
    if len(joined) == len(part) and "" not in folded:
        for found in _PIECE.finditer(joined):
            yield Token(found.group(), start + found.start(), start + found.end())
        return
    origins = [at for at, piece in enumerate(folded) for _ in piece]
    for found in _PIECE.finditer(joined):
        yield Token(found.group(), start + origins[found.start()], start + origins[found.end() - 1] + 1)
