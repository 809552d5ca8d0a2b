"""Greeting, danger, and what was not understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.portal import get_portal
from actions.replies import in_domain, set_slots, words
from actions.rules.emergency import danger_kind
from actions.rules.text import english_text
from actions.turn import Turn

MOST_MEANINGS = 3
UNLIKELY = 0.08
"""Meanings less likely than this are not offered."""


class ActionSessionStart(Action):
    """Starts a session, and tells the conversation under which address it is reached."""

    def name(self) -> str:
        """Name of the action."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Nothing carries over from an older session; who was in the middle of something is told so."""
        portal = await get_portal()
        if tracker.active_loop_name is not None:
            dispatcher.utter_message(response="utter_session_expired")
        return [SessionStarted(), SlotSet("public_url", portal.public_url), ActionExecuted("action_listen")]


class ActionGreet(Action):
    """Says hello and offers to sign up."""

    def name(self) -> str:
        """Name of the action."""
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """A yes after this signs up; in a form its question comes again by itself."""
        if tracker.active_loop_name is not None:
            dispatcher.utter_message(response="utter_greet_in_form")
            return []
        if tracker.get_slot("account_id") is not None:
            dispatcher.utter_message(response="utter_greet_logged_in")
            return set_slots(offer="link")
        dispatcher.utter_message(response="utter_greet")
        return set_slots(offer="signup")


class ActionGoodbye(Action):
    """Says goodbye; a form under way waits for a day."""

    def name(self) -> str:
        """Name of the action."""
        return "action_goodbye"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The pending question is not asked again in the same turn."""
        in_form = tracker.active_loop_name is not None
        dispatcher.utter_message(response="utter_goodbye_in_form" if in_form else "utter_goodbye")
        return []


class ActionEmergency(Action):
    """The emergency words alone; nothing is asked in the same turn."""

    def name(self) -> str:
        """Name of the action."""
        return "action_emergency"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """911, or the suicide line."""
        suicide = danger_kind(Turn.of(tracker).text) == "suicide"
        dispatcher.utter_message(response="utter_emergency_suicide" if suicide else "utter_emergency")
        return []


class ActionOutOfScope(Action):
    """Says what this assistant is for; in English, that it speaks French."""

    def name(self) -> str:
        """Name of the action."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One sentence; the pending question follows by itself."""
        if english_text(Turn.of(tracker).text):
            in_form = tracker.active_loop_name is not None
            dispatcher.utter_message(response="utter_english_in_form" if in_form else "utter_english")
            return [] if in_form else set_slots(offer="signup")
        dispatcher.utter_message(response="utter_out_of_scope")
        return []


class ActionNotUnderstood(Action):
    """Asks to rephrase, then offers the likeliest meanings, then points to the clinic."""

    def name(self) -> str:
        """Name of the action."""
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The more misses in a row, the more help."""
        if english_text(Turn.of(tracker).text):
            return await ActionOutOfScope().run(dispatcher, tracker, domain)
        misses = self._misses_before(tracker)
        likely = self._likely(tracker, domain)
        close = len(likely) >= 2 and likely[0][1] - likely[1][1] < 0.15 and likely[0][1] >= 0.25
        if misses >= 2:
            dispatcher.utter_message(response="utter_not_understood_clinic")
        elif (misses == 1 or close) and likely:
            buttons = [
                {"title": title, "payload": f"/{name}"} for name, _, title in likely[: 2 if close else MOST_MEANINGS]
            ]
            buttons.append({"title": words(domain, "utter_none_of_these"), "payload": "/human"})
            dispatcher.utter_message(response="utter_did_you_mean", buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_rephrase")
        return []

    @staticmethod
    def _misses_before(tracker: Tracker) -> int:
        """How many messages in a row, before this one, were not understood."""
        misses, missed, users = 0, False, 0
        for event in reversed(tracker.events):
            if event.get("event") == "action" and event.get("name") == "action_not_understood":
                missed = True
            elif event.get("event") == "user":
                users += 1
                if users > 1:
                    if not missed:
                        break
                    misses += 1
                missed = False
        return misses

    @staticmethod
    def _likely(tracker: Tracker, domain: dict[str, Any]) -> list[tuple[str, float, str]]:
        """The likeliest meanings that have a title: (intent, confidence, title)."""
        ranking = (tracker.latest_message or {}).get("intent_ranking") or []
        return [
            (one["name"], one["confidence"], words(domain, f"utter_meaning_{one['name']}"))
            for one in ranking
            if one["confidence"] >= UNLIKELY and in_domain(domain, f"utter_meaning_{one['name']}")
        ][:MOST_MEANINGS]
