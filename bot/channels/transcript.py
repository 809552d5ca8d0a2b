"""What a patient sees again of a conversation after the page was loaded again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MASK = "●●●●"


def visible_history(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the messages of the current session: `{from: "user"|"bot", text, …}`; only the last bot's buttons stay."""
    lines: list[dict[str, Any]] = []
    for event in events:
        kind = event.get("event")
        if kind in {"session_started", "restart"}:
            lines.clear()
        elif kind == "user":
            text = _typed(event)
            if text:
                lines.append({"from": "user", "text": text})
        elif kind == "bot":
            data = event.get("data") or {}
            line = {"from": "bot", "text": event.get("text")}
            line |= {name: data[name] for name in ("buttons", "custom", "image", "attachment") if data.get(name)}
            lines.append({name: value for name, value in line.items() if value})
    last_user = max((index for index, line in enumerate(lines) if line["from"] == "user"), default=-1)
    for line in lines[: last_user + 1]:
        line.pop("buttons", None)
    return lines


def _typed(event: Mapping[str, Any]) -> str | None:
    metadata = event.get("metadata") or {}
    if metadata.get("start"):
        return None  # the page opened the chat: the patient said nothing
    if metadata.get("input") == "secret" or metadata.get("masked"):
        return MASK
    text = str(event.get("text") or "")
    # A button's payload is shown by its title.
    return str(metadata["title"]) if metadata.get("title") else (None if text.startswith("/") else text)
