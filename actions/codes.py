"""Sending the access code, first and again."""

from __future__ import annotations

import math
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.portal import get_portal
from actions.replies import minutes, shown_email
from actions.turn import Turn

Line = tuple[str, dict[str, Any]]


async def send_code(
    account_id: str, clinic_id: str, conversation: str, turn: Turn, email: str | None, *, again: bool
) -> tuple[str, list[Line]]:
    """Send a code. Returns the store's status and what to say of it: (response, values)."""
    portal = await get_portal()
    result = await portal.send_code(account_id, clinic_id, conversation, turn.page_session, address=turn.address)
    address = {"email_masked": shown_email(email)}
    lines: dict[str, list[Line]] = {
        "sent": [("utter_code_resent" if again else "utter_code_sent", address)],
        "too_soon": [("utter_code_too_soon", {"wait": result.wait_seconds})]
        if again
        else [("utter_code_already_sent", address)],
        "mail_failed": [("utter_mail_failed", {})],
        "busy": [("utter_code_busy", {"wait": minutes(result.wait_seconds)})],
    }
    limit: list[Line] = [("utter_code_limit", {"wait": math.ceil(result.wait_seconds / 60)})]
    return result.status, lines.get(result.status, limit)


class ActionResendCode(Action):
    """Sends a new code; the one before it is dead from then on."""

    def name(self) -> str:
        """Name of the action."""
        return "action_resend_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Send it while a code is asked for; else say that there is none to send."""
        if tracker.active_loop_name != "activation_form":
            dispatcher.utter_message(response="utter_nothing_to_resend")
            return []
        _, lines = await send_code(
            tracker.get_slot("account_id"),
            tracker.get_slot("clinic_choice"),
            tracker.sender_id,
            Turn.of(tracker),
            tracker.get_slot("email"),
            again=True,
        )
        for response, values in lines:
            dispatcher.utter_message(response=response, **values)
        return [SlotSet("resend_offered", None), SlotSet("trouble", None)]
