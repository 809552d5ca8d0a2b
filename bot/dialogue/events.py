"""Events of a conversation, as the JSON that Rasa stores and rasa-sdk reads (`rasa/shared/core/events.py`).

An event is a plain dict and is never changed once it is logged: the store, the tracker endpoint and the custom
actions all want exactly this, so there is nothing to convert.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Event = dict[str, Any]

STATELESS = frozenset({"agent", "export", "entities", "user_featurization", "bot"})
"""Events that are logged and change nothing."""
_STATEFUL = frozenset(
    {
        "user", "action", "slot", "active_loop", "loop_interrupted", "action_execution_rejected", "followup",
        "restart", "session_started", "rewind", "undo", "reset_slots", "pause", "resume",
    }
)  # fmt: skip
KNOWN = STATELESS | _STATEFUL
_LEGACY = {"form": "active_loop", "form_validation": "loop_interrupted"}


def user_uttered(
    text: str | None, parse_data: Mapping[str, Any], *, input_channel: str | None, metadata: Mapping[str, Any]
) -> Event:
    """The user said something; `parse_data` is Rasa's `{text, intent, entities, intent_ranking}`."""
    return {
        "event": "user",
        "timestamp": None,
        "text": text,
        "parse_data": {"message_id": None, "metadata": dict(metadata), **parse_data},
        "input_channel": input_channel,
        "message_id": None,
        "metadata": dict(metadata),
    }


def user_featurization() -> Event:
    """Rasa's mark that the last message counts by its intent, not its text."""
    return {"event": "user_featurization", "timestamp": None, "use_text_for_featurization": False}


def action_executed(
    name: str, policy: str | None = None, confidence: float | None = None, *, hide_rule_turn: bool = False
) -> Event:
    """An action was run."""
    return {
        "event": "action",
        "timestamp": None,
        "name": name,
        "policy": policy,
        "confidence": confidence,
        "action_text": None,
        "hide_rule_turn": hide_rule_turn,
    }


def action_rejected(name: str, policy: str | None = None, confidence: float | None = None) -> Event:
    """An action declined to run."""
    return {
        "event": "action_execution_rejected",
        "timestamp": None,
        "name": name,
        "policy": policy,
        "confidence": confidence,
    }


def slot_set(name: str, value: Any) -> Event:
    """A slot has a new value."""
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def active_loop(name: str | None) -> Event:
    """A form starts (or, with None, ends)."""
    return {"event": "active_loop", "timestamp": None, "name": name}


def loop_interrupted() -> Event:
    """The form runs again after something else: its answer must not be validated."""
    return {"event": "loop_interrupted", "timestamp": None, "is_interrupted": True}


def followup(name: str) -> Event:
    """The action to run next."""
    return {"event": "followup", "timestamp": None, "name": name}


def bot_uttered(message: Mapping[str, Any]) -> Event:
    """The assistant said something: a response or the message of a custom action; unknown keys are metadata."""
    rest = dict(message)
    text = rest.pop("text", None)
    data = {part: rest.pop(part, None) for part in ("elements", "quick_replies", "buttons")}
    attachment, image = rest.pop("attachment", None), rest.pop("image", None)
    data.update(attachment=attachment or image, image=image, custom=rest.pop("custom", None))
    return {"event": "bot", "timestamp": None, "text": text, "data": data, "metadata": rest}


def simple(name: str) -> Event:
    """An event with nothing to say but its name: restart, rewind, session_started, …"""
    return {"event": name, "timestamp": None}


def from_action(raw: Iterable[Mapping[str, Any]]) -> tuple[list[Event], list[str]]:
    """Events returned by a custom action, in Rasa's full shape.

    Returns them with the names of those that are not known (they are left out, as the rest must still apply).
    """
    events: list[Event] = []
    unknown: list[str] = []
    for given in raw:
        name = _LEGACY.get(str(given.get("event")), str(given.get("event")))
        if name not in KNOWN:
            unknown.append(name)
            continue
        events.append(_full(name, given))
    return events, unknown


def _full(name: str, given: Mapping[str, Any]) -> Event:
    event = {**given, "event": name, "timestamp": None}
    if name == "user":
        parsed = given.get("parse_data") or {}
        known = {"text": given.get("text"), "intent": {}, "entities": [], **parsed}
        return user_uttered(
            given.get("text"),
            known,
            input_channel=given.get("input_channel"),
            metadata=given.get("metadata") or {},
        )
    if name == "action":
        return action_executed(
            str(given.get("name")),
            given.get("policy"),
            given.get("confidence"),
            hide_rule_turn=bool(given.get("hide_rule_turn", False)),
        )
    if name == "bot":
        event.update(data=given.get("data") or {}, metadata=given.get("metadata") or {})
    return event


def intent_of(user: Event | None) -> str | None:
    """Intent of a user event."""
    if user is None:
        return None
    name = (user["parse_data"].get("intent") or {}).get("name")
    return str(name) if name is not None else None


def entities_of(user: Event | None) -> list[dict[str, Any]]:
    """Entities of a user event."""
    return (user["parse_data"].get("entities") or []) if user is not None else []
