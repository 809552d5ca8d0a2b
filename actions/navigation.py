"""Finding one's way in a form: correct, go back, repeat, explain, help, status, cancel, restart."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.drafts import draft_exists
from actions.fields import CHANGEABLE, explained, field_named
from actions.portal import get_portal
from actions.replies import clear, in_domain, leave_form, set_slots, words
from actions.steps import SIGNUP_ORDER, SIGNUP_SLOTS, STEP_OF, STEPS, family
from actions.turn import Turn

_LINKING = ("link_clinic_form", "match_repair_form", "activation_form", "another_clinic_form")


class ActionCorrectInfo(Action):
    """Sends the form back to a value that was given; the old one stays until the new one is good."""

    def name(self) -> str:
        """Name of the action."""
        return "action_correct_info"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Mark the value under correction, or ask which one."""
        loop, field = tracker.active_loop_name, field_named(Turn.of(tracker))
        if loop == "signup_form":
            return self._in_signup(dispatcher, tracker, field)
        if loop == "login_form":
            if tracker.get_slot("login_id") is None:
                return set_slots(outcome=None)
            return set_slots(outcome=None, correcting="login_id" if field != "password" else None)
        if tracker.get_slot("account_id") is None:
            dispatcher.utter_message(response="utter_nothing_before" if loop is None else "utter_nothing_to_correct")
            return set_slots(outcome=None)
        return self._account_open(dispatcher, tracker, loop, field)

    @staticmethod
    def _in_signup(dispatcher: CollectingDispatcher, tracker: Tracker, field: str | None) -> list[EventType]:
        requested = family(tracker.get_slot("requested_slot") or "")
        if field is None:
            given = [slot for slot in CHANGEABLE if tracker.get_slot(slot) is not None and slot != requested]
            if len(given) == 1:
                field = given[0]
            elif not given:
                dispatcher.utter_message(response="utter_nothing_to_correct")
                return set_slots(outcome=None)
            else:
                dispatcher.utter_message(response="utter_what_to_correct")
                return set_slots(outcome=None)
        if field == "clinic":
            dispatcher.utter_message(response="utter_link_after_signup")
            return set_slots(outcome=None)
        small = clear(("pending",)) if requested == field else []
        if field == requested and tracker.get_slot(field) is None:
            return [*small, SlotSet("outcome", None)]
        if tracker.get_slot(field) is None:
            dispatcher.utter_message(response="utter_nothing_to_correct")
            return set_slots(outcome=None)
        if field == "password" and not tracker.get_slot("password_confirmation"):  # nothing to go back to yet
            return [
                *small,
                *set_slots(outcome=None, correcting=None, password=None, password_confirmation=None, mismatches=None),
            ]
        return [*small, *set_slots(outcome=None, correcting=field, trouble=None)]

    @staticmethod
    def _account_open(
        dispatcher: CollectingDispatcher, tracker: Tracker, loop: str | None, field: str | None
    ) -> list[EventType]:
        if field in ("email", "nam"):
            if loop == "match_repair_form":
                return set_slots(outcome=None, match_repair=field, correcting=field)
            return [*leave_form(), *set_slots(outcome="repair", correcting=field)]
        if field in ("username", "password"):
            dispatcher.utter_message(response="utter_cannot_change_username")
            return set_slots(outcome=None)
        if field == "clinic":
            return [*leave_form(), *set_slots(outcome="other_clinic")]
        if loop in ("activation_form", "another_clinic_form") and tracker.get_slot("clinic_choice") is not None:
            return [*leave_form(), *set_slots(outcome="repair", correcting=None)]
        if loop == "link_clinic_form":
            return set_slots(outcome=None, clinic_query=None, clinic_choice=None, clinic_hits=None)
        return set_slots(outcome=None)


class ActionGoBack(Action):
    """Returns to the question before; its value stays until a new one is given."""

    def name(self) -> str:
        """Name of the action."""
        return "action_go_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Mark the question before the pending one."""
        loop = tracker.active_loop_name
        requested = tracker.get_slot("requested_slot") or ""
        if loop == "signup_form":
            return self._in_signup(dispatcher, requested)
        if loop == "login_form":
            if requested == "login_password":
                return set_slots(outcome=None, login_id=None)
            dispatcher.utter_message(response="utter_cannot_go_back")
            return set_slots(outcome=None)
        if loop == "link_clinic_form":
            if requested == "clinic_choice":
                return set_slots(outcome=None, clinic_query=None, clinic_choice=None, clinic_hits=None)
            dispatcher.utter_message(response="utter_clinic_cannot_go_back")
            return set_slots(outcome=None)
        if loop == "match_repair_form" and tracker.get_slot("correcting") is not None:
            return set_slots(outcome=None, correcting=None, match_repair=None, pending=None)
        if loop in _LINKING:
            return [*leave_form(), *set_slots(outcome="other_clinic")]
        dispatcher.utter_message(response="utter_nothing_before")
        return set_slots(outcome=None)

    @staticmethod
    def _in_signup(dispatcher: CollectingDispatcher, requested: str) -> list[EventType]:
        main = family(requested)
        if requested not in (main, "privacy_accepted"):  # from a question in between to its own question
            if main == "password":
                return set_slots(outcome=None, password=None, password_confirmation=None, mismatches=None)
            return set_slots(outcome=None, pending=None)
        order = [slot for slot in SIGNUP_ORDER if slot != "password_confirmation"]
        place = order.index(requested) if requested in order else 0
        if place == 0:
            dispatcher.utter_message(response="utter_cannot_go_back")
            return set_slots(outcome=None)
        before = order[place - 1]
        if before in CHANGEABLE:
            return set_slots(outcome=None, correcting=before, pending=None, trouble=None)
        return set_slots(outcome=None, **{before: None})


