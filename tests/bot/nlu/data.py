"""A small project's training data, for tests that need some."""

from __future__ import annotations

from typing import Any

from bot.nlu import EntityAnnotation, Example, NluData

_SENTENCES = {
    "greet": ["bonjour", "salut", "allô", "bonsoir à vous", "bon matin", "coucou toi"],
    "goodbye": ["au revoir", "bye bye", "à la prochaine", "bonne journée", "à bientôt", "on se revoit"],
    "code": [
        "je n'ai pas reçu le code",
        "le code n'arrive pas",
        "où est mon code",
        "renvoyez-moi le code",
        "mon code ne marche pas",
        "j'attends toujours le code",
    ],
    "emergency": [
        "j'ai mal à la poitrine",
        "appelez une ambulance",
        "il ne respire plus",
        "je saigne beaucoup",
        "elle a perdu connaissance",
        "il fait une crise cardiaque",
    ],
}

DATA = NluData(
    examples=(
        *(Example(text, intent) for intent, texts in _SENTENCES.items() for text in texts),
        Example("mon imel est le bon", "inform", (EntityAnnotation("field", 4, 8, "email"),)),
        Example("je vis en Ontario", "inform", (EntityAnnotation("province", 10, 17, "ON"),)),
        Example("mon numéro est le 123", "inform"),
        Example("voici mon adresse", "inform"),
        Example("ma clinique est celle du Parc", "inform"),
    ),
    synonyms={"courriel": "email", "adresse de courriel": "email", "mot de passe": "password", "Ontario": "ON"},
    lookups={"field": ["courriel", "adresse de courriel", "mot de passe"], "province": ["Ontario", "Québec"]},
    regexes={"digits": [r"\d{3,}"], "province": [r"\bN\.?-?B\b"]},
)

RASA_INIT: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "LogisticRegressionClassifier"},
    {"name": "RegexEntityExtractor"},
    {"name": "EntitySynonymMapper"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]

FRENCH: list[dict[str, Any]] = [
    {"name": "FrenchNoise"},
    {
        "name": "FunctionEntityExtractor",
        "functions": ["actions.rules.email.find_emails", "actions.rules.nam.find_nams"],
    },
    {"name": "FrenchNormalizer", "mask": ["email", "nam"]},
    {"name": "LexiconEntityExtractor", "lookups": ["field", "province"]},
    {"name": "ClinicExtractor"},
    {"name": "FrenchFeaturizer", "min_examples": 1},
    {"name": "LinearIntentClassifier"},
    {"name": "UrgentIntentClassifier", "intent": "emergency", "function": "actions.rules.emergency.danger_kind"},
    {"name": "FallbackClassifier"},
]
