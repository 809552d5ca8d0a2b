"""The report of `sofy test nlu` as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_TITLES = {"cross_validation": "Validation croisée", "held_out": "Phrases mises de côté"}
_RIGHT, _WRONG, _BAR = "#2a7f62", "#c8553d", "#4a6fa5"


def draw(report: Mapping[str, Any], path: Path) -> None:
    """Draw F1 per intent, the confusion table and the confidence histogram, a row for each part."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - asked for once in a while
    from matplotlib.figure import Figure  # noqa: PLC0415

    parts = report["parts"]
    figure = Figure(figsize=(24, 11 * max(1, len(parts))), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(max(1, len(parts)), 3, squeeze=False, width_ratios=(2, 3, 2))
    for row, (name, part) in zip(axes, parts.items(), strict=False):
        title = f"{_TITLES.get(name, name)} : {100 * part['accuracy']:.1f} % de {part['sentences']} phrases"
        _scores(row[0], part, title.replace(".", ","))
        _table(row[1], part)
        _confidence(row[2], part)
    figure.savefig(path, dpi=80)


def _scores(axis: Any, part: Mapping[str, Any], title: str) -> None:
    rows = sorted((row["f1"], intent) for intent, row in part["intents"].items())
    axis.barh([intent for _, intent in rows], [f1 for f1, _ in rows], color=_BAR)
    axis.set_xlim(0, 1)
    axis.set_title(title)
    axis.set_xlabel("F1 par intention")
    axis.tick_params(axis="y", labelsize=8)
    axis.grid(axis="x", alpha=0.3)


def _table(axis: Any, part: Mapping[str, Any]) -> None:
    intents = sorted(part["intents"])
    place = {intent: at for at, intent in enumerate(intents)}
    counts = np.zeros((len(intents), len(intents)))
    for intent, row in part["intents"].items():
        counts[place[intent], place[intent]] = row["recall"] * row["sentences"]
    for one in part["confusions"]:
        if one["taken_for"] in place:
            counts[place[one["intent"]], place[one["taken_for"]]] = one["count"]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axis.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)  # the root lets rare confusions be seen
    axis.set_xticks(range(len(intents)), intents, rotation=90, fontsize=7)
    axis.set_yticks(range(len(intents)), intents, fontsize=7)
    axis.set_title("Ce qui est dit (ligne) et ce qui est compris (colonne)")


def _confidence(axis: Any, part: Mapping[str, Any]) -> None:
    right, wrong = part["confidence"]["right"], part["confidence"]["wrong"]
    edges = [(at + 0.5) / len(right) for at in range(len(right))]
    width = 0.9 / len(right)
    axis.bar(edges, right, width, color=_RIGHT, label="compris")
    axis.bar(edges, wrong, width, bottom=right, color=_WRONG, label="mal compris")
    axis.set_yscale("symlog")
    axis.set_xlabel("confiance")
    axis.set_ylabel("phrases")
    axis.set_title("Confiance")
    axis.legend()
