"""Starting a signup and opening the account."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.portal import CreateResult, DatabaseUnavailableError, get_portal
from actions.questions import draft_parts
from actions.replies import apologise, clear, leave_form, set_slots
from actions.rules.nam import parse_nam
from actions.steps import SIGNUP_SLOTS

logger = logging.getLogger(__name__)

_FORGOTTEN = (
    *SIGNUP_SLOTS,
    "pending",
    "correcting",
    "trouble",
    "mismatches",
    "refused_once",
    "cancel_asked",
    "cancel_confirmed",
    "draft_found",
    "draft_shown",
    "account_id",
    "clinic_query",
    "clinic_choice",
    "clinic_name",
    "clinic_hits",
    "match_repair",
    "activation_code",
    "resend_offered",
    "another_clinic",
    "outcome",
    "offer",
)


class ActionStartSignup(Action):
    """Starts a signup afresh, with the privacy notice (P-39.1 s. 8), or goes on with the one under way."""

    def name(self) -> str:
        """Name of the action."""
        return "action_start_signup"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Reset the form, offer a draft when there is one."""
        loop = tracker.active_loop_name
        if loop in ("signup_form", "link_clinic_form", "match_repair_form", "activation_form"):
            dispatcher.utter_message(response="utter_signup_continues")
            return set_slots(outcome=None)
        draft = await (await get_portal()).get_draft(tracker.sender_id)
        parts = draft_parts(domain, draft.email, draft.nam, draft.username) if draft is not None else []
        if not parts:
            dispatcher.utter_message(response="utter_signup_intro")
        return [
            *leave_form(),
            *clear(_FORGOTTEN),
            *set_slots(
                draft_found=bool(parts) or None, draft_shown={"parts": parts} if parts else None, outcome="ready"
            ),
        ]


class ActionCreateAccount(Action):
    """Opens the account with the confirmed values. It says the same whether or not they are known here."""

    def name(self) -> str:
        """Name of the action."""
        return "action_create_account"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Open the account; a name taken meanwhile or a password too old is asked for again."""
        try:
            result = await self._create(tracker)
        except DatabaseUnavailableError as error:  # the form is over: its last question opens it again
            apologise(dispatcher, self.name(), error)
            return set_slots(signup_confirmed=None, outcome="failed")
        if result.status == "created":
            dispatcher.utter_message(response="utter_account_created")
            return set_slots(outcome="account_created", account_id=result.account_id, goal=None)
        if result.status == "username_taken":
            dispatcher.utter_message(response="utter_account_username_taken")
            return [
                SlotSet("username", None),
                SlotSet("signup_confirmed", None),
                SlotSet("outcome", "failed"),
            ]
        dispatcher.utter_message(response="utter_account_password_lost")
        return [
            *clear(("password", "password_confirmation", "signup_confirmed")),
            SlotSet("outcome", "failed"),
        ]

    @staticmethod
    async def _create(tracker: Tracker) -> CreateResult:
        nam = tracker.get_slot("nam")
        return await (await get_portal()).create_account(
            tracker.sender_id,
            email=tracker.get_slot("email"),
            nam=nam,
            province=parse_nam(nam).province or "NB",
            username=tracker.get_slot("username"),
            terms_version=tracker.get_slot("terms_version"),
            privacy_version=tracker.get_slot("privacy_version"),
        )
