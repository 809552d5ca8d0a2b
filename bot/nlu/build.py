"""Makes components from a checked pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.nlu.component import Component
from bot.nlu.registry import COMPONENTS

RASA_DEFAULT: tuple[dict[str, Any], ...] = (
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "LogisticRegressionClassifier"},
    {"name": "RegexEntityExtractor"},
    {"name": "EntitySynonymMapper"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
)
"""For a project whose `config.yml` names no pipeline: Rasa's suggestion, without what needs TensorFlow."""


def short_name(name: str) -> str:
    """A component's name without Rasa's module path (`rasa.nlu.….WhitespaceTokenizer`)."""
    return name.rpartition(".")[2] if name.startswith("rasa.") else name


def component_of(entry: Mapping[str, Any]) -> Component[Any]:
    """Make one component.

    Raises:
        KeyError: there is no such component.
        OptionError: an option is unknown or wrong.
    """
    options = {key: value for key, value in entry.items() if key != "name"}
    return COMPONENTS[short_name(str(entry["name"]))].from_config(options)
