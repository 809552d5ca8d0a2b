"""Forms: asking for slots until all are filled (`rasa/core/actions/forms.py`, `loops.py`)."""

from __future__ import annotations

from typing import Any

from bot.dialogue.action_client import ActionRejectedError
from bot.dialogue.events import Event, action_executed, active_loop, slot_set
from bot.dialogue.extraction import extract_slots
from bot.dialogue.runner import Runner
from bot.dialogue.tracker import View
from bot.project.domain import Form
from bot.project.names import ACTION_LISTEN, REQUESTED_SLOT, UTTER


class FormRun:
    """One execution of a form. A form run that fails raises what the action raised, and nothing of it counts."""

    def __init__(self, form: Form, runner: Runner) -> None:
        """Run `form` with what the turn offers."""
        self._form = form
        self._runner = runner
        self._validator = f"validate_{form.name}"
        self._validates = self._validator in runner.domain.action_set

    async def run(self, view: View) -> list[Event]:
        """The events of one execution. Raises ActionRejectedError when the message does not answer the question."""
        events: list[Event] = []
        if view.state.loop_name != self._form.name:
            events += await self._activate(view)
        if not is_done(events):
            events += await self._ask_or_validate(view, events)
        if is_done(events):
            events.append(active_loop(None))
        return events

    async def _activate(self, view: View) -> list[Event]:
        started = active_loop(self._form.name)
        inside = view.fork([started])
        extracted = await extract_slots(self._runner, inside, secret=self._runner.secret)
        for event in extracted:
            inside.add(event)
        found = [event for event in extracted if event["event"] == "slot"]
        if not self._validates:
            return [started, *found]
        filled = {name: inside.slot(name) for name in self._form.required_slots if inside.slot(name) is not None}
        judged = await self._validate(inside, filled)
        names = {event["name"] for event in judged if event["event"] == "slot"}
        return [started, *judged, *(event for event in found if event["name"] not in names)]

    async def _ask_or_validate(self, view: View, so_far: list[Event]) -> list[Event]:
        events: list[Event] = []
        if all(event["event"] == "active_loop" for event in so_far):
            events = await self._validate_if_required(view)
        if not _is_rejected(events):
            events += await self._request_next(view, so_far + events)
        return events

    async def _validate_if_required(self, view: View) -> list[Event]:
        state = view.state
        interrupted = state.loop is not None and state.loop.is_interrupted
        if state.loop is None or (state.action == ACTION_LISTEN and not interrupted):
            return await self._validate_answer(view)
        # Coming back from something else: nothing to validate, but the validation may choose the next question.
        return await self._validate(view, {})

    async def _validate_answer(self, view: View) -> list[Event]:
        requested = self._requested(view)
        wanted = {*self._form.required_slots, *([requested] if requested else [])}
        given = {event["name"]: event["value"] for event in view.slots_set_in_turn() if event["name"] in wanted}
        events = await self._validate(view, given)
        answered = any(event["event"] == "slot" and event["name"] != REQUESTED_SLOT for event in events)
        if requested and not given and not answered and not _is_rejected(events):
            raise ActionRejectedError(self._form.name)
        return events

    async def _validate(self, view: View, candidates: dict[str, Any]) -> list[Event]:
        if not self._validates:
            return []
        events = [slot_set(name, value) for name, value in candidates.items()]
        return await self._runner.remote(self._validator, self._temporary(view, events))

    def _temporary(self, view: View, events: list[Event]) -> View:
        """The conversation as validation sees it: the question is this form's, and the form has just run."""
        marks = [slot_set(REQUESTED_SLOT, self._requested(view)), action_executed(self._form.name)]
        return view.fork([*marks, *events], since=view.restarted_at)

    def _requested(self, view: View) -> str | None:
        """The slot asked for, if this form is the one asking (the slot's value outlives a change of forms)."""
        return view.slot(REQUESTED_SLOT) if view.state.loop_name == self._form.name else None

    async def _request_next(self, view: View, so_far: list[Event]) -> list[Event]:
        if is_done(so_far):
            return [slot_set(REQUESTED_SLOT, None)]
        copy = self._temporary(view, so_far)
        events: list[Event] = []
        wanted = next((event["value"] for event in so_far if _requests(event)), None)
        if not wanted:
            wanted = next((name for name in self._form.required_slots if copy.slot(name) is None), None)
            events.append(slot_set(REQUESTED_SLOT, wanted))
        return events + await self._ask(wanted, copy) if wanted else [slot_set(REQUESTED_SLOT, None)]

    async def _ask(self, slot: str, view: View) -> list[Event]:
        name = ask_action(self._form.name, slot, self._runner.domain.action_set)
        if name is None:
            return []
        return self._runner.utter(name, view) if name.startswith(UTTER) else await self._runner.remote(name, view)


def ask_action(form: str, slot: str, known: frozenset[str]) -> str | None:
    """The action that asks for a slot; None when nothing does."""
    names = (
        f"action_ask_{form}_{slot}",
        f"utter_ask_{form}_{slot}",
        f"action_ask_{slot}",
        f"utter_ask_{slot}",
    )
    return next((name for name in names if name in known), None)


def is_done(events: list[Event]) -> bool:
    """Whether a form has ended: nothing is left to ask, or its validation ended it."""
    if _is_rejected(events):
        return False
    for event in reversed(events):
        if _requests(event):
            if event["value"] is None:
                return True
            break
    for event in reversed(events):
        if event["event"] == "active_loop":
            return event["name"] is None
    return False


def _requests(event: Event) -> bool:
    return bool(event["event"] == "slot" and event["name"] == REQUESTED_SLOT)


def _is_rejected(events: list[Event]) -> bool:
    return any(event["event"] == "action_execution_rejected" for event in events)
