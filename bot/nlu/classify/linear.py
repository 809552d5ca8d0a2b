"""A linear layer over sparse features: all that inference needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.component import State
from bot.nlu.message import RANKING_LENGTH, Features, Message
from bot.nlu.result import IntentScore

Floats = NDArray[np.float32]
_LARGEST = 127


def stacked(blocks: Sequence[Features]) -> tuple[NDArray[np.int64], Floats]:
    """Columns and values of all the featurizers' features, side by side."""
    offset = 0
    columns: list[NDArray[np.int64]] = []
    for block in blocks:
        columns.append(block.ids.astype(np.int64) + offset)
        offset += block.size
    if not columns:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    return np.concatenate(columns), np.concatenate([block.values for block in blocks])


def matrix(messages: Iterable[Message]) -> Any:
    """A scipy CSR matrix of the messages' features, one row each (training only)."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - not needed to run a model

    rows = [stacked(message.features) for message in messages]
    width = 0
    for message in messages:
        width = sum(block.size for block in message.features)
        break
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows]) if rows else np.empty(0, np.int64)
    values = np.concatenate([values for _, values in rows]) if rows else np.empty(0, np.float32)
    return csr_matrix((values, columns, starts), shape=(len(rows), width))


def softmax(scores: Floats) -> Floats:
    """Probabilities that sum to 1."""
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum(), np.float32)


class LinearLayer:
    """Weights by column and class, one byte each with a scale for each column: enough for a ranking."""

    def __init__(self, classes: Sequence[str], rows: NDArray[Any], scales: NDArray[Any], bias: NDArray[Any]) -> None:
        """`rows` is (columns, classes) from -127 to 127, `scales` (columns,), `bias` (classes,)."""
        self.classes = list(classes)
        self.rows = np.ascontiguousarray(rows, np.int8)
        self.scales = np.ascontiguousarray(scales, np.float32)
        self.bias = np.ascontiguousarray(bias, np.float32)

    @classmethod
    def of(cls, classes: Sequence[str], weights: NDArray[Any], bias: NDArray[Any]) -> LinearLayer:
        """From exact weights, (columns, classes)."""
        scales = np.abs(weights).max(axis=1, initial=0.0) / _LARGEST
        rows = np.rint(weights / np.where(scales, scales, 1.0)[:, np.newaxis])
        return cls(classes, rows, scales, bias)

    def scores(self, blocks: Sequence[Features]) -> Floats:
        """One score per class."""
        columns, values = stacked(blocks)
        if not len(columns):
            return self.bias
        scaled = values * self.scales[columns]
        return np.asarray(scaled @ self.rows[columns].astype(np.float32) + self.bias, np.float32)

    def all_scores(self, features: Any) -> Floats:
        """One score per row of a sparse matrix and class (training only)."""
        return np.asarray(features.multiply(self.scales).tocsr() @ self.rows.astype(np.float32) + self.bias, np.float32)

    def state(self) -> State:
        """Everything, for the model's files."""
        return State(
            values={"classes": self.classes}, arrays={"rows": self.rows, "scales": self.scales, "bias": self.bias}
        )

    @classmethod
    def restored(cls, state: State) -> LinearLayer:
        """What `state` was made from."""
        return cls(state.values["classes"], state.arrays["rows"], state.arrays["scales"], state.arrays["bias"])


def rank(message: Message, classes: Sequence[str], probabilities: Floats) -> None:
    """Set the message's intent and ranking from one probability per class."""
    order = np.argsort(-probabilities, kind="stable")[:RANKING_LENGTH]
    message.ranking = [IntentScore(classes[at], float(probabilities[at])) for at in order.tolist()]
    message.best = message.ranking[0] if message.ranking else None
