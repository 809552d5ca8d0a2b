"""Small helpers that the actions share: what to show of a value, and switching from one form to another."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.rules.email import mask_email
from actions.rules.nam import mask_nam

logger = logging.getLogger(__name__)

CHANNEL_LINE = "\n"


def set_slots(**values: Any) -> list[EventType]:
    """Set several slots."""
    return [SlotSet(slot, value) for slot, value in values.items()]


def clear(slots: Iterable[str]) -> list[EventType]:
    """Forget the values of these slots."""
    return [SlotSet(slot, None) for slot in slots]


def apologise(dispatcher: CollectingDispatcher, action: str, error: Exception) -> None:
    """Tell the patient of a failure by a reference, and the log the kind of it (its text may quote a value)."""
    reference = secrets.token_hex(4)
    logger.error("%s failed (reference %s): %s", action, reference, type(error).__name__)
    dispatcher.utter_message(response="utter_internal_error", reference=reference)


def leave_form() -> list[EventType]:
    """Leave the active form, so that another starts afresh: Rasa replaces a form without resetting its question."""
    return [ActiveLoop(None), SlotSet("requested_slot", None)]


def minutes(seconds: int) -> int:
    """A wait in minutes, rounded up; at least 2, so that « {wait} minutes » is always right."""
    return max(2, math.ceil(seconds / 60))


def shown_email(value: str | None) -> str:
    """An email as it may be shown."""
    return mask_email(value) if value else "—"


def shown_nam(value: str | None) -> str:
    """A NAM as it may be shown."""
    return mask_nam(value) if value else "—"


def shown_username(value: str | None) -> str:
    """A username as it may be shown: in full, unless it is an email."""
    if not value:
        return "—"
    return mask_email(value) if "@" in value and "." in value else value


def profile_facts(tracker: Tracker) -> dict[str, str]:
    """The masked values that questions mention."""
    return {
        "email_masked": shown_email(tracker.get_slot("email")),
        "nam_masked": shown_nam(tracker.get_slot("nam")),
        "username_shown": shown_username(tracker.get_slot("username")),
    }


def one_line(clinic: Mapping[str, str]) -> str:
    """A found clinic in one line: name, the site that matched, address, city."""
    site = f" ({clinic['site']})" if clinic["site"] and clinic["site"] != clinic["name"] else ""
    place = ", ".join(part for part in (clinic["address"], clinic["city"]) if part)
    return f"{clinic['name']}{site}, {place}" if place else f"{clinic['name']}{site}"


def in_domain(domain: Mapping[str, Any], *names: str) -> str | None:
    """The first of these responses that the domain has."""
    responses = domain.get("responses", {})
    return next((name for name in names if name in responses), None)


def words(domain: Mapping[str, Any], response: str) -> str:
    """The text of a response that stands inside another (the name of a step, the title of a button)."""
    variations = domain.get("responses", {}).get(response) or [{}]
    return str(variations[0].get("text", ""))
