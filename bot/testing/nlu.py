"""`sofy test nlu`: cross-validation and a held-out set, measured and written as a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import SofyError
from bot.nlu.data import Example, NluData
from bot.nlu.pipeline import Pipeline
from bot.testing.nlu_measures import Outcome, measures, outcome

REPORT = "nlu_report.json"
PICTURE = "nlu_report.png"

Progress = Callable[[int, int], None]
"""Called with (parts done, parts in all)."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Cross-validation: how many parts, and what is drawn how."""

    count: int = 5
    """Parts; each is tested by a model trained on the others."""
    seed: int = 1
    """Decides which example is in which part."""


def cross_validate(
    config: list[dict[str, Any]], data: NluData, folds: Folds | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """Test every example by a model that has not seen it (nor another example of the same text).

    Raises:
        SofyError: an intent has fewer examples than there are parts.
    """
    folds = folds or Folds()
    places = fold_of(data.examples, folds)
    found: list[Outcome] = []
    for part in range(folds.count):
        if progress is not None:
            progress(part, folds.count)
        kept = [one for one, place in zip(data.examples, places, strict=True) if place != part]
        held = [one for one, place in zip(data.examples, places, strict=True) if place == part]
        pipeline = Pipeline.train(config, NluData(kept, data.synonyms, data.lookups, data.regexes), [])
        found += parse_all(pipeline, held)
    if progress is not None:
        progress(folds.count, folds.count)
    return found


def fold_of(examples: Sequence[Example], folds: Folds) -> list[int]:
    """The part of each example: intents are spread evenly, and equal texts stay together.

    Raises:
        SofyError: an intent has fewer texts than there are parts.
    """
    by_intent: dict[str, list[str]] = {}
    for example in examples:
        by_intent.setdefault(example.intent, []).append(example.text.casefold())
    dice = np.random.default_rng(folds.seed)
    part: dict[str, int] = {}
    for intent, texts in sorted(by_intent.items()):
        distinct = list(dict.fromkeys(texts))
        if len(distinct) < folds.count:
            raise SofyError(f"L’intention {intent} a moins de {folds.count} exemples : pas de validation croisée.")
        for at, place in enumerate(dice.permutation(len(distinct)).tolist()):
            part.setdefault(distinct[place], at % folds.count)
    return [part[example.text.casefold()] for example in examples]


def parse_all(pipeline: Pipeline, examples: Sequence[Example]) -> list[Outcome]:
    """Parse the examples and compare."""
    return [outcome(example, pipeline.parse(example.text)) for example in examples]


def make_report(parts: dict[str, Sequence[Outcome]], examples: int) -> dict[str, Any]:
    """The report as JSON: `parts` by name (`cross_validation`, `held_out`), each measured."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "examples": examples,
        "parts": {name: measures(outcomes) for name, outcomes in parts.items() if outcomes},
    }


def last_report(folder: Path) -> dict[str, Any] | None:
    """The report that an earlier run left in `folder`; None if there is none that can be read."""
    return read_report(folder / REPORT)


def read_report(path: Path) -> dict[str, Any] | None:
    """A report; None if this is none, or can't be read."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and isinstance(report.get("parts"), dict) else None


def write_report(report: dict[str, Any], folder: Path) -> list[Path]:
    """Write the report as JSON and as a picture; give both paths.

    Raises:
        SofyError: the folder cannot be written to.
    """
    from bot.testing.nlu_picture import draw  # noqa: PLC0415 - matplotlib takes a second to import

    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        (folder / REPORT).write_text(text, encoding="utf-8")
        draw(report, folder / PICTURE)
    except OSError as error:
        raise SofyError(f"Le rapport ne peut pas être écrit dans {folder} ({error.strerror}).") from None
    return [folder / REPORT, folder / PICTURE]
