"""The measures and the report of `sofy test nlu`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from bot.errors import SofyError
from bot.nlu.data import Example
from bot.nlu.result import ParseResult
from bot.testing.nlu import REPORT, Folds, cross_validate, fold_of, last_report, make_report, parse_all, write_report
from bot.testing.nlu_measures import Outcome, auroc, calibration_error, intent_scores, measures, outcome, scope_scores
from bot.testing.nlu_text import summary
from tests.bot.nlu.data import DATA, RASA_INIT


def said(meant: str, likeliest: str | None, confidence: float = 0.9, strangeness: float = 0.1) -> Outcome:
    return Outcome("…", meant, likeliest, likeliest, confidence, strangeness)


SOME = [
    said("a", "a"),
    said("a", "b", 0.4),
    said("b", "b", 0.8),
    said("b", "b", 0.95),
    said("out_of_scope", "out_of_scope", 0.7, 1.7),
    said("out_of_scope", "a", 0.5, 0.6),
    said("emergency", "emergency"),
    said("emergency", "b", 0.45),
]


def test_scores_agree_with_scikit_learn() -> None:
    meant, told = [one.intent for one in SOME], [one.likeliest for one in SOME]
    table = intent_scores(SOME)
    labels = list(table)
    for key, theirs in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        expected = theirs(meant, told, labels=labels, average=None, zero_division=0)
        assert [table[label][key] for label in labels] == pytest.approx(expected.tolist())


def test_auroc_agrees_with_scikit_learn() -> None:
    positive, negative = [0.9, 0.4, 0.4, 1.7], [0.1, 0.4, 0.2, 0.95, 0.0]
    truth = [1] * len(positive) + [0] * len(negative)
    assert auroc(positive, negative) == pytest.approx(roc_auc_score(truth, positive + negative))


def test_measures_say_everything() -> None:
    part = measures(SOME)
    assert part["accuracy"] == 5 / 8
    assert part["confusions"][0] == {"intent": "a", "taken_for": "b", "count": 1}
    assert sum(part["confidence"]["right"]) == 5
    assert sum(part["confidence"]["wrong"]) == 3
    assert part["emergency"] == {"recall": 0.5, "false_alarms": 0.0, "sentences": 2}
    assert part["out_of_scope"] == {"auroc": 1.0, "recall_at_false_rejection": 1.0, "false_rejection": 0.0}
    assert len(part["errors"]) == 3
    json.dumps(part)


def test_sets_without_the_special_intents() -> None:
    part = measures([said("a", "a"), said("b", None, 0.0)])
    assert part["out_of_scope"] is None
    assert part["emergency"] is None
    assert part["intents"]["b"]["f1"] == 0.0
    assert scope_scores([]) is None


def test_confidence_that_is_right_has_no_error() -> None:
    sure = [said("a", "a", 1.0)] * 10
    assert calibration_error(sure) == 0
    assert calibration_error([said("a", "b", 1.0)] * 10) == 1
    assert calibration_error([]) == 0


def test_the_fallback_is_told_apart_from_the_likeliest() -> None:
    ranking = [{"name": "nlu_fallback", "confidence": 0.3}, {"name": "a", "confidence": 0.25}]
    result = ParseResult("x", ranking[0], [], [*ranking, {"name": "out_of_scope", "confidence": 0.2}])
    found = outcome(Example("x", "a"), result)
    assert (found.predicted, found.likeliest, found.right) == ("nlu_fallback", "a", True)
    assert found.strangeness == pytest.approx(0.2 + 1 - 0.25)
    assert outcome(Example("", "a"), ParseResult("", {"name": None, "confidence": 0.0})).likeliest is None


def test_folds_are_even_and_keep_equal_texts_together() -> None:
    examples = [Example(f"{intent}{at}", intent) for intent in "ab" for at in range(10)]
    examples += [Example("A0", "b"), Example("a0", "a")]
    places = fold_of(examples, Folds(5))
    assert places == fold_of(examples, Folds(5))
    assert [places[:10].count(part) for part in range(5)] == [2] * 5
    assert places[0] == places[-1] == places[-2]


def test_too_few_examples_for_the_folds() -> None:
    with pytest.raises(SofyError, match="moins de 5 exemples"):
        fold_of([Example("x", "a")], Folds(5))


def test_cross_validation_tests_every_example_once() -> None:
    told: list[tuple[int, int]] = []
    outcomes = cross_validate(RASA_INIT, DATA, Folds(2), lambda done, total: told.append((done, total)))
    assert sorted(one.text for one in outcomes) == sorted(example.text for example in DATA.examples)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert outcomes == cross_validate(RASA_INIT, DATA, Folds(2))


def test_the_report_is_written_and_compared(tmp_path: Path) -> None:
    assert last_report(tmp_path) is None
    before = make_report({"held_out": SOME}, 20)
    paths = write_report(before, tmp_path)
    assert paths[1].read_bytes().startswith(b"\x89PNG")
    assert last_report(tmp_path) == before
    better = [said(one.intent, one.intent, one.confidence, one.strangeness) for one in SOME]
    lines = summary(make_report({"held_out": better, "cross_validation": []}, 20), before)
    text = "\n".join(lines)
    assert "Phrases mises de côté : 8 phrases" in text
    assert "exactitude      100,0 % (+37,5)" in text
    assert "rappel 100,0 % (+50,0), fausses alertes 0,0 % (+0,0)" in text
    assert "+50,0 F1  a" in text


def test_a_summary_without_a_former_report() -> None:
    text = "\n".join(summary(make_report({"held_out": SOME, "cross_validation": SOME}, 20)))
    assert "Validation croisée : 8 phrases" in text
    assert "1  a pris pour b" in text
    assert "(+" not in text


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"parts": 3}'])
def test_a_damaged_report_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / REPORT).write_text(content, encoding="utf-8")
    assert last_report(tmp_path) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SofyError, match="ne peut pas être écrit"):
        write_report(make_report({"held_out": SOME}, 1), tmp_path / "file")


def test_parse_all(tmp_path: Path) -> None:
    from bot.nlu import Pipeline

    pipeline = Pipeline.train(RASA_INIT, DATA, [])
    outcomes = parse_all(pipeline, [Example("bonjour", "greet"), Example("", "greet")])
    assert [one.right for one in outcomes] == [True, False]