class ActionRepeat(Action):
    """Asks the question again, in full."""

    def name(self) -> str:
        """Name of the action."""
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """In a form the form repeats its question by itself; else say what can be done."""
        if tracker.active_loop_name is None:
            dispatcher.utter_message(response="utter_repeat_nothing")
        return []


class ActionExplain(Action):
    """Says why the current thing is asked."""

    def name(self) -> str:
        """Name of the action."""
        return "action_explain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Explain the value that the question names, else the pending question."""
        asked = tracker.get_slot("requested_slot") or ""
        dispatcher.utter_message(response=in_domain(domain, *explained(Turn.of(tracker), asked)))
        return []


class ActionHelp(Action):
    """Says what to do now."""

    def name(self) -> str:
        """Name of the action."""
        return "action_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Help with the pending question, else say what the assistant can do."""
        slot = tracker.get_slot("requested_slot") or ""
        if tracker.active_loop_name is None:
            dispatcher.utter_message(response="utter_help")
            return []
        name = in_domain(domain, f"utter_help_{slot}", f"utter_help_{family(slot)}")
        dispatcher.utter_message(response=name or "utter_help_in_form")
        return []


class ActionStatus(Action):
    """Says which step the patient is at."""

    def name(self) -> str:
        """Name of the action."""
        return "action_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Step n of m."""
        loop = tracker.active_loop_name
        step = STEP_OF.get(family(tracker.get_slot("requested_slot") or ""))
        if loop == "another_clinic_form":
            dispatcher.utter_message(response="utter_status_linked")
        elif loop == "login_form":
            dispatcher.utter_message(response="utter_status_login")
        elif loop is None or step is None:
            dispatcher.utter_message(response="utter_status_none", total=len(STEPS))
        else:
            name = words(domain, f"utter_step_{STEPS[step - 1]}")
            dispatcher.utter_message(response="utter_status", step=step, total=len(STEPS), step_name=name)
        return []


class ActionCancel(Action):
    """Cancels the nearest thing: a correction, else the form, after asking once when something was entered."""

    def name(self) -> str:
        """Name of the action."""
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Cancel the correction, ask about the form, or leave an empty one."""
        loop = tracker.active_loop_name
        if loop is None:
            dispatcher.utter_message(response="utter_nothing_to_cancel")
            return []
        correcting = tracker.get_slot("correcting")
        if correcting is not None and tracker.get_slot(correcting) is not None:
            dispatcher.utter_message(response="utter_correction_cancelled")
            await (await get_portal()).hold_nam(tracker.sender_id, None)
            again = {"match_repair": None} if loop == "match_repair_form" else {}
            return set_slots(correcting=None, pending=None, trouble=None, **again)
        given = ("email", "nam", "login_id", "draft_found")
        entered = loop in _LINKING or any(tracker.get_slot(slot) is not None for slot in given)
        if loop != "another_clinic_form" and entered:
            return set_slots(cancel_asked=True)
        dispatcher.utter_message(response="utter_cancelled_empty")
        return [*leave_form(), *set_slots(trouble=None, pending=None)]


class ActionStop(Action):
    """Says that the form was given up, and what is kept."""

    def name(self) -> str:
        """Name of the action."""
        return "action_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say it, forget what is not kept."""
        opened = tracker.get_slot("account_id") is not None
        kept = not opened and await draft_exists(tracker.sender_id)
        said = "utter_cancelled_later" if opened else "utter_cancelled" if kept else "utter_cancelled_empty"
        dispatcher.utter_message(response=said)
        forgotten = (
            "login_id",
            "login_password",
            "clinic_query",
            "clinic_hits",
            "activation_code",
            "match_repair",
        )
        return [*clear(forgotten), *set_slots(offer="link" if opened else "signup")]


class ActionRestart(Action):
    """Forgets everything of the form under way and begins it again.

    Stands in for Rasa's own action_restart, which erases the conversation and then stays silent.
    """

    def name(self) -> str:
        """Name of the action."""
        return "action_restart"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Reset, then run the form afresh."""
        loop = tracker.active_loop_name
        dispatcher.utter_message(response="utter_restarted")
        common = set_slots(pending=None, correcting=None, trouble=None, cancel_asked=None, outcome=None, offer=None)
        if loop in _LINKING:
            form = "link_clinic_form"
        elif loop == "login_form":
            form = "login_form"
        else:
            form = "signup_form"
            portal = await get_portal()
            await portal.drop_draft(tracker.sender_id)
            common += [
                *clear(SIGNUP_SLOTS),
                *set_slots(draft_found=None, refused_once=None, mismatches=None, account_id=None),
            ]
        return [ActiveLoop(None), SlotSet("requested_slot", None), *common, FollowupAction(form)]
