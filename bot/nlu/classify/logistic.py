"""Rasa's LogisticRegressionClassifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bot.nlu.classify.linear import LinearLayer, matrix, rank, softmax
from bot.nlu.component import Component, State, Training
from bot.nlu.errors import TrainingError
from bot.nlu.message import RANKING_LENGTH, Message
from bot.nlu.options import OptionError


@dataclass(frozen=True, slots=True)
class LogisticRegressionOptions:
    """Options of LogisticRegressionClassifier, with Rasa's defaults."""

    class_weight: Literal["balanced"] | None = "balanced"
    """Whether rare intents count as much as frequent ones."""
    max_iter: int = 100
    """Most steps of the solver."""
    solver: Literal["lbfgs", "newton-cg", "sag", "saga", "newton-cholesky"] = "lbfgs"
    """Solver (liblinear is one-against-rest and no longer in scikit-learn for several classes)."""
    tol: float = 1e-4
    """Tolerance of the solver."""
    random_state: int = 42
    """Seed of the solver."""
    ranking_length: int = 10
    """Only 10, Rasa's default."""


class LogisticRegressionClassifier(Component[LogisticRegressionOptions]):
    """Multinomial logistic regression on the message's features."""

    name = "LogisticRegressionClassifier"
    options_type = LogisticRegressionOptions

    def check(self) -> None:
        """Start untrained."""
        if self.options.ranking_length != RANKING_LENGTH:
            raise OptionError("ranking_length", f"only {RANKING_LENGTH} is supported")
        if self.options.max_iter < 1:
            raise OptionError("max_iter", "expected at least 1")
        self._layer: LinearLayer | None = None

    def train(self, training: Training) -> None:
        """Fit the layer.

        Raises:
            TrainingError: there is no example, or no featurizer before this component.
        """
        labels = [str(message.intent) for message in training.messages]
        if not labels:
            raise TrainingError("there is no example to learn intents from")
        if not training.messages[0].features:
            raise TrainingError(f"{self.name} needs a featurizer before it in the pipeline")
        self._layer = self._fit(matrix(training.messages), labels)

    def _fit(self, features: Any, labels: list[str]) -> LinearLayer:
        classes = sorted(set(labels))
        if len(classes) == 1:
            return LinearLayer.of(classes, np.zeros((features.shape[1], 1)), np.zeros(1))
        import warnings  # noqa: PLC0415

        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - not needed to run a model
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

        options = self.options
        model = LogisticRegression(
            class_weight=options.class_weight,
            max_iter=options.max_iter,
            solver=options.solver,
            tol=options.tol,
            random_state=options.random_state,
        )
        with warnings.catch_warnings():  # stopping at max_iter is what the option asks for
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(features, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(classes) == 2:  # scikit-learn keeps one column for two classes
            weights, bias = np.hstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
        return LinearLayer.of([str(name) for name in model.classes_], weights, bias)

    def process(self, message: Message) -> None:
        """Set intent and ranking."""
        if self._layer is not None:
            rank(message, self._layer.classes, softmax(self._layer.scores(message.features)))

    def state(self) -> State:
        """The layer."""
        return State() if self._layer is None else self._layer.state()

    def restore(self, state: State) -> None:
        """Take the layer back."""
        self._layer = LinearLayer.restored(state) if state.arrays else None
