"""Components under Rasa's names do what Rasa's do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.nlu import Example, NluData, Pipeline
from bot.nlu.build import component_of
from bot.nlu.component import Training
from bot.nlu.message import Message
from bot.nlu.result import Entity, IntentScore
from tests.bot.nlu.data import DATA, RASA_INIT


def component(name: str, data: NluData | None = None, messages: list[Message] | None = None, **options: Any) -> Any:
    made = component_of({"name": name, **options})
    if data is not None:
        made.train(Training(data, [], messages or []))
    return made


def tokens(text: str, **options: Any) -> list[str]:
    message = Message(text)
    component("WhitespaceTokenizer", **options).process(message)
    for token in message.tokens:
        assert text[token.start : token.end] == token.text
    return [token.text for token in message.tokens]


# What rasa.nlu.tokenizers.whitespace_tokenizer gives.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Forecast for lunch", ["Forecast", "for", "lunch"]),
        ("hey ńöñàśçií how're you?", ["hey", "ńöñàśçií", "how", "re", "you"]),
        ("j'ai pas reçu l'code!!", ["j", "ai", "pas", "reçu", "l", "code"]),
        ("écrire à a.b@exemple.ca svp", ["écrire", "à", "a.b@exemple.ca", "svp"]),
        ("10'000.00 $", ["10'000.00"]),
        ("hi. i want @x, #y & z", ["hi", "i", "want", "@x", "#y", "&", "z"]),
        ("bonjour 😀 toi", ["bonjour", "toi"]),
        ("?!", ["?!"]),
        ("peut-être", ["peut-être"]),
    ],
)
def test_whitespace_tokenizer(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_token_pattern_cuts_further() -> None:
    assert tokens("deux-mots ici", token_pattern=r"[^-]+") == ["deux", "mots", "ici"]


def counts(text: str, examples: list[str], **options: Any) -> dict[str, float]:
    made = component("CountVectorsFeaturizer", **options)
    tokenizer = component("WhitespaceTokenizer")
    messages = [Message(example, "x") for example in examples]
    message = Message(text)
    for one in (*messages, message):
        tokenizer.process(one)
    made.train(Training(NluData(), [], messages))
    made.process(message)
    names = {column: ngram for ngram, column in made._vocabulary.items()}
    (features,) = message.features
    assert features.size == len(names)
    return {names[column]: value for column, value in zip(features.ids.tolist(), features.values.tolist(), strict=True)}


def test_words_are_counted() -> None:
    assert counts("Le code, le CODE", ["le code arrive"]) == {"le": 2, "code": 2}
    assert counts("a b", ["a b"]) == {}  # words have two characters or more
    assert counts("x 42 ici", ["42 ici"]) == {"__number__": 1, "ici": 1}
    assert counts("Été été", ["été"], strip_accents="unicode") == {"ete": 2}
    assert counts("Le le", ["Le le"], lowercase=False) == {"Le": 1, "le": 1}
    assert counts("le code", ["le code"], stop_words=["le"]) == {"code": 1}
    assert counts("mon code ici", ["mon code ici"], min_ngram=2, max_ngram=2) == {"mon code": 1, "code ici": 1}


def test_characters_are_counted() -> None:
    assert counts("ab", ["ab"], analyzer="char", min_ngram=2, max_ngram=2) == {"ab": 1}
    inside = counts("ab", ["ab"], analyzer="char_wb", min_ngram=2, max_ngram=3)
    assert inside == {" a": 1, "ab": 1, "b ": 1, " ab": 1, "ab ": 1}


def test_rare_and_frequent_words_are_left_out() -> None:
    examples = ["un deux", "un trois", "un deux"]
    assert counts("un deux trois", examples, min_df=2) == {"un": 1, "deux": 1}
    assert counts("un deux trois", examples, max_df=0.7) == {"deux": 1, "trois": 1}
    assert counts("un deux trois", examples, max_features=1) == {"un": 1}


def test_unseen_words_have_a_token() -> None:
    found = counts("un chat", ["un chien"], OOV_token="oov", OOV_words=["chien"])
    assert found == {"un": 1, "oov": 1}


def test_words_agree_with_scikit_learn() -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    texts = ["Je veux mon code", "mon code, mon code", "là où ça va"]
    theirs = CountVectorizer(ngram_range=(1, 2)).fit(texts)
    for text in texts:
        row = theirs.transform([text])
        names = theirs.get_feature_names_out()
        expected = {names[column]: float(row[0, column]) for column in row.nonzero()[1]}
        assert counts(text, texts, max_ngram=2) == expected


def test_regex_featurizer_says_which_patterns_are_found() -> None:
    made = component("RegexFeaturizer", DATA)
    for text, expected in (("123 en Ontario", [0, 3]), ("N.-B.", [1]), ("N-B", [1]), ("rien", []), ("ontario", [])):
        message = Message(text)
        made.process(message)
        assert message.features[0].ids.tolist() == expected
        assert message.features[0].size == 4
    folded = component("RegexFeaturizer", DATA, case_sensitive=False, use_regexes=False)
    message = Message("ontario")
    folded.process(message)
    assert message.features[0].ids.tolist() == [1]


def test_regex_entities_only_for_entities_that_examples_mark() -> None:
    made = component("RegexEntityExtractor", DATA)
    message = Message("le courriel 123 en ontario, N-B, Ontariolande")
    made.process(message)
    assert [(one.entity, one.value) for one in message.entities] == [
        ("province", "N-B"),
        ("field", "courriel"),
        ("province", "ontario"),
    ]


def test_synonyms() -> None:
    made = component("EntitySynonymMapper", DATA)
    message = Message("Courriel imel zut")
    message.entities = [Entity("field", 0, 8, "Courriel", "x"), Entity("field", 9, 13, "imel", "x")]
    message.entities.append(Entity("field", 14, 17, "zut", "x"))
    made.process(message)
    assert [one.value for one in message.entities] == ["email", "email", "zut"]
    assert message.entities[0].as_dict()["processors"] == ["EntitySynonymMapper"]
    assert "processors" not in message.entities[2].as_dict()


KEYWORDS = NluData(
    [Example("bonjour", "greet"), Example("mon code", "code"), Example("oui", "yes"), Example("oui", "ok")]
)


@pytest.mark.parametrize(
    ("text", "sensitive", "intent"),
    [
        ("bonjour toi", True, "greet"),
        ("Bonjour toi", True, None),
        ("Bonjour toi", False, "greet"),
        ("où est mon code?", True, "code"),
        ("monsieur le code", True, None),
        ("bonjours", True, None),
        ("oui", True, None),  # two intents share it
    ],
)
def test_keywords(text: str, sensitive: bool, intent: str | None) -> None:
    made = component("KeywordIntentClassifier", KEYWORDS, case_sensitive=sensitive)
    message = Message(text)
    made.process(message)
    assert (message.best.name if message.best else None) == intent


def ranked(*confidences: float) -> Message:
    message = Message("x")
    message.ranking = [IntentScore(f"i{at}", one) for at, one in enumerate(confidences)]
    message.best = message.ranking[0] if message.ranking else None
    return message


@pytest.mark.parametrize(
    ("confidences", "falls_back"),
    [((0.9, 0.1), False), ((0.29, 0.1), True), ((0.45, 0.4), True), ((0.5, 0.4), False), ((0.3,), False), ((), True)],
)
def test_fallback(confidences: tuple[float, ...], falls_back: bool) -> None:
    message = ranked(*confidences)
    component("FallbackClassifier", ambiguity_threshold=0.09).process(message)
    result = message.result("x")
    assert (result.intent == {"name": "nlu_fallback", "confidence": 0.3}) is falls_back
    assert len(result.intent_ranking) == len(confidences) + falls_back
    if falls_back:
        assert result.intent_ranking[0] == result.intent


def test_logistic_regression_agrees_with_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    pipeline = Pipeline.train(RASA_INIT, DATA, [])
    featurizers = pipeline.components[:5]

    def row(text: str) -> Any:
        message = Message(text)
        for one in featurizers:
            one.process(message)
        whole = []
        for block in message.features:
            dense = np.zeros(block.size)
            dense[block.ids] = block.values
            whole.append(dense)
        return np.concatenate(whole)

    labels = [example.intent for example in DATA.examples]
    theirs = LogisticRegression(class_weight="balanced", max_iter=100, random_state=42)
    theirs.fit(np.stack([row(example.text) for example in DATA.examples]), labels)
    for text in ("bonjour", "mon code", "appelez le médecin", "inconnu"):
        expected = dict(zip(theirs.classes_.tolist(), theirs.predict_proba([row(text)])[0].tolist(), strict=True))
        found = {one["name"]: one["confidence"] for one in pipeline.parse(text).intent_ranking}
        for name, confidence in expected.items():
            assert found[name] == pytest.approx(confidence, abs=0.01)


def test_two_intents_and_one() -> None:
    data = NluData([Example("bonjour vous", "a"), Example("salut toi", "a"), Example("au revoir", "b")])
    result = Pipeline.train(RASA_INIT, data, []).parse("bonjour")
    assert [one["name"] for one in result.intent_ranking] == ["a", "b"]
    alone = Pipeline.train(RASA_INIT, NluData([Example("bonjour", "a")]), [])
    assert alone.parse("n'importe quoi").intent == {"name": "a", "confidence": 1.0}
