"""What understanding is measured by: per intent, in confusions, in confidence, at the edge of the scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.classify.fallback import FALLBACK_INTENT
from bot.nlu.data import Example
from bot.nlu.result import ParseResult

OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"
FALSE_REJECTION = 0.05
"""Share of in-scope sentences that may be rejected when out-of-scope recall is measured."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test sentence: what it means, and what it was taken for."""

    text: str
    """The sentence."""
    intent: str
    """What it means."""
    predicted: str | None
    """Intent that was answered, `nlu_fallback` included."""
    likeliest: str | None
    """Intent that the classifier put first, whatever the fallback said."""
    confidence: float
    """How sure the classifier was of it."""
    strangeness: float
    """How much it looks out of scope: 0 to 2."""
    source: str = ""
    """Where the sentence stands."""

    @property
    def right(self) -> bool:
        """Whether the classifier understood it."""
        return self.intent == self.likeliest


def outcome(example: Example, result: ParseResult) -> Outcome:
    """Compare a parse with what the example means."""
    ranking = [(str(one["name"]), float(one["confidence"])) for one in result.intent_ranking]
    ranking = [one for one in ranking if one[0] != FALLBACK_INTENT]
    likeliest, confidence = ranking[0] if ranking else (None, 0.0)
    inside = max((sure for name, sure in ranking if name != OUT_OF_SCOPE), default=0.0)
    outside = dict(ranking).get(OUT_OF_SCOPE, 0.0)
    answered = result.intent["name"]
    strangeness = outside + 1 - inside
    return Outcome(example.text, example.intent, answered, likeliest, confidence, strangeness, example.source)


def measures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything that a report says about one set of sentences, as JSON."""
    per_intent = intent_scores(outcomes)
    confusions = Counter((one.intent, str(one.likeliest)) for one in outcomes if not one.right)
    return {
        "sentences": len(outcomes),
        "accuracy": _share(one.right for one in outcomes),
        "accuracy_with_fallback": _share(one.intent == one.predicted for one in outcomes),
        "fallback": _share(one.predicted == FALLBACK_INTENT for one in outcomes),
        "macro_f1": _mean(row["f1"] for row in per_intent.values()),
        "intents": per_intent,
        "confusions": [
            {"intent": meant, "taken_for": taken, "count": count}
            for (meant, taken), count in sorted(confusions.items(), key=lambda item: (-item[1], item[0]))
        ],
        "confidence": confidence_histogram(outcomes),
        "calibration_error": calibration_error(outcomes),
        "out_of_scope": scope_scores(outcomes),
        "emergency": alarm_scores(outcomes),
        "errors": [
            {"text": one.text, "intent": one.intent, "taken_for": one.likeliest, "confidence": round(one.confidence, 3)}
            | ({"source": one.source} if one.source else {})
            for one in outcomes
            if not one.right
        ],
    }


def intent_scores(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and number of sentences of each intent."""
    meant = Counter(one.intent for one in outcomes)
    said = Counter(str(one.likeliest) for one in outcomes)
    right = Counter(one.intent for one in outcomes if one.right)
    table: dict[str, dict[str, float]] = {}
    for intent in sorted(meant):
        precision = right[intent] / said[intent] if said[intent] else 0.0
        recall = right[intent] / meant[intent]
        f1 = 2 * precision * recall / (precision + recall) if right[intent] else 0.0
        table[intent] = {"precision": precision, "recall": recall, "f1": f1, "sentences": meant[intent]}
    return table


def confidence_histogram(outcomes: Sequence[Outcome]) -> dict[str, list[int]]:
    """Right and wrong answers by tenth of confidence."""
    tenths = [(min(int(one.confidence * _BINS), _BINS - 1), one.right) for one in outcomes]
    return {
        "right": [tenths.count((at, True)) for at in range(_BINS)],
        "wrong": [tenths.count((at, False)) for at in range(_BINS)],
    }


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Expected calibration error: how far confidence is from the share of right answers, on average."""
    total = 0.0
    for at in range(_BINS):
        bin_ = [one for one in outcomes if min(int(one.confidence * _BINS), _BINS - 1) == at]
        if bin_:
            gap = abs(_mean(one.confidence for one in bin_) - _share(one.right for one in bin_))
            total += gap * len(bin_) / len(outcomes)
    return total


def scope_scores(outcomes: Sequence[Outcome]) -> dict[str, float] | None:
    """How well strangeness tells what is out of scope; None without sentences of both kinds."""
    outside = np.array([one.strangeness for one in outcomes if one.intent == OUT_OF_SCOPE])
    inside = np.array([one.strangeness for one in outcomes if one.intent != OUT_OF_SCOPE])
    if not len(outside) or not len(inside):
        return None
    threshold = float(np.quantile(inside, 1 - FALSE_REJECTION))
    return {
        "auroc": auroc(outside, inside),
        "recall_at_false_rejection": float(np.mean(outside > threshold)),
        "false_rejection": float(np.mean(inside > threshold)),
    }


def auroc(positive: Any, negative: Any) -> float:
    """Chance that a positive's score is above a negative's; ties count half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    equal = np.searchsorted(ordered, positive, side="right") - below
    return float(np.sum(below + equal / 2) / (len(positive) * len(negative)))


def alarm_scores(outcomes: Sequence[Outcome]) -> dict[str, float] | None:
    """Recall of emergencies and share of false alarms; None without emergencies."""
    needed = [one.predicted == EMERGENCY for one in outcomes if one.intent == EMERGENCY]
    others = [one.predicted == EMERGENCY for one in outcomes if one.intent != EMERGENCY]
    if not needed or not others:
        return None
    return {"recall": _share(needed), "false_alarms": _share(others), "sentences": len(needed)}


def _share(hits: Iterable[bool]) -> float:
    return _mean(float(hit) for hit in hits)


def _mean(numbers: Iterable[float]) -> float:
    values = list(numbers)
    return sum(values) / len(values) if values else 0.0
