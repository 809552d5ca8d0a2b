"""Masks personal values (email, NAM…) in what staff may read: the tracker answer, exports.

Which slots are personal is told by the `privacy` section of endpoints.yml, with the keys of Rasa Pro's PII
management: `rules: [{slot, anonymization: {type: redact|mask, redaction_char, keep_left, keep_right}}]`.
Secrets are another matter: they never reach the tracker at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SHORTEST = 4  # a shorter value is not looked for inside other texts: it would blank out ordinary words

_PERSONAL = re.compile(r"\d.*\d.*\d|@", re.DOTALL)  # what an email, a NAM or a telephone number has


@dataclass(frozen=True, slots=True)
class PrivacyRule:
    """How the values of one slot (and of the entity of the same name) are shown."""

    slot: str
    kind: str = "redact"  # or "mask": the value becomes [SLOT]
    char: str = "*"
    keep_left: int = 0
    keep_right: int = 0

    def apply(self, value: str) -> str:
        """Mask one value; one too short to hide what is kept is hidden whole."""
        if self.kind == "mask":
            return f"[{self.slot.upper()}]"
        hidden = len(value) - self.keep_left - self.keep_right
        if hidden < max(self.keep_left + self.keep_right, 1):
            return self.char * len(value)
        return value[: self.keep_left] + self.char * hidden + value[len(value) - self.keep_right :]


class Privacy:
    """Masks events and tracker states. Nothing given is changed: masked copies come back."""

    def __init__(self, rules: Iterable[PrivacyRule] = ()) -> None:
        self._rules: Mapping[str, PrivacyRule] = {rule.slot: rule for rule in rules}

    @property
    def names(self) -> frozenset[str]:
        """The slots (and entities) that are personal."""
        return frozenset(self._rules)

    def mask_state(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Mask a tracker state as Rasa gives it (slots, events, latest_message)."""
        values = self._values(state.get("events") or (), state.get("slots") or {})
        masked: dict[str, Any] = self._masked(dict(state), values)
        for name, rule in self._rules.items():
            value = masked.get("slots", {}).get(name)
            if isinstance(value, str):
                masked["slots"][name] = values.get(state["slots"][name]) or rule.apply(value)
        if state.get("events"):
            masked["events"] = self._mask_answers(state["events"], masked["events"])
        return masked

    def mask_events(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Mask a list of Rasa events."""
        values = self._values(events, {})
        return self._mask_answers(events, self._masked(events, values))

    def _values(self, events: Iterable[Mapping[str, Any]], slots: Mapping[str, Any]) -> dict[str, str]:
        """Every personal value that these events hold, with what to show instead."""
        found: dict[str, str] = {}

        def note(name: object, value: object) -> None:
            rule = self._rules.get(str(name))
            if rule is None:
                return
            if isinstance(value, str):
                if value:
                    found.setdefault(value, rule.apply(value))
                return
            # Inside an object there are names of things too, which are not personal and occur elsewhere.
            for text in _texts(value):
                if _PERSONAL.search(text):
                    found.setdefault(text, rule.apply(text))

        for name, value in slots.items():
            note(name, value)
        for event in events:
            if event.get("event") == "slot":
                note(event.get("name"), event.get("value"))
            elif event.get("event") == "user":
                text = event.get("text") or ""
                for entity in (event.get("parse_data") or {}).get("entities") or ():
                    note(entity.get("entity"), entity.get("value"))
                    start, end = entity.get("start"), entity.get("end")
                    if isinstance(start, int) and isinstance(end, int):
                        note(entity.get("entity"), text[start:end])
        return found

    def _masked(self, thing: Any, values: Mapping[str, str]) -> Any:
        longest_first = sorted((v for v in values if len(v) >= _SHORTEST), key=len, reverse=True)
        folded = {value.casefold(): shown for value, shown in values.items()}
        pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None

        def copy(part: Any) -> Any:
            if isinstance(part, dict):
                return {key: copy(value) for key, value in part.items()}
            if isinstance(part, (list, tuple)):
                return [copy(value) for value in part]
            if not isinstance(part, str):
                return part
            if part in values:
                return values[part]
            if pattern is None:
                return part
            return pattern.sub(lambda hit: folded.get(hit[0].casefold(), "*" * len(hit[0])), part)

        return copy(thing)

    def _mask_answers(self, events: list[dict[str, Any]], masked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hide what was typed, right or wrong, at the question of a personal slot when it holds digits or an @."""
        asked: object = None
        for original, event in zip(events, masked, strict=True):
            if original.get("event") == "slot":
                if original.get("name") == "requested_slot":
                    asked = original.get("value")
                elif original.get("name") in self._rules and isinstance(original.get("value"), str):
                    event["value"] = self._rules[original["name"]].apply(original["value"])
            elif original.get("event") == "user" and asked in self._rules:
                text = original.get("text") or ""
                if _PERSONAL.search(text) and not text.startswith("/"):
                    shown = f"[{str(asked).upper()}]"
                    event["text"] = shown
                    if isinstance(event.get("parse_data"), dict):
                        event["parse_data"] = {**event["parse_data"], "text": shown, "entities": []}
        return masked


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def read_rules(section: Mapping[str, Any]) -> list[PrivacyRule]:
    """Read the `rules` of endpoints.yml's `privacy` section. Raises ValueError naming the key that is wrong."""
    unknown = set(section) - {"rules", "tracker_store_settings"}  # these: bot/schedules.py
    if unknown:
        raise ValueError(f"privacy.{sorted(unknown)[0]}")
    rules = section.get("rules") or []
    if not isinstance(rules, list):
        raise ValueError("privacy.rules")
    return [_read_rule(rule, f"privacy.rules[{number}]") for number, rule in enumerate(rules)]


def _read_rule(rule: Any, key: str) -> PrivacyRule:
    if not isinstance(rule, Mapping) or set(rule) - {"slot", "anonymization"} or not isinstance(rule.get("slot"), str):
        raise ValueError(key)
    how = rule.get("anonymization") or {}
    known = {"type", "redaction_char", "keep_left", "keep_right"}
    if not isinstance(how, Mapping) or set(how) - known or how.get("type", "redact") not in {"redact", "mask"}:
        raise ValueError(f"{key}.anonymization")
    kept = [how.get("keep_left", 0), how.get("keep_right", 0)]
    char = how.get("redaction_char", "*")
    if not all(type(count) is int and count >= 0 for count in kept) or not isinstance(char, str) or len(char) != 1:
        raise ValueError(f"{key}.anonymization")
    return PrivacyRule(rule["slot"], how.get("type", "redact"), char, *kept)
