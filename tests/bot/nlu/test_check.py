"""Every mistake in a pipeline is told, with its file, line and key."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.errors import ProjectError
from bot.nlu import Pipeline, TrainingError
from bot.nlu.check import check_config, plain_config
from bot.nlu.data import Example, NluData
from bot.nlu.registry import COMPONENTS, REFUSED
from tests.bot.nlu.data import DATA, FRENCH, RASA_INIT

MISTAKES: list[tuple[Any, str, str]] = [
    ({"name": "DIETClassifier", "epochs": 100}, "name", "needs TensorFlow"),
    ({"name": "ResponseSelector"}, "name", "one intent per question"),
    ({"name": "WhitespaceTokeniser"}, "name", "did you mean WhitespaceTokenizer?"),
    ({"name": "NoSuchThing"}, "name", "there is no component NoSuchThing"),
    ({"name": "my.package.Thing"}, "name", "there is no component my.package.Thing"),
    ({"epochs": 3}, "", "needs a name"),
    ({"name": 3}, "", "needs a name"),
    (7, "", "needs a name"),
    ({"name": "FallbackClassifier", "treshold": 0.3}, "treshold", "did you mean threshold?"),
    ({"name": "FallbackClassifier", "threshold": "high"}, "threshold", "expected a number, not 'high'"),
    ({"name": "FallbackClassifier", "threshold": True}, "threshold", "expected a number"),
    ({"name": "FallbackClassifier", "threshold": 1.5}, "threshold", "from 0 to 1"),
    ({"name": "FallbackClassifier", "ambiguity_threshold": -0.1}, "ambiguity_threshold", "from 0 to 1"),
    ({"name": "WhitespaceTokenizer", "intent_tokenization_flag": True}, "intent_tokenization_flag", "multi-intents"),
    ({"name": "WhitespaceTokenizer", "token_pattern": "("}, "token_pattern", "not a regular expression"),
    ({"name": "CountVectorsFeaturizer", "analyzer": "words"}, "analyzer", "expected word or char or char_wb"),
    ({"name": "CountVectorsFeaturizer", "min_ngram": 3, "max_ngram": 2}, "min_ngram", "min_ngram <= max_ngram"),
    ({"name": "CountVectorsFeaturizer", "min_ngram": 0}, "min_ngram", "1 <= min_ngram"),
    ({"name": "CountVectorsFeaturizer", "max_ngram": 1.5}, "max_ngram", "expected a whole number"),
    ({"name": "CountVectorsFeaturizer", "token_pattern": "["}, "token_pattern", "not a regular expression"),
    ({"name": "CountVectorsFeaturizer", "stop_words": "le"}, "stop_words", "expected a list or null"),
    ({"name": "CountVectorsFeaturizer", "OOV_words": ["x"]}, "OOV_words", "without OOV_token"),
    ({"name": "CountVectorsFeaturizer", "use_shared_vocab": True}, "use_shared_vocab", "unknown option"),
    ({"name": "LexicalSyntacticFeaturizer", "features": [["low"], ["low"]]}, "features", "odd number"),
    ({"name": "LexicalSyntacticFeaturizer", "features": [["pos"]]}, "features", "unknown feature 'pos'"),
    ({"name": "LogisticRegressionClassifier", "solver": "adam"}, "solver", "expected lbfgs or"),
    ({"name": "LogisticRegressionClassifier", "max_iter": 0}, "max_iter", "at least 1"),
    ({"name": "LogisticRegressionClassifier", "ranking_length": 5}, "ranking_length", "only 10"),
    ({"name": "KeywordIntentClassifier", "case_sensitive": "no"}, "case_sensitive", "true or false"),
    ({"name": "EntitySynonymMapper", "case_sensitive": True}, "case_sensitive", "this component has none"),
    ({"name": "FrenchNoise", "share": 2}, "share", "from 0 to 1"),
    ({"name": "FrenchNormalizer", "mask": "email"}, "mask", "expected a list"),
    ({"name": "FrenchNormalizer", "mask": ["email", 3]}, "mask", "expected a text"),
    ({"name": "FrenchFeaturizer", "max_words": 0}, "max_words", "at least 1"),
    ({"name": "FrenchFeaturizer", "min_characters": 6}, "min_characters", "min_characters <= max_characters"),
    ({"name": "FrenchFeaturizer", "vectors": -1}, "vectors", "0 or more"),
    ({"name": "LinearIntentClassifier", "C": 0}, "C", "above 0"),
    ({"name": "LinearIntentClassifier", "max_iter": 0}, "max_iter", "above 0"),
    ({"name": "LexiconEntityExtractor"}, "lookups", "required"),
    ({"name": "ClinicExtractor", "after": "clinique"}, "after", "expected a list"),
    ({"name": "UrgentIntentClassifier"}, "intent", "required"),
    ({"name": "UrgentIntentClassifier", "intent": "x", "threshold": 2}, "threshold", "from 0 to 1"),
    ({"name": "FunctionEntityExtractor", "functions": []}, "functions", "at least one"),
    ({"name": "FunctionEntityExtractor", "functions": ["os.system"]}, "functions", "not in the project's actions"),
    ({"name": "FunctionEntityExtractor", "functions": ["actions_evil.f"]}, "functions", "not in the project's"),
    ({"name": "FunctionEntityExtractor", "functions": ["actions.rules.nowhere.f"]}, "functions", "nowhere"),
    ({"name": "FunctionEntityExtractor", "functions": ["actions.rules.nam.no_such"]}, "functions", "no such function"),
]


@pytest.mark.parametrize(("entry", "key", "said"), MISTAKES, ids=lambda value: str(value)[:60])
def test_mistakes(entry: Any, key: str, said: str) -> None:
    (problem,) = check_config([{"name": "WhitespaceTokenizer"}, entry])
    assert problem.file == "config.yml"
    assert problem.key == ("pipeline[1]." + key).removesuffix(".")
    assert said in problem.message


def test_all_mistakes_at_once_with_their_lines() -> None:
    entries = ["name: WhitespaceTokenizer", "name: DIETClassifier\n  epochs: 5", "name: FallbackClassifier\n  x: 1"]
    text = "pipeline:\n" + "".join(f"- {entry}\n" for entry in entries)
    config = YAML(typ="rt").load(text)["pipeline"]
    found = [(problem.line, problem.key) for problem in check_config(config, "other.yml")]
    assert found == [(3, "pipeline[1].name"), (6, "pipeline[2].x")]


@pytest.mark.parametrize("config", ["WhitespaceTokenizer", 3, {"name": "WhitespaceTokenizer"}])
def test_a_pipeline_is_a_list(config: Any) -> None:
    (problem,) = check_config(config)
    assert problem.message == "a list of components is expected here"


def test_nothing_wrong() -> None:
    assert check_config(RASA_INIT) == []
    assert check_config(FRENCH) == []
    assert check_config(None) == []
    assert check_config(["WhitespaceTokenizer"]) == []


def test_the_default_pipeline_is_rasas_without_tensorflow() -> None:
    names = [entry["name"] for entry in plain_config(None)]
    assert names == [entry["name"] for entry in RASA_INIT]


def test_module_paths_of_rasa_are_understood() -> None:
    name = "rasa.nlu.tokenizers.whitespace_tokenizer.WhitespaceTokenizer"
    assert check_config([{"name": name}]) == []
    (problem,) = check_config([{"name": "rasa.nlu.classifiers.diet_classifier.DIETClassifier"}])
    assert "DIETClassifier is not supported" in problem.message


def test_no_component_is_both_known_and_refused() -> None:
    assert not COMPONENTS.keys() & REFUSED.keys()


def test_a_function_of_another_project_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    functions = ["actions.rules.email.find_emails"]
    (problem,) = check_config([{"name": "FunctionEntityExtractor", "functions": functions}])
    assert "not in the current project" in problem.message


def test_training_tells_every_problem() -> None:
    with pytest.raises(ProjectError) as caught:
        Pipeline.train([{"name": "A"}, {"name": "FallbackClassifier", "b": 1}], DATA, [])
    assert [problem.key for problem in caught.value.problems] == ["pipeline[0].name", "pipeline[1].b"]


@pytest.mark.parametrize(
    ("config", "data", "intents", "said"),
    [
        (RASA_INIT, DATA, ["greet"], "the domain does not list: code, emergency"),
        (RASA_INIT, NluData(), [], "no example"),
        ([{"name": "LogisticRegressionClassifier"}], DATA, [], "needs a featurizer"),
        ([{"name": "LinearIntentClassifier"}], DATA, [], "needs a featurizer"),
        ([{"name": "FrenchNormalizer"}, {"name": "LinearIntentClassifier"}], NluData(), [], "at least two intents"),
        ([{"name": "LexiconEntityExtractor", "lookups": ["city"]}], DATA, [], "no lookup table city"),
        (RASA_INIT, NluData([Example("a", "b")], regexes={"bad": ["("]}), [], "regex bad: not a regular expression"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_data_that_cannot_be_learnt_from(config: Any, data: NluData, intents: list[str], said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        Pipeline.train(config, data, intents)
