"""Reads the responses of a domain strictly."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap

from bot.project.names import UTTER
from bot.project.yaml import Source, line_of, plain

_VARIATION_KEYS = {
    "text",
    "buttons",
    "quick_replies",
    "image",
    "attachment",
    "elements",
    "custom",
    "channel",
    "condition",
    "metadata",
    "id",
}
_BUTTON_KEYS = {"title", "payload", "type", "url"}


def read_response(responses: CommentedMap, name: str, source: Source) -> list[dict[str, Any]] | None:
    """The variations of one response; each needs `text` or `custom`, as in Rasa."""
    key, line = f"responses.{name}", line_of(responses, name)
    if not name.startswith(UTTER):
        source.report("the name of a response starts with utter_", line, key)
    if "/" in name:
        source.report("retrieval responses are not supported", line, key)
    variations = source.sequence(responses[name], line, key)
    if not variations:
        source.report("a response needs at least one variation", line, key)
        return None
    answer = []
    for variation, at in source.items(variations):
        body = source.mapping(variation, at, key)
        if body is None:
            continue
        _check_variation(body, at, key, source)
        answer.append(plain(body))
    return answer


def _check_variation(body: CommentedMap, line: int, key: str, source: Source) -> None:
    source.only(body, _VARIATION_KEYS, key)
    if not body.get("text") and not body.get("custom"):
        source.report("a variation needs text or custom", line, f"{key}.text")
    if "text" in body and not isinstance(body["text"], str):
        source.report("text must be a string", line, f"{key}.text")
    elif isinstance(body.get("text"), str):
        _check_braces(str(body["text"]), line, f"{key}.text", source)
    for part in ("buttons", "quick_replies"):
        buttons = source.sequence(body.get(part), line, f"{key}.{part}")
        for button, at in source.items(buttons) if buttons is not None else ():
            node = source.mapping(button, at, f"{key}.{part}")
            if node is not None:
                source.only(node, _BUTTON_KEYS, f"{key}.{part}")
                if not node.get("title"):
                    source.report("a button needs a title", at, f"{key}.{part}.title")
    _check_condition(body, line, key, source)


def _check_condition(body: CommentedMap, line: int, key: str, source: Source) -> None:
    if "condition" not in body:
        return
    conditions = source.sequence(body["condition"], line, f"{key}.condition")
    if not conditions:
        source.report("an empty condition is never met: the variation would never be said", line, f"{key}.condition")
        return
    for condition, at in source.items(conditions):
        node = source.mapping(condition, at, f"{key}.condition")
        if node is None:
            continue
        source.only(node, {"type", "name", "value"}, f"{key}.condition")
        if node.get("type") != "slot" or "name" not in node or "value" not in node:
            source.report("a condition needs `type: slot`, `name` and `value`", at, f"{key}.condition")


def _check_braces(text: str, line: int, key: str, source: Source) -> None:
    """A brace that opens no `{name}` makes the whole text fail when it is said."""
    depth = 0
    for character in text.replace("{{", "").replace("}}", ""):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth not in (0, 1):
            break
    if depth != 0:
        source.report("unbalanced braces (write {{ and }} for braces that are meant to be read)", line, key)
