"""Logging in, for who has an account already."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.drafts import DRAFTED, keep_draft
from actions.portal import get_portal
from actions.replies import clear, leave_form, minutes, set_slots


class ActionStartLogin(Action):
    """Starts the login, unless this conversation is logged in already."""

    def name(self) -> str:
        """Name of the action."""
        return "action_start_login"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Set the outcome that the rules look at."""
        if tracker.get_slot("account_id") is not None:
            dispatcher.utter_message(response="utter_already_logged_in")
            return set_slots(outcome=None, offer="link")
        if tracker.active_loop_name == "login_form":
            return set_slots(outcome=None)
        if tracker.active_loop_name == "signup_form":  # what was entered waits for a day, as when it is given up
            await keep_draft(tracker.sender_id, {name: tracker.get_slot(name) for name in DRAFTED})
        return [
            *leave_form(),
            *set_slots(outcome="ready", pending=None, correcting=None, trouble=None, cancel_asked=None),
        ]


class ActionLogin(Action):
    """Says how the login went, and goes on with what the patient came for."""

    def name(self) -> str:
        """Name of the action."""
        return "action_login"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """A wrong login asks both again; too many tries, of this patient or of all, wait."""
        wait = tracker.get_slot("wait") or {}
        if "seconds" in wait:
            if wait.get("busy"):
                dispatcher.utter_message(response="utter_login_busy", wait=minutes(wait["seconds"]))
            else:
                dispatcher.utter_message(response="utter_login_slowed", wait=wait["seconds"])
            return [
                *clear(("login_id", "login_password", "wait")),
                *set_slots(outcome="stopped", offer="login"),
            ]
        if not tracker.get_slot("login_password"):
            dispatcher.utter_message(response="utter_login_wrong")
            return [*clear(("login_id", "login_password")), SlotSet("outcome", "wrong_login")]
        portal = await get_portal()
        account, goal = tracker.get_slot("account_id"), tracker.get_slot("goal")
        profile = await portal.profile(account)
        dispatcher.utter_message(response="utter_logged_in")
        known = set_slots(
            email=profile.email,
            nam=profile.nam,
            username=profile.username,
            login_id=None,
            login_password=None,
        )
        if goal == "list":
            return [*known, SlotSet("outcome", "list_clinics")]
        linked = await portal.linked_clinics(account)
        return [*known, SlotSet("outcome", "logged_in" if linked and goal != "link" else "ready")]
