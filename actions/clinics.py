"""Adding a clinic: starting, matching the record, announcing the link, listing."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.codes import send_code
from actions.portal import DatabaseUnavailableError, get_portal
from actions.replies import apologise, leave_form, minutes, one_line, set_slots
from actions.turn import Turn

_GOES_ON = frozenset({"sent", "too_soon", "mail_failed"})
"""After these a code can still be typed or asked for again."""


class ActionStartLinking(Action):
    """Starts to add a clinic, for who is logged in in this conversation."""

    def name(self) -> str:
        """Name of the action."""
        return "action_start_linking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Set the outcome that the rules look at."""
        loop = tracker.active_loop_name
        if loop in ("signup_form", "login_form"):
            dispatcher.utter_message(response="utter_link_after_signup")
            return set_slots(outcome=None, goal="link")
        if loop == "link_clinic_form":
            return set_slots(outcome=None)
        if tracker.get_slot("account_id") is None:
            dispatcher.utter_message(response="utter_need_account")
            return set_slots(outcome="need_account", goal="link", offer="login")
        return [*leave_form(), *set_slots(outcome="ready", correcting=None)]


class ActionMatchRecord(Action):
    """Looks for the one record of the clinic with this email and NAM, and sends the code."""

    def name(self) -> str:
        """Name of the action."""
        return "action_match_record"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Match, then send; after a failure the clinic is chosen again."""
        try:
            return await self._match(dispatcher, tracker)
        except DatabaseUnavailableError as error:
            apologise(dispatcher, self.name(), error)
            return set_slots(outcome="failed")

    @staticmethod
    async def _match(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """None and several look the same to the patient; the audit tells them apart."""
        account, clinic = tracker.get_slot("account_id"), tracker.get_slot("clinic_choice")
        portal = await get_portal()
        profile = await portal.profile(account)
        known = set_slots(email=profile.email, nam=profile.nam, username=profile.username)
        turn = Turn.of(tracker)
        match = await portal.match_record(account, clinic, tracker.sender_id, address=turn.address)
        if match.status == "already_linked":
            dispatcher.utter_message(response="utter_already_linked")
            return [*known, SlotSet("outcome", "already_linked")]
        if match.status == "slowed":
            dispatcher.utter_message(response="utter_match_slowed")
            return [*known, *set_slots(outcome="stopped", offer="link")]
        if match.status == "busy":
            dispatcher.utter_message(response="utter_match_busy", wait=minutes(match.wait_seconds))
            return [*known, *set_slots(outcome="stopped", offer="link")]
        if match.status != "one":
            return [*known, *set_slots(outcome="no_match", match_repair=None, correcting=None)]
        status, lines = await send_code(account, clinic, tracker.sender_id, turn, profile.email, again=False)
        for response, values in lines:
            dispatcher.utter_message(response=response, **values)
        if status == "busy":
            return [*known, *set_slots(outcome="stopped", offer="link")]
        return [*known, SlotSet("outcome", "code_sent" if status in _GOES_ON else "stopped")]


class ActionLinkClinic(Action):
    """Says that the clinic is linked: the code that was right linked it."""

    def name(self) -> str:
        """Name of the action."""
        return "action_link_clinic"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Announce, or say that the mailbox has an account already."""
        if tracker.get_slot("owner_masked"):
            return set_slots(outcome="owned", account_id=None, offer="login", goal="link")
        dispatcher.utter_message(response="utter_linked")
        return set_slots(outcome="linked", goal=None)


class ActionListClinics(Action):
    """Lists the clinics linked to the account."""

    def name(self) -> str:
        """Name of the action."""
        return "action_list_clinics"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """List them, or ask to log in first."""
        account = tracker.get_slot("account_id")
        if account is None:
            if tracker.active_loop_name is None:
                dispatcher.utter_message(response="utter_need_account")
            else:
                dispatcher.utter_message(response="utter_clinics_none")
            return set_slots(goal="list", offer="login")
        linked = await (await get_portal()).linked_clinics(account)
        if not linked:
            dispatcher.utter_message(response="utter_clinics_none")
            return set_slots(goal=None, offer="link")
        lines = [
            one_line({"name": hit.name, "site": hit.site, "address": hit.address, "city": hit.city}) for hit in linked
        ]
        dispatcher.utter_message(response="utter_clinics_list", clinics="\n".join(f"- {line}" for line in lines))
        return set_slots(goal=None)
