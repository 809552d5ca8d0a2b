"""One turn as each engine shows it over HTTP, made comparable, and the differences between two of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.parity.scripts import Message, Script
from bot.testing.core import SILENT

INTENDED: dict[str, str] = {}
"""Differences that are meant, by the mark that `compare` gives them."""

OTHERWISE: dict[str, str] = {}
"""Stories that go otherwise than they tell when they are played over REST, with the reason (docs/parity.md)."""

RANDOM = frozenset({"account_id"})
"""Slots whose values are drawn at random: whether they are set is compared."""


@dataclass(frozen=True)
class Turn:
    """What came back to one message, and what was logged for it."""

    replies: list[dict[str, Any]]
    actions: list[str]
    slots: dict[str, Any]
    form: str | None


def turn_of(replies: list[dict[str, Any]], state: dict[str, Any], before: int) -> Turn:
    """One turn: `replies` of the REST channel, the tracker's state after it, the number of events before it."""
    actions = [event["name"] for event in state["events"][before:] if event["event"] == "action"]
    form = (state.get("active_loop") or {}).get("name")
    return Turn([_reply(reply) for reply in replies], actions, _slots(state["slots"]), form)


def _reply(reply: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in reply.items() if key != "recipient_id"}
    if "text" in kept:  # how long to wait depends on when it was asked
        kept["text"] = re.sub(r"\d+ (secondes|minutes)", r"N \1", kept["text"])
    return kept


def _slots(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: (value is not None if name in RANDOM else value) for name, value in sorted(slots.items())}


def compare(script: Script, ours: Sequence[Turn], theirs: Sequence[Turn]) -> list[str]:
    """Differences between two plays of a conversation, as lines to print."""
    lines: list[str] = []
    for number, (message, one, other) in enumerate(zip(script.messages, ours, theirs, strict=True), 1):
        where = _where(script, number, message)
        if one.replies != other.replies:
            lines.append(f"{where}: replies\n    runtime {_json(one.replies)}\n    Rasa    {_json(other.replies)}")
        if one.actions != other.actions:
            lines.append(f"{where}: actions\n    runtime {one.actions}\n    Rasa    {other.actions}")
        if one.form != other.form:
            lines.append(f"{where}: form (runtime, Rasa) {one.form}, {other.form}")
        names = one.slots.keys() | other.slots.keys()
        changed = {name for name in names if one.slots.get(name) != other.slots.get(name)}
        if changed:
            shown = {name: (one.slots.get(name), other.slots.get(name)) for name in sorted(changed)}
            lines.append(f"{where}: slots (runtime, Rasa) {shown}")
    return lines


def otherwise(script: Script, turns: Sequence[Turn]) -> list[str]:
    """Where a story went otherwise than it tells, as lines to print: it may be that nothing was tested."""
    lines: list[str] = []
    for number, (message, turn) in enumerate(zip(script.messages, turns, strict=True), 1):
        done = tuple(name for name in turn.actions if name not in SILENT)
        if message.told is not None and done != message.told:
            lines.append(f"{_where(script, number, message)}: not as told: {', '.join(done) or 'nothing'}")
    return lines


def _where(script: Script, number: int, message: Message) -> str:
    return f"{script.name}, message {number} ({message.text[:40]})"


def _json(replies: list[dict[str, Any]]) -> str:
    return json.dumps(replies, ensure_ascii=False)
