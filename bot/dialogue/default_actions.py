"""Actions that Rasa has by itself, and the choice of what runs for a name (`rasa/core/actions/action.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.dialogue.events import Event, action_executed, active_loop, bot_uttered, intent_of, simple, slot_set
from bot.dialogue.extraction import extract_slots
from bot.dialogue.forms import FormRun
from bot.dialogue.runner import Runner
from bot.dialogue.tracker import Tracker, View
from bot.dialogue.two_stage import two_stage_fallback
from bot.project.names import (
    ACTION_ASK_AFFIRMATION,
    ACTION_ASK_REPHRASE,
    ACTION_BACK,
    ACTION_DEACTIVATE_LOOP,
    ACTION_DEFAULT_FALLBACK,
    ACTION_EXTRACT_SLOTS,
    ACTION_LISTEN,
    ACTION_RESTART,
    ACTION_SESSION_START,
    ACTION_TWO_STAGE_FALLBACK,
    INTENT_NLU_FALLBACK,
    INTENT_OUT_OF_SCOPE,
    REQUESTED_SLOT,
    RULE_SNIPPET,
    UTTER,
)

Run = Callable[[Runner, View, Tracker], Awaitable[list[Event]]]


async def run_action(name: str, runner: Runner, view: View, tracker: Tracker) -> list[Event]:
    """Events of one action run on `view`; `tracker` has the history, for those that need it."""
    domain = runner.domain
    overridden = name in domain.custom_action_set
    if name in _DEFAULT and not overridden:
        return await _DEFAULT[name](runner, view, tracker)
    if name.startswith(UTTER):
        return runner.utter(name, view)
    if name in domain.forms and not overridden:
        return await FormRun(domain.forms[name], runner).run(view)
    return await runner.remote(name, view)


async def _nothing(_: Runner, __: View, ___: Tracker) -> list[Event]:
    return []


async def _restart(runner: Runner, view: View, _: Tracker) -> list[Event]:
    return [*runner.utter("utter_restart", view, silent=True), simple("restart")]


async def _back(runner: Runner, view: View, _: Tracker) -> list[Event]:
    return [*runner.utter("utter_back", view, silent=True), simple("rewind"), simple("rewind")]


async def _default_fallback(runner: Runner, view: View, _: Tracker) -> list[Event]:
    return [*runner.utter("utter_default", view, silent=True), simple("rewind")]


async def _deactivate_loop(_: Runner, __: View, ___: Tracker) -> list[Event]:
    return [active_loop(None), slot_set(REQUESTED_SLOT, None)]


async def _session_start(runner: Runner, _: View, tracker: Tracker) -> list[Event]:
    carried: list[Event] = []
    if runner.domain.carry_over_slots:
        carried = [{**event, "timestamp": None} for event in tracker.history.applied if event["event"] == "slot"]
    return [simple("session_started"), *carried, action_executed(ACTION_LISTEN)]


async def _ask_affirmation(_: Runner, view: View, __: Tracker) -> list[Event]:
    intent = intent_of(view.latest_user)
    ranking: list[dict[str, Any]] = (view.latest_user or {"parse_data": {}})["parse_data"].get("intent_ranking") or []
    if intent == INTENT_NLU_FALLBACK and len(ranking) > 1:
        intent = ranking[1]["name"]
    message = {
        "text": f"Did you mean '{intent}'?",
        "buttons": [
            {"title": "Yes", "payload": f"/{intent}"},
            {"title": "No", "payload": f"/{INTENT_OUT_OF_SCOPE}"},
        ],
        "utter_action": ACTION_ASK_AFFIRMATION,
    }
    return [bot_uttered(message)]


async def _ask_rephrase(runner: Runner, view: View, _: Tracker) -> list[Event]:
    return runner.utter("utter_ask_rephrase", view, silent=True)


async def _extract_slots(runner: Runner, view: View, _: Tracker) -> list[Event]:
    return await extract_slots(runner, view, secret=runner.secret)


async def _two_stage(runner: Runner, view: View, tracker: Tracker) -> list[Event]:
    async def run(name: str) -> list[Event]:
        return await run_action(name, runner, view, tracker)

    return await two_stage_fallback(view, run)


_DEFAULT: dict[str, Run] = {
    ACTION_LISTEN: _nothing,
    RULE_SNIPPET: _nothing,
    ACTION_RESTART: _restart,
    ACTION_BACK: _back,
    ACTION_DEFAULT_FALLBACK: _default_fallback,
    ACTION_DEACTIVATE_LOOP: _deactivate_loop,
    ACTION_SESSION_START: _session_start,
    ACTION_ASK_AFFIRMATION: _ask_affirmation,
    ACTION_ASK_REPHRASE: _ask_rephrase,
    ACTION_EXTRACT_SLOTS: _extract_slots,
    ACTION_TWO_STAGE_FALLBACK: _two_stage,
}
