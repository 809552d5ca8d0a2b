"""One call of a form: the values as they will be, what is said, and which question comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.fields import explained
from actions.portal import Portal, get_portal
from actions.steps import BY_LINK, YES_NO, family
from actions.turn import Turn

STUCK_AT = 3
"""The wrong answer, in a row, at which a way out is offered."""

_ANSWERED_HERE = frozenset({"explain", "bot_challenge", "medical_question", "human"})
"""Questions, besides faq_*, that are answered in the turn in which a value came with them."""


class FormRun:
    """What a form's handlers work on: reads through to the tracker, collects changes."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> None:
        self.turn = Turn.of(tracker)
        self.conversation: str = tracker.sender_id
        self.requested: str | None = tracker.get_slot("requested_slot")
        self.style = "full"
        self.finished = False
        self._dispatcher = dispatcher
        self._slots: Mapping[str, Any] = tracker.slots
        self._domain = domain
        self._changes: dict[str, Any] = {}

    async def portal(self) -> Portal:
        """The portal's store."""
        return await get_portal()

    def get(self, slot: str) -> Any:
        """A slot's value, with the changes made so far."""
        return self._changes[slot] if slot in self._changes else self._slots.get(slot)

    def set(self, **values: Any) -> None:
        """Change slots."""
        self._changes.update(values)

    def say(self, response: str, **values: Any) -> None:
        """Say one of the domain's responses."""
        self._dispatcher.utter_message(response=response, **values)

    def has_response(self, name: str) -> bool:
        """Whether the domain has a response of this name."""
        return name in self._domain.get("responses", {})

    def first_response(self, *names: str) -> str | None:
        """The first of these responses that the domain has."""
        return next((name for name in names if self.has_response(name)), None)

    def words(self, response: str) -> str:
        """The text of a response that is used inside another (the name of a step, a rule of the password)."""
        variations = self._domain.get("responses", {}).get(response) or [{}]
        return str(variations[0].get("text", ""))

    def accept(self, slot: str, value: Any) -> None:
        """Take a valid value: the wrong answers before it are forgotten, a correction of it has ended."""
        self.set(**{slot: value, "trouble": None})
        if self.get("correcting") == slot:
            self.set(correcting=None)

    def wrong(self, slot: str, problem: str = "", **values: Any) -> None:
        """Say what is wrong with an answer: shortly, then with an example, then with a way out."""
        trouble = self.get("trouble") or {}
        count = int(trouble.get("count", 0)) + 1 if trouble.get("slot") == slot else 1
        self.set(trouble={"slot": slot, "count": count})
        self.style = "again"
        yes_no = slot in YES_NO
        stuck = self.first_response(
            f"utter_stuck_{slot}", "utter_stuck_yes_no" if yes_no else f"utter_stuck_{family(slot)}"
        )
        if count % STUCK_AT == 0 and stuck is not None:
            self.say(stuck)
            self.style = "silent"
            return
        specific = self.first_response(
            f"utter_wrong_{slot}_{problem}",
            f"utter_wrong_{slot}",
            "utter_wrong_yes_no" if yes_no else f"utter_wrong_{family(slot)}",
        )
        if specific is not None:
            self.say(specific, **values)
        example = self.first_response(f"utter_example_{slot}", f"utter_example_{family(slot)}")
        if count % STUCK_AT == 2 and example is not None and not yes_no:
            self.say(example)

    def unanswered(self, slot: str, problem: str = "") -> bool:
        """Deal with a message that holds no value for `slot`. False: it is for a rule to answer."""
        refusal = self.first_response(f"utter_refused_{slot}", f"utter_refused_{family(slot)}")
        if slot not in YES_NO and refusal is not None and self.turn.refuses:
            self.say(refusal)
            self.style = "again"
            return True
        if self.turn.waits and not self.turn.is_question:  # « j'ai pas ma carte, attendez »
            self.say("utter_take_your_time")
            self.style = "silent"
            return True
        if self.turn.interrupts:
            return False
        if slot not in YES_NO and self.turn.yes():  # « ok », after an explanation or an interruption: go on
            self.style = "again"
            return True
        if self.turn.by_link and slot in BY_LINK:
            self.say("utter_secret_not_here")
            self.style = "again"
            return True
        self.wrong(slot, problem)
        return True

    def answer_question_too(self) -> None:
        """After a value was taken: answer the question that came with it, if there is one."""
        turn = self.turn
        if turn.is_payload or not turn.interrupts or not turn.is_question:
            return
        name = f"utter_{turn.intent}"
        if turn.intent == "explain":
            name = self.first_response(*explained(turn, self.requested or "")) or ""
        answered_here = (turn.intent or "").startswith("faq_") or turn.intent in _ANSWERED_HERE
        if answered_here and self.has_response(name):
            self.say(name)

    def finish(self, outcome: str) -> None:
        """End the form; the rules on `outcome` say what comes next."""
        self.set(
            outcome=outcome,
            trouble=None,
            correcting=None,
            pending=None,
            cancel_asked=None,
            cancel_confirmed=None,
        )
        self.finished = True

    def events(self, next_slot: str | None) -> list[EventType]:
        """The changes, and the question that comes next (None ends the form)."""
        if next_slot is None and not self.finished:
            self.finish("completed")
        changed = [SlotSet(slot, value) for slot, value in self._changes.items()]
        return [
            *changed,
            SlotSet("ask_style", self.style),
            SlotSet("requested_slot", None if self.finished else next_slot),
        ]
