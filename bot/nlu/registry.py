"""Component names that `config.yml` may use, and why others are refused."""

from __future__ import annotations

from typing import Any

from bot.nlu.classify.fallback import FallbackClassifier
from bot.nlu.classify.keyword import KeywordIntentClassifier
from bot.nlu.classify.logistic import LogisticRegressionClassifier
from bot.nlu.classify.urgent import UrgentIntentClassifier
from bot.nlu.component import Component
from bot.nlu.entities.function import FunctionEntityExtractor
from bot.nlu.entities.lexicon import LexiconEntityExtractor
from bot.nlu.entities.regex import RegexEntityExtractor
from bot.nlu.entities.synonyms import EntitySynonymMapper
from bot.nlu.features.count_vectors import CountVectorsFeaturizer
from bot.nlu.features.lexical import LexicalSyntacticFeaturizer
from bot.nlu.features.regex import RegexFeaturizer
from bot.nlu.features.whitespace import WhitespaceTokenizer
from bot.nlu.french.classifier import LinearIntentClassifier
from bot.nlu.french.clinic import ClinicExtractor
from bot.nlu.french.featurizer import FrenchFeaturizer
from bot.nlu.french.noise import FrenchNoise
from bot.nlu.french.normalizer import FrenchNormalizer

_RASA_OWN: tuple[type[Component[Any]], ...] = (
    WhitespaceTokenizer,
    RegexFeaturizer,
    LexicalSyntacticFeaturizer,
    CountVectorsFeaturizer,
    LogisticRegressionClassifier,
    KeywordIntentClassifier,
    RegexEntityExtractor,
    EntitySynonymMapper,
    FallbackClassifier,
)

_OWN: tuple[type[Component[Any]], ...] = (
    FunctionEntityExtractor,
    LexiconEntityExtractor,
    ClinicExtractor,
    FrenchNoise,
    FrenchNormalizer,
    FrenchFeaturizer,
    LinearIntentClassifier,
    UrgentIntentClassifier,
)

COMPONENTS: dict[str, type[Component[Any]]] = {kind.name: kind for kind in (*_RASA_OWN, *_OWN)}
"""Components by their name in `config.yml`."""

_USE_LINEAR = "use LogisticRegressionClassifier"
REFUSED: dict[str, str] = {
    "DIETClassifier": f"it needs TensorFlow; {_USE_LINEAR} (and RegexEntityExtractor for entities)",
    "SklearnIntentClassifier": f"it needs dense features; {_USE_LINEAR}",
    "MitieIntentClassifier": f"it needs MITIE; {_USE_LINEAR}",
    "CRFEntityExtractor": "it needs sklearn-crfsuite; use RegexEntityExtractor or FunctionEntityExtractor",
    "MitieEntityExtractor": "it needs MITIE; use RegexEntityExtractor or FunctionEntityExtractor",
    "SpacyEntityExtractor": "it needs spaCy; use RegexEntityExtractor or FunctionEntityExtractor",
    "DucklingEntityExtractor": "it needs a Duckling server; use FunctionEntityExtractor",
    "ResponseSelector": "it needs TensorFlow; write one intent per question, with a rule and a response each",
    "LanguageModelFeaturizer": "it needs a downloaded language model; use CountVectorsFeaturizer",
    "ConveRTFeaturizer": "it needs a downloaded language model; use CountVectorsFeaturizer",
    "SpacyNLP": "it needs spaCy; use WhitespaceTokenizer and CountVectorsFeaturizer",
    "SpacyTokenizer": "it needs spaCy; use WhitespaceTokenizer",
    "SpacyFeaturizer": "it needs spaCy; use CountVectorsFeaturizer",
    "MitieNLP": "it needs MITIE; use WhitespaceTokenizer and CountVectorsFeaturizer",
    "MitieTokenizer": "it needs MITIE; use WhitespaceTokenizer",
    "MitieFeaturizer": "it needs MITIE; use CountVectorsFeaturizer",
    "JiebaTokenizer": "it is for Chinese; use WhitespaceTokenizer",
}
"""Components of Rasa that are not supported, and what to do."""
