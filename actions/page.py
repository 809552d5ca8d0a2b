"""What the web chat's page tells: it was loaded again; the patient wants everything erased."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.portal import get_portal
from actions.replies import clear, leave_form, set_slots
from actions.steps import SIGNUP_SLOTS

_ENTERED = (
    *SIGNUP_SLOTS,
    "pending",
    "draft_found",
    "draft_shown",
    "account_id",
    "clinic_query",
    "clinic_choice",
    "clinic_name",
    "clinic_hits",
    "login_id",
    "login_password",
    "match_repair",
    "activation_code",
    "owner_masked",
)


class ActionPageReloaded(Action):
    """Kills the code that the page before had asked for, says so and offers another."""

    def name(self) -> str:
        """Name of the action."""
        return "action_page_reloaded"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Kill; nothing is said where there was no code to kill (loaded again once more, or no code waited for)."""
        killed = await (await get_portal()).kill_code(tracker.sender_id)
        if not killed or tracker.active_loop_name != "activation_form":
            return []
        dispatcher.utter_message(response="utter_page_reloaded")
        return set_slots(resend_offered=True, trouble=None)


class ActionErase(Action):
    """Erases what the conversation entered: the draft, its codes, an account that is not permanent yet.

    The conversation itself is deleted by the channel that asked for this.
    """

    def name(self) -> str:
        """Name of the action."""
        return "action_erase"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Erase and say what stays."""
        portal = await get_portal()
        await portal.kill_code(tracker.sender_id)
        await portal.drop_draft(tracker.sender_id)
        account = tracker.get_slot("account_id")
        stays = account is not None and not await portal.drop_provisional(account)
        dispatcher.utter_message(response="utter_erased")
        if stays:
            dispatcher.utter_message(response="utter_erased_account_stays")
        return [*leave_form(), *clear(_ENTERED), *set_slots(outcome=None, offer=None, goal=None)]
