"""Entities marked in a text: `[abc](entity)`, `[abc](entity:value)`, `[abc]{"entity": …}`."""

from __future__ import annotations

import json
import re
from typing import Any

_MARK = re.compile(
    r"\[(?P<text>[^\]]+?)\](?:\((?P<entity>[^:)]+?)(?::(?P<value>[^)]+))?\)|(?P<json>\{[^}]+?\})|\[(?P<several>.*?)\])"
)
_JSON_KEYS = frozenset({"entity", "value", "role", "group"})


class AnnotationError(ValueError):
    """A mark in a text cannot be read; the message says why without quoting the text."""


def parse_annotated(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Take the marks out of `text`.

    Returns the bare text and Rasa's entity dicts (`entity`, `value`, `start`, `end`, `role`?, `group`?).
    Raises AnnotationError for a mark that Rasa would accept but that is not supported or not well formed.
    """
    parts: list[str] = []
    entities: list[dict[str, Any]] = []
    length = position = 0
    for found in _MARK.finditer(text):
        before = text[position : found.start()]
        marked = found["text"]
        start = length + len(before)
        parts += [before, marked]
        length = start + len(marked)
        position = found.end()
        entities.append({**_attributes(found, marked), "start": start, "end": length})
    parts.append(text[position:])
    return "".join(parts), entities


def _attributes(found: re.Match[str], marked: str) -> dict[str, Any]:
    if found["several"] is not None:
        raise AnnotationError("several entities on one text are not supported")
    if found["json"] is None:
        return {"entity": found["entity"], "value": found["value"] or marked}
    try:
        body = json.loads(found["json"])
    except ValueError:
        raise AnnotationError("an entity's braces do not hold JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("entity"), str) or not set(body) <= _JSON_KEYS:
        raise AnnotationError("an entity needs `entity` and may have `value`, `role` and `group`, nothing else")
    return {"value": marked, **body}
