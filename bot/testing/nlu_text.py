"""The report of `sofy test nlu`, summed up in French for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TITLES = {"cross_validation": "Validation croisée", "held_out": "Phrases mises de côté"}
_MOST_SHOWN = 12
_WEAK = 0.8
_NOTABLE = 0.02


def summary(report: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[str]:
    """Lines that say what the report says; with `before`, what changed since."""
    lines: list[str] = []
    for name, part in report["parts"].items():
        old = before["parts"].get(name) if before is not None else None
        lines += ["", *_part(_TITLES.get(name, name), part, old)]
    return lines[1:]


def _part(title: str, part: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[str]:
    lines = [
        f"{title} : {part['sentences']} phrases",
        f"  exactitude      {_percent(part, old, 'accuracy')}",
        f"  F1 moyen        {_percent(part, old, 'macro_f1')}",
        f"  sans réponse    {_percent(part, old, 'fallback')}",
        f"  écart confiance {_percent(part, old, 'calibration_error')}",
    ]
    lines += _special(part, old)
    weak = [(row["f1"], intent) for intent, row in part["intents"].items() if row["f1"] < _WEAK]
    if weak:
        lines.append("  intentions faibles : " + ", ".join(f"{name} {_said(f1)}" for f1, name in sorted(weak)))
    shown = part["confusions"][:_MOST_SHOWN]
    lines += [f"  {one['count']:4d}  {one['intent']} pris pour {one['taken_for']}" for one in shown]
    return lines + _changes(part, old)


def _special(part: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[str]:
    lines: list[str] = []
    earlier = old or {}
    if scope := part["out_of_scope"]:
        was = earlier.get("out_of_scope")
        lines.append(f"  hors sujet      AUROC {_percent(scope, was, 'auroc')}")
        lines.append(
            f"                  rappel {_percent(scope, was, 'recall_at_false_rejection')}"
            f" à {_said(scope['false_rejection'])} de rejets à tort"
        )
    if alarm := part["emergency"]:
        was = earlier.get("emergency")
        lines.append(
            f"  urgences        rappel {_percent(alarm, was, 'recall')},"
            f" fausses alertes {_percent(alarm, was, 'false_alarms')}"
        )
    return lines


def _changes(part: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[str]:
    """Intents whose F1 moved notably, the worst first."""
    if old is None:
        return []
    moved = [
        (row["f1"] - old["intents"][intent]["f1"], intent)
        for intent, row in part["intents"].items()
        if intent in old["intents"]
    ]
    moved = sorted((change, intent) for change, intent in moved if abs(change) >= _NOTABLE)
    return [f"  {_signed(change)} F1  {intent}" for change, intent in moved]


def _percent(part: Mapping[str, Any], old: Mapping[str, Any] | None, key: str) -> str:
    value = float(part[key])
    if old is None or key not in old:
        return _said(value)
    return f"{_said(value)} ({_signed(value - float(old[key]))})"


def _said(value: float) -> str:
    return f"{100 * value:.1f} %".replace(".", ",")


def _signed(change: float) -> str:
    return f"{100 * change:+.1f}".replace(".", ",").replace("-", "−")
