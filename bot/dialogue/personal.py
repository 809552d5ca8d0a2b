"""Personal values in what patients type: read for the turn, logged masked.

The slots keep the values that the conversation needs. The text they came in is not needed again, and may hold more:
a number refused as a NAS, another person's address. So the log keeps the sentence without them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.dialogue.events import Event

MASK = "●●●"
_DIGITS = re.compile(r"\d(?:[\s.\-]?\w?\d){5,}")
"""Six digits or more, grouped or not, perhaps with a letter typed for a digit: no such number is logged."""
_ADDRESS = re.compile(r"[^\s@¡]{1,64}\s?[@¡]\s?[^\s@]{1,255}")


class PersonalText:
    """Masks the entities named, long numbers and addresses in user events."""

    def __init__(self, entities: Collection[str] = ()) -> None:
        """`entities`: the types whose values are personal; none of them, and nothing is masked."""
        self._entities = frozenset(entities)

    def masked(self, event: Event) -> Event:
        """A user event as it may be logged; the same object when there is nothing to mask."""
        text = event.get("text") or ""
        if not self._entities or text.startswith("/"):
            return event
        parsed = event.get("parse_data") or {}
        entities = parsed.get("entities") or []
        personal = [one for one in entities if one.get("entity") in self._entities]
        clean = self._text(text, personal)
        if clean == text and not personal:
            return event
        hidden = [{**one, "value": MASK} if one in personal else one for one in entities]
        return {**event, "text": clean, "parse_data": {**parsed, "text": clean, "entities": hidden}}

    @staticmethod
    def _text(text: str, personal: Iterable[Mapping[str, Any]]) -> str:
        spans = [(one["start"], one["end"]) for one in personal if isinstance(one.get("start"), int)]
        for start, end in sorted(spans, reverse=True):
            text = text[:start] + MASK + text[end:]
        return _ADDRESS.sub(MASK, _DIGITS.sub(MASK, text))
