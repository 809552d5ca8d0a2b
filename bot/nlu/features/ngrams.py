"""Word and character n-grams, counted as scikit-learn counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bot.nlu.message import Features


def word_ngrams(words: Sequence[str], low: int, high: int) -> list[str]:
    """Runs of `low` to `high` words, joined by a space."""
    found = list(words) if low == 1 else []
    for size in range(max(2, low), high + 1):
        found.extend(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
    return found


def char_ngrams(text: str, low: int, high: int) -> list[str]:
    """Runs of `low` to `high` characters of the whole text, spaces included."""
    return [text[at : at + size] for size in range(low, high + 1) for at in range(len(text) - size + 1)]


def word_bound_ngrams(words: Iterable[str], low: int, high: int) -> list[str]:
    """Runs of `low` to `high` characters inside each word padded with one space (`char_wb`)."""
    found: list[str] = []
    for word in words:
        padded = f" {word} "
        length = len(padded)
        for size in range(low, high + 1):
            if size >= length:  # a word shorter than n counts once, whole
                found.append(padded)
                break
            found.extend([padded[at : at + size] for at in range(length - size + 1)])
    return found


def counted(ngrams: Iterable[str], vocabulary: Mapping[str, int]) -> Features:
    """Counts of the known n-grams."""
    counts = Counter(column for column in map(vocabulary.get, ngrams) if column is not None)
    return Features(
        np.fromiter(counts.keys(), np.int32, len(counts)),
        np.fromiter(counts.values(), np.float32, len(counts)),
        len(vocabulary),
    )
