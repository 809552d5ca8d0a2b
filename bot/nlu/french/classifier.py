"""LinearIntentClassifier: a linear support vector machine whose confidence can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.classify.linear import Floats, LinearLayer, matrix, rank, softmax
from bot.nlu.component import Component, State, Training
from bot.nlu.errors import TrainingError
from bot.nlu.message import Message
from bot.nlu.options import OptionError

_LEARNT, _HELD_BACK = 0.4, 0.2
"""Shares of the examples that the first layer learns from, and that measure how sure to be."""
_AT_ONCE = 2
_REST = "\uffff"
"""Label of the examples of all other intents."""
_TEMPERATURES = np.geomspace(0.05, 2.0, 60)


@dataclass(frozen=True, slots=True)
class LinearIntentOptions:
    """Options of LinearIntentClassifier."""

    C: float = 0.5
    """Inverse strength of the regularisation."""
    tol: float = 1e-2
    """Tolerance of the solver."""
    max_iter: int = 6
    """Most passes over the examples; more of them cost time and gain nothing measurable."""


class LinearIntentClassifier(Component[LinearIntentOptions]):
    """One-against-rest linear SVM; the scores become probabilities by temperature scaling."""

    name = "LinearIntentClassifier"
    options_type = LinearIntentOptions

    def check(self) -> None:
        """Start untrained."""
        for key in ("C", "tol", "max_iter"):
            if getattr(self.options, key) <= 0:
                raise OptionError(key, "expected a number above 0")
        self._layer: LinearLayer | None = None
        self._temperature = 1.0

    def train(self, training: Training) -> None:
        """Fit the layer, and the temperature on examples that a first layer did not see.

        Raises:
            TrainingError: there are fewer than two intents, or no featurizer before this component.
        """
        labels = np.array([str(message.intent) for message in training.messages])
        if len(set(labels.tolist())) < 2:
            raise TrainingError(f"{self.name} needs examples of at least two intents")
        if not training.messages[0].features:
            raise TrainingError(f"{self.name} needs a featurizer before it in the pipeline")
        features = matrix(training.messages)
        real = np.array([not message.made_up for message in training.messages])
        self._temperature = self._calm(features[real], labels[real], training.seed)
        self._layer = self._fit(features, labels, training.seed)

    def _fit(self, features: Any, labels: NDArray[Any], seed: int) -> LinearLayer:
        import warnings  # noqa: PLC0415

        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - not needed to run a model
        from sklearn.svm import LinearSVC  # noqa: PLC0415

        options = self.options
        names = sorted(set(labels.tolist()))

        def against_rest(own: Sequence[str]) -> Any:
            model = LinearSVC(C=options.C, tol=options.tol, max_iter=options.max_iter, random_state=seed)
            return model.fit(features, np.where(np.isin(labels, own), labels, _REST))

        # Each intent is learnt against all others by itself, and the solver lets go of the interpreter: two at a time
        # take half the time, and learn the same however many processors there are.
        with warnings.catch_warnings(), ThreadPoolExecutor(_AT_ONCE) as threads:
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping at max_iter is what the option asks for
            shares = [names] if len(names) == 2 else [names[first::_AT_ONCE] for first in range(_AT_ONCE)]
            models = list(threads.map(against_rest, shares))
        learnt = dict(pair for model in models for pair in _columns(model))
        return LinearLayer.of(
            names, np.stack([learnt[name][0] for name in names], axis=1), np.array([learnt[name][1] for name in names])
        )

    def _calm(self, features: Any, labels: NDArray[Any], seed: int) -> float:
        """The temperature at which held-back examples are the least surprising."""
        order = np.random.default_rng(seed).permutation(len(labels))
        held, kept = order[: int(len(order) * _HELD_BACK)], order[int(len(order) * (1 - _LEARNT)) :]
        if not len(held) or len(set(labels[kept].tolist())) < 2:
            return 1.0
        layer = self._fit(features[kept], labels[kept], seed)
        places = {name: at for at, name in enumerate(layer.classes)}
        known = np.array([label in places for label in labels[held]])
        if not known.any():
            return 1.0
        right = np.array([places[label] for label in labels[held][known]])
        scores = layer.all_scores(features[held][known])
        losses = [_surprise(scores / temperature, right) for temperature in _TEMPERATURES]
        return float(_TEMPERATURES[int(np.argmin(losses))])

    def process(self, message: Message) -> None:
        """Set intent and ranking."""
        if self._layer is not None:
            scores = self._layer.scores(message.features) / np.float32(self._temperature)
            rank(message, self._layer.classes, softmax(scores))

    def state(self) -> State:
        """The layer and the temperature."""
        if self._layer is None:
            return State()
        state = self._layer.state()
        state.values["temperature"] = self._temperature
        return state

    def restore(self, state: State) -> None:
        """Take both back."""
        if state.arrays:
            self._layer = LinearLayer.restored(state)
            self._temperature = float(state.values["temperature"])


def _columns(model: Any) -> Iterator[tuple[str, tuple[NDArray[Any], float]]]:
    """Each intent with its weights and bias; of two classes scikit-learn keeps one row, the second's."""
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        weights, bias = np.vstack([-weights, weights]), np.array([-bias[0], bias[0]])
    for name, row, number in zip(model.classes_, weights, bias, strict=True):
        yield str(name), (row, float(number))


def _surprise(scores: Floats, right: NDArray[Any]) -> float:
    """Mean negative log-likelihood of the right answers."""
    raised = scores - scores.max(axis=1, keepdims=True)
    likely = raised[np.arange(len(right)), right] - np.log(np.exp(raised).sum(axis=1))
    return float(-likely.mean())
