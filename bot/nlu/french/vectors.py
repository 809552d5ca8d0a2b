"""Vectors of French words, so that words never seen in training still say something.

`vectors.npy` (one byte a number) and `vectors.txt` (the words, in the same order) are made by
`bench/nlu_vectors.py`, which says where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from bot.nlu.features.vocabulary import Vocabulary

Rows = NDArray[np.int8]
Floats = NDArray[np.float32]


class WordVectors:
    """Word → vector, kept in one byte a number."""

    def __init__(self, vocabulary: Vocabulary, rows: Rows) -> None:
        """`rows` has one row per word, in the order of the vocabulary."""
        self.vocabulary = vocabulary
        self.rows = rows

    @classmethod
    def of(cls, words: Sequence[str], rows: Rows) -> WordVectors:
        """Make a table from words and their rows."""
        places = {word: at for at, word in enumerate(words)}
        vocabulary, kept = Vocabulary.of(words)
        return cls(vocabulary, rows[[places[word] for word in kept]])

    @classmethod
    def shipped(cls) -> WordVectors:
        """The table that comes with the program."""
        folder = files("bot.nlu.french")
        rows = np.load(BytesIO(folder.joinpath("vectors.npy").read_bytes()), allow_pickle=False)
        return cls.of(folder.joinpath("vectors.txt").read_text(encoding="ascii").split(), rows)

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return int(self.rows.shape[1])

    def mean(self, weights: Mapping[str, float], default: float) -> Floats | None:
        """The direction of the weighted sum of the words' vectors (unit length); None if none is known.

        Args:
            weights: words of the message with what each counts; 0 or less stands for `default`.
            default: what a word counts that training has not seen.
        """
        places = self.vocabulary.places(weights)
        known = [
            (row, weight or default) for row, weight in zip(places, weights.values(), strict=True) if row is not None
        ]
        if not known:
            return None
        rows = self.rows[[row for row, _ in known]].astype(np.float32)
        total = np.array([weight for _, weight in known], np.float32) @ rows
        length = float(np.linalg.norm(total))
        return np.asarray(total / length, np.float32) if length else None

    def means(self, rows: NDArray[np.intp], words: Sequence[str], weights: Floats, count: int) -> Floats:
        """Give the same as `mean` for `count` messages at once: shape (count, size), zeros where nothing is known.

        Args:
            rows: the message that each word is of.
            words: the words, each once a message.
            weights: what each counts.
            count: how many messages there are.
        """
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - not needed to run a model

        places, known = self.vocabulary.find(words)
        spoken = csr_matrix((weights[known], (rows[known], places[known])), shape=(count, len(self.rows)))
        totals = np.asarray(spoken @ self.rows.astype(np.float32), np.float32)
        lengths = np.linalg.norm(totals, axis=1, keepdims=True)
        return np.asarray(totals / np.where(lengths > 0, lengths, 1), np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything, for the model's files."""
        return {"vector_keys": self.vocabulary.keys, "vectors": self.rows}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[np.generic]]) -> WordVectors:
        """What `arrays` was made from."""
        return cls(Vocabulary(arrays["vector_keys"].astype(np.uint32)), arrays["vectors"].astype(np.int8, copy=False))
