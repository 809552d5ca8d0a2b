"""A pipeline of components: trained from examples, kept in plain files, parsing one message at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bot.errors import ProjectError
from bot.nlu.build import component_of
from bot.nlu.component import Component, Progress, State, Training
from bot.nlu.data import NluData
from bot.nlu.errors import ModelFormatError, TrainingError
from bot.nlu.message import Message
from bot.nlu.result import ParseResult

MOST_CHARACTERS = 5_000
"""Characters of a message that are read: the rest changes nothing, so time is bounded."""

_FORMAT = 1
_INDEX = "pipeline.json"


class Pipeline:
    """Turns text into intent and entities."""

    def __init__(self, config: list[dict[str, Any]], components: Sequence[Component[Any]]) -> None:
        """Components in the order of `config`, trained or restored."""
        self.config = config
        self.components = list(components)

    @classmethod
    def train(
        cls,
        config: list[dict[str, Any]],
        data: NluData,
        intents: list[str],
        progress: Progress | None = None,
        *,
        file: str = "config.yml",
    ) -> Pipeline:
        """Train the components one after the other; the same input gives the same files.

        Args:
            config: `pipeline:` of `config.yml` (`file`).
            data: training data.
            intents: intents of the domain; empty to take them from the data.
            progress: told of every component that is done.

        Raises:
            ProjectError: the pipeline is not one that can be built; all problems at once.
            TrainingError: the data cannot be learnt from.
        """
        from bot.nlu.check import check_config, plain_config  # noqa: PLC0415 - running a model reads no YAML

        problems = check_config(config, file)
        if problems:
            raise ProjectError(problems)
        entries = plain_config(config)
        components = [component_of(entry) for entry in entries]
        _check_intents(data, intents)
        messages = [Message(example.text[:MOST_CHARACTERS], example.intent) for example in data.examples]
        last = max((at for at, one in enumerate(components) if one.learns), default=-1)
        training = Training(data, intents, messages)
        for done, component in enumerate(components):
            if progress is not None:
                progress(done, len(components), component.name)
            component.train(training)
            if done < last:  # nothing is learnt after that from what the others add
                component.process_all(training.messages)
        if progress is not None:
            progress(len(components), len(components), "")
        return cls(entries, components)

    def parse(self, text: str) -> ParseResult:
        """Understand one message. Never raises for any text; blank text has no intent."""
        message = Message(text[:MOST_CHARACTERS])
        if message.text.strip():
            for component in self.components:
                component.process(message)
        return message.result(text)

    def to_files(self) -> dict[str, bytes]:
        """The model as JSON and `.npy` files, by name."""
        files: dict[str, bytes] = {}
        states: list[dict[str, Any]] = []
        for at, component in enumerate(self.components):
            state = component.state()
            names = {key: f"{at:02d}-{component.name}-{key}.npy" for key in state.arrays}
            for key, name in names.items():
                files[name] = _npy(state.arrays[key])
            states.append({"values": state.values, "arrays": names})
        index = {"format": _FORMAT, "config": self.config, "states": states}
        files[_INDEX] = json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Pipeline:
        """Load what `to_files` gave.

        Raises:
            ModelFormatError: a file is missing, damaged, or of another version.
        """
        try:
            index = json.loads(files[_INDEX])
            if index["format"] != _FORMAT:
                raise ModelFormatError("this model is from another version: train again (sofy train)")
            components = [component_of(entry) for entry in index["config"]]
            for component, saved in zip(components, index["states"], strict=True):
                arrays = {key: _array(files[name]) for key, name in saved["arrays"].items()}
                component.restore(State(saved["values"], arrays))
        except (KeyError, ValueError, TypeError, UnicodeDecodeError) as error:
            raise ModelFormatError("the model's NLU files are damaged: train it again (sofy train)") from error
        return cls(index["config"], components)


def _check_intents(data: NluData, intents: Sequence[str]) -> None:
    unknown = sorted({example.intent for example in data.examples} - set(intents)) if intents else []
    if unknown:
        raise TrainingError(f"examples of intents that the domain does not list: {', '.join(unknown)}")


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _array(content: bytes) -> Any:
    return np.load(io.BytesIO(content), allow_pickle=False)
