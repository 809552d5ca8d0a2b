"""Responses of the domain: which variation is said, and with what words (`rasa/core/nlg`)."""

from __future__ import annotations

import copy
import logging
import re
import zlib
from collections.abc import Mapping
from typing import Any

from bot.dialogue.events import bot_uttered
from bot.dialogue.messages import BotMessage, split
from bot.dialogue.secrets import masked_field
from bot.dialogue.tracker import Tracker, View
from bot.project.domain import Domain, Response

logger = logging.getLogger(__name__)

_NAME = re.compile(r"{([^\n{}]+?)}")
_INTERPOLATED = ("text", "image", "custom", "buttons", "attachment", "quick_replies")


class Responses:
    """Says the domain's responses."""

    def __init__(self, domain: Domain, *, seed: int | None = None) -> None:
        """With a seed, conversations start at different variations; without, all at the first."""
        self._domain = domain
        self._seed = seed

    def generate(
        self,
        name: str,
        view: View,
        channel: str,
        said: Mapping[str, int],
        extra: Mapping[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        """Fill in the variation of `name` whose turn it is, as the message of a bot event.

        `said` has the variation used last, per response; `extra` holds values that go before the slots'.
        None when the domain has no variation for this channel and these slots.
        """
        variations = self._domain.responses.get(name)
        candidates = eligible(variations, channel, view.state.slots) if variations else []
        if not variations or not candidates:
            return None
        index = self._turn(name, view.sender_id, candidates, said)
        message = copy.deepcopy(variations[index])
        values = {**view.state.slots, **(extra or {})}
        for part in _INTERPOLATED:
            if part in message:
                message[part] = interpolate(message[part], values, name)
        message["utter_action"] = name
        if len(candidates) > 1:
            message["variation"] = index
        return message

    def _turn(self, name: str, sender_id: str, candidates: list[int], said: Mapping[str, int]) -> int:
        """The candidate after the one said last, so that nothing is said twice in a row."""
        last = said.get(name)
        if last is not None:
            return next((index for index in candidates if index > last), candidates[0])
        if self._seed is None:
            return candidates[0]
        return candidates[zlib.crc32(f"{self._seed}:{sender_id}:{name}".encode()) % len(candidates)]


class Spoken:
    """Says responses outside of any turn, for the service: too long a message, an internal error."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._responses = Responses(domain)

    def respond(self, name: str, tracker: Tracker, channel: str, values: Mapping[str, Any]) -> list[BotMessage]:
        """Say a response; it is not logged. A masked field stays masked."""
        said = self._responses.generate(name, tracker, channel, tracker.variations, values)
        if said is not None and "variation" in said:
            tracker.variations[name] = said["variation"]  # in memory only: two in a row differ
        masked = masked_field(tracker.requested_slot, self._domain)
        return [part for message in (said, masked) if message is not None for part in split(bot_uttered(message))]


def eligible(variations: list[Response], channel: str, slots: Mapping[str, Any]) -> list[int]:
    """Indexes of the variations to choose from: a channel's own before general ones, conditional ones first."""
    groups: dict[tuple[bool, bool], list[int]] = {}
    for index, variation in enumerate(variations):
        condition, wanted = variation.get("condition"), variation.get("channel")
        if wanted not in {None, channel}:
            continue
        if condition is None or (condition and _holds(condition, slots)):
            groups.setdefault((wanted is not None, condition is not None), []).append(index)
    order = ((True, True), (True, False), (False, True), (False, False))
    return next((groups[kind] for kind in order if kind in groups), [])


def _holds(condition: list[dict[str, Any]], slots: Mapping[str, Any]) -> bool:
    for constraint in condition:
        actual, wanted = slots.get(constraint["name"]), constraint["value"]
        if isinstance(actual, str) and isinstance(wanted, str):
            if actual.casefold() != wanted.casefold():
                return False
        elif actual != wanted:
            return False
    return True


def interpolate(part: Any, values: Mapping[str, Any], name: str) -> Any:
    """Put values in place of `{name}` in every string of a response's part."""
    if isinstance(part, str):
        return interpolate_text(part, values, name)
    if isinstance(part, dict):
        return {key: interpolate(inner, values, name) for key, inner in part.items()}
    if isinstance(part, list):
        return [interpolate(inner, values, name) for inner in part]
    return part


def interpolate_text(text: str, values: Mapping[str, Any], name: str = "") -> str:
    """Put values in place of `{name}`; `{{` and `}}` stand for braces.

    As in Rasa, one unknown name leaves the whole text as it is, and so does a value next to doubled braces.
    """
    if "{" not in text and "}" not in text:
        return text
    if "{{" in text or "}}" in text:
        return _with_doubled_braces(text, values, name)
    missing = [key for key in _NAME.findall(text) if key not in values]
    if missing or not {"{", "}"}.isdisjoint(_NAME.sub("", text)):
        logger.error("The response %s needs values that nobody gave: %s", name, ", ".join(missing))
        return text
    return _NAME.sub(lambda found: str(values[found[1]]), text)


def _with_doubled_braces(text: str, values: Mapping[str, Any], name: str) -> str:
    """Rasa formats twice, and the second time knows no values."""
    try:
        filled = _NAME.sub(r"{0[\1]}", text).format(values)
        return text.format({}) if "0[" in filled else filled
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        logger.error("The response %s needs values that nobody gave, or has unbalanced braces", name)
        return text
