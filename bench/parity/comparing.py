"""One turn as each engine shows it over HTTP, made comparable, and the differences between two of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.parity.scripts import Message, Script
from bot.testing.core import SILENT

INTENDED = {
    "action that raises": "Rasa is silent where the runtime apologises",
}
"""Differences that are meant, by their mark: the rows of docs/parity.md that these conversations come upon."""

OTHERWISE = {
    "a patient comes back after more than a day": "the engine's clock, not the portal's, ends a session",
}
"""Stories that go otherwise than they tell when they are played over REST, with the reason (docs/parity.md)."""

RANDOM = frozenset({"account_id"})
"""Slots whose values are drawn at random: whether they are set is compared."""
_WAIT = re.compile(r"\d+ (secondes|minutes)")
_REFERENCE = re.compile(r"(?<=\s: )[0-9a-f]{8}(?=\.$)")
"""What a failure is logged under, drawn at random: the last word of the apology."""


@dataclass(frozen=True)
class Turn:
    """What came back to one message, and what was logged for it."""

    replies: list[dict[str, Any]]
    actions: list[str]
    slots: dict[str, Any]
    form: str | None
    events: list[str]
    """All that was logged, in order: kinds with the names and values of slots, actions and forms."""
    intent: str | None


@dataclass(frozen=True)
class Difference:
    """One message that the engines did not deal with alike."""

    text: str
    mark: str | None = None
    """Key of `INTENDED` when it is meant."""


def turn_of(replies: list[dict[str, Any]], state: dict[str, Any], number: int, *, same_time: bool = False) -> Turn:
    """The turn of the message of this number: the REST channel's `replies` and the tracker's state after it.

    Unless it is played at the `same_time` on both sides, how long the patient is told to wait is not compared.
    """
    events = _since(state["events"], number)
    user: dict[str, Any] = next((event for event in events if event["event"] == "user"), {})
    return Turn(
        replies=[_reply(reply, same_time) for reply in replies],
        actions=[event["name"] for event in events if event["event"] == "action"],
        slots={name: _value(name, value) for name, value in sorted(state["slots"].items())},
        form=(state.get("active_loop") or {}).get("name"),
        events=[_event(event) for event in events],
        intent=(user.get("parse_data") or {}).get("intent", {}).get("name"),
    )


def _since(events: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The events from one message on, and for the first message those before it too.

    Not found by counting: what Rasa logs before a session's start is in its tracker until it reads it back.
    """
    messages = [place for place, event in enumerate(events) if event["event"] == "user"]
    if number > len(messages):
        return []  # it was not even logged
    return events[messages[number - 1] :] if number > 1 else events


def _reply(reply: dict[str, Any], same_time: bool) -> dict[str, Any]:
    kept = {key: value for key, value in reply.items() if key != "recipient_id"}
    if "text" in kept:
        text = _REFERENCE.sub("REFERENCE", kept["text"])
        kept["text"] = text if same_time else _WAIT.sub(r"N \1", text)
    return kept


def _value(name: str, value: Any) -> Any:
    return value is not None if name in RANDOM else value


def _event(event: dict[str, Any]) -> str:
    words = [event["event"], str(event.get("name") or "")]
    if event["event"] == "slot":
        words.append(json.dumps(_value(event["name"], event["value"]), ensure_ascii=False, sort_keys=True))
    return " ".join(words).strip()


def compare(script: Script, ours: Sequence[Turn], theirs: Sequence[Turn]) -> list[Difference]:
    """Differences between two plays of a conversation, one for each message that was not dealt with alike."""
    found: list[Difference] = []
    for number, (message, one, other) in enumerate(zip(script.messages, ours, theirs, strict=True), 1):
        kinds = list(_differences(one, other))
        if kinds:
            found.append(Difference("\n  ".join([_where(script, number, message), *kinds]), _mark(one, other)))
    return found


def _differences(one: Turn, other: Turn) -> Iterator[str]:
    if one.replies != other.replies:
        yield f"replies\n    runtime {_json(one.replies)}\n    Rasa    {_json(other.replies)}"
    if one.actions != other.actions:
        yield f"actions\n    runtime {one.actions}\n    Rasa    {other.actions}"
    elif one.events != other.events:
        yield f"events\n    runtime {one.events}\n    Rasa    {other.events}"
    if one.form != other.form:
        yield f"form (runtime, Rasa) {one.form}, {other.form}"
    if one.intent != other.intent:
        yield f"intent (runtime, Rasa) {one.intent}, {other.intent}"
    names = one.slots.keys() | other.slots.keys()
    changed = sorted(name for name in names if one.slots.get(name) != other.slots.get(name))
    if changed:
        yield f"slots (runtime, Rasa) { {name: (one.slots.get(name), other.slots.get(name)) for name in changed} }"


def _mark(one: Turn, other: Turn) -> str | None:
    """Which intended difference two turns show, if it is one."""
    apology = [{"text": reply.get("text", "")} for reply in one.replies]
    alike = (one.actions, one.slots, one.form, one.intent) == (other.actions, other.slots, other.form, other.intent)
    # With Rasa behind our channels the apology is the service's: said, and not in the engine's log.
    silent = other.replies in ([], one.replies)
    if alike and silent and one.replies == apology and len(apology) == 1:
        return "action that raises" if "REFERENCE" in apology[0]["text"] else None
    return None


def otherwise(script: Script, turns: Sequence[Turn]) -> list[Difference]:
    """Where a story went otherwise than it tells: it may be that nothing was tested."""
    found: list[Difference] = []
    for number, (message, turn) in enumerate(zip(script.messages, turns, strict=True), 1):
        done = tuple(name for name in turn.actions if name not in SILENT)
        if message.told is not None and done != message.told:
            found.append(Difference(f"{_where(script, number, message)}: not as told: {', '.join(done) or 'nothing'}"))
    return found


def _where(script: Script, number: int, message: Message) -> str:
    return f"{script.name}, message {number} ({message.text[:40]})"


def _json(replies: list[dict[str, Any]]) -> str:
    return json.dumps(replies, ensure_ascii=False)
