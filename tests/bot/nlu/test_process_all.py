"""Training processes many messages at once: it must give what parsing gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.nlu.build import component_of
from bot.nlu.check import plain_config
from bot.nlu.component import Training
from bot.nlu.message import Message
from bot.project.project import load_project

ROOT = Path(__file__).parents[3]


def test_features_of_training_are_those_of_parsing() -> None:
    """Every component that does many messages at once gives each the features that it gives one alone."""
    project = load_project(ROOT)
    examples = project.nlu.examples[::150]
    messages = [Message(one.text, one.intent) for one in examples] + [Message("", "greet"), Message("...", "greet")]
    training = Training(project.nlu, [], messages)
    compared = 0
    for component in (component_of(entry) for entry in plain_config(project.config.pipeline)):
        component.train(training)
        component.process_all(training.messages)
        if not training.messages[0].features:
            continue
        for message in training.messages:
            component.process(message)
            together, alone = message.features
            assert together.size == alone.size
            assert together.ids.tolist() == alone.ids.tolist()
            np.testing.assert_allclose(together.values, alone.values, atol=1e-6)
            compared += 1
        break
    assert compared == len(training.messages) > 100
