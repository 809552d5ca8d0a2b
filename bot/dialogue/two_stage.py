"""`action_two_stage_fallback`: is this what you meant? then please rephrase, then give up."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable

from bot.dialogue.events import Event, action_executed, active_loop, intent_of, simple
from bot.dialogue.tracker import View
from bot.project.names import (
    ACTION_ASK_AFFIRMATION,
    ACTION_ASK_REPHRASE,
    ACTION_DEFAULT_FALLBACK,
    ACTION_LISTEN,
    ACTION_TWO_STAGE_FALLBACK,
    INTENT_NLU_FALLBACK,
    INTENT_OUT_OF_SCOPE,
)

_GIVE_UP_AFTER = (
    [INTENT_NLU_FALLBACK, INTENT_NLU_FALLBACK],
    [INTENT_OUT_OF_SCOPE, INTENT_NLU_FALLBACK, INTENT_OUT_OF_SCOPE],
)
"""Intents of the last messages, newest first, after which there is no third question."""


async def two_stage_fallback(view: View, run: Callable[[str], Awaitable[list[Event]]]) -> list[Event]:
    """Events of one execution; `run` runs another action on the same conversation."""
    starts = view.state.loop_name != ACTION_TWO_STAGE_FALLBACK
    events = [active_loop(ACTION_TWO_STAGE_FALLBACK)] if starts else []
    intent = intent_of(view.state.user)
    gives_up = any(_last_intents(view, len(pattern)) == pattern for pattern in _GIVE_UP_AFTER)
    clarified = intent not in {INTENT_NLU_FALLBACK, INTENT_OUT_OF_SCOPE}
    if not clarified and not gives_up:
        affirm = starts or intent == INTENT_NLU_FALLBACK
        return events + await run(ACTION_ASK_AFFIRMATION if affirm else ACTION_ASK_REPHRASE)
    events.append(active_loop(None))
    if gives_up:
        return events + await run(ACTION_DEFAULT_FALLBACK)
    return [*events, simple("rewind"), action_executed(ACTION_LISTEN), *_clarification(view)]


def _last_intents(view: View, count: int) -> list[str | None]:
    """Intents of the last `count` messages or rewinds since the restart; a rewind counts and has none."""
    answer: list[str | None] = []
    for event in reversed(view.events[view.restarted_at :]):
        if event["event"] in {"user", "rewind"}:
            count -= 1
            if event["event"] == "user":
                answer.append(intent_of(event))
            if count == 0:
                break
    return answer


def _clarification(view: View) -> list[Event]:
    """The last message again, now certain."""
    if view.state.user is None:
        return []
    event = copy.deepcopy(view.state.user)
    event["parse_data"].setdefault("intent", {})["confidence"] = 1.0
    return [event]
