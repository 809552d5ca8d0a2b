"""What all forms share: how a call is read, cancelling, and the order of questions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.forms.run import FormRun
from actions.rules.commands import command_in
from actions.rules.emergency import danger_kind
from actions.turn import Kind

Handler = Callable[[FormRun], Awaitable[bool]]

_SILENT_AFTER = frozenset({"action_emergency", "action_goodbye", "action_page_reloaded"})
_FULL_AFTER = frozenset({"action_repeat", "action_go_back", "action_restart"})


class ConversationForm(FormValidationAction, ABC):
    """Validates a form whose slots are read from the message itself.

    rasa-sdk's own run() calls one method per slot that Rasa extracted. Here what counts as an answer depends on
    the question, on what the message asks besides, and on a correction under way, so the run is our own: the
    handler `answer_<slot>` of the pending question takes the message, or leaves it to the rules.
    """

    @abstractmethod
    def name(self) -> str:
        """Name of the action."""

    @abstractmethod
    def next_question(self, run: FormRun) -> str | None:
        """The slot to ask for next; None when the form has all it needs."""

    async def opening(self, run: FormRun) -> None:
        """Prepare a form that starts: reset its slots, take what the message already gives."""

    async def returning(self, run: FormRun) -> None:
        """Add to what answered an interruption, before the question is asked again."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Read the message as an answer to the pending question; no events hand it to the rules."""
        run = FormRun(dispatcher, tracker, domain)
        if run.turn.kind is Kind.OPENING:
            await self.opening(run)
        elif run.turn.kind is Kind.ANSWER:
            if run.turn.in_danger:
                return self._in_danger(run)
            handler: Handler | None = getattr(self, f"answer_{run.requested}", None)
            if handler is None or not await handler(run):
                return []
        else:
            run.style = self._style_after(run.turn.last_action)
            await self.returning(run)
        slot = None if run.finished else self._next(run)
        if slot is not None and slot == run.get("correcting"):
            run.style = "new" if run.style == "full" else run.style
        elif (
            slot != run.requested
            and run.style != "full"
            and (run.turn.kind is Kind.ANSWER or slot == "cancel_confirmed")
        ):
            run.style = "full"
        return run.events(slot)

    @staticmethod
    def _in_danger(run: FormRun) -> list[EventType]:
        """Before any value, also when the message was taken for something else: the emergency words, nothing asked."""
        if run.turn.intent == "emergency" and run.turn.interrupts:
            return []  # the rule says them
        run.say("utter_emergency_suicide" if danger_kind(run.turn.text) == "suicide" else "utter_emergency")
        run.style = "silent"
        return run.events(run.requested)

    def _next(self, run: FormRun) -> str | None:
        return "cancel_confirmed" if run.get("cancel_asked") else self.next_question(run)

    @staticmethod
    def _style_after(action: str | None) -> str:
        if action in _SILENT_AFTER:
            return "silent"
        return "full" if action in _FULL_AFTER or action is None or action == "action_correct_info" else "again"

    async def answer_cancel_confirmed(self, run: FormRun) -> bool:
        """Yes ends the form, no goes on."""
        said = run.turn.yes()
        if run.turn.intent == "cancel" or command_in(run.turn.text) == "cancel":
            said = True
        if said is None:
            return run.unanswered("cancel_confirmed")
        run.set(cancel_asked=None, trouble=None)
        if said:
            await self.give_up(run)
            run.finish("cancelled")
        else:
            run.say("utter_cancel_dropped")
            run.style = "full"
        return True

    async def give_up(self, run: FormRun) -> None:
        """Keep for later what may be kept, forget the rest."""
