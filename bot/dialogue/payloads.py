"""Messages of the form `/intent@0.9{"entity": "value"}` (`rasa/…/yaml_story_reader.py`, `unpack_regex_message`)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from bot.project.domain import Domain

logger = logging.getLogger(__name__)

_PAYLOAD = re.compile(r"^/(?P<name>[^{@]+)(?P<confidence>@[0-9.]+)?(?P<entities>{.+})?(?P<rest>.*)")
EXTRACTOR = "RegexMessageHandler"


def parse_payload(text: str, domain: Domain) -> dict[str, Any] | None:
    """Rasa's parse data of a payload, or None when `text` is not one or names an unknown intent."""
    stripped = text.strip()
    found = _PAYLOAD.match(stripped) if stripped.startswith("/") else None
    if found is None:
        return None
    name = found["name"].strip()
    if name not in domain.intent_set:
        return None
    intent = {"name": name, "confidence": _confidence(found["confidence"])}
    return {
        "text": stripped,
        "intent": intent,
        "intent_ranking": [dict(intent)],
        "entities": _entities(found, domain),
    }


def _confidence(written: str | None) -> float:
    """1 when absent, 0 when it is not a number, at most 1."""
    if written is None:
        return 1.0
    try:
        return min(1.0, float(written[1:]))
    except ValueError:
        return 0.0


def _entities(found: re.Match[str], domain: Domain) -> list[dict[str, Any]]:
    if found["entities"] is None:
        return []
    try:
        values = json.loads(found["entities"])
    except ValueError:
        values = None
    if not isinstance(values, Mapping):
        logger.warning("The braces of a payload do not hold a JSON object: its entities are left out")
        return []
    start, end = found.span("entities")
    return [
        {"entity": name, "value": value, "start": start, "end": end, "extractor": EXTRACTOR}
        for name, given in values.items()
        if name in domain.entity_set
        for value in (given if isinstance(given, list) else [given])
    ]
