"""One turn: from a message to the next time the assistant listens (`rasa/core/processor.py`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from bot.dialogue.action_client import ActionFailedError, ActionRejectedError, describe
from bot.dialogue.default_actions import run_action
from bot.dialogue.events import (
    Event,
    action_executed,
    action_rejected,
    bot_uttered,
    loop_interrupted,
    slot_set,
)
from bot.dialogue.extraction import extract_slots
from bot.dialogue.messages import BotMessage, split
from bot.dialogue.prediction import FOLLOWUP_POLICY, Prediction, Predictor
from bot.dialogue.runner import Runner
from bot.dialogue.secrets import Redactor, masked_field
from bot.dialogue.tracker import Tracker
from bot.project.names import ACTION_LISTEN, ACTION_SESSION_START, INTENT_RESTART

logger = logging.getLogger(__name__)

INTERNAL_ERROR = "utter_internal_error"
FAIL_CLOSED = "fail_closed"
"""Policy of the actions that follow a failure."""
_WAITING = frozenset({ACTION_LISTEN, ACTION_SESSION_START})
_LIMIT_SLACK = 5
"""Actions beyond the limit after which even a conversation that seems to listen is stopped (see `_is_over`)."""


class Turn:
    """Runs actions on a tracker until the assistant listens again."""

    def __init__(
        self,
        tracker: Tracker,
        runner: Runner,
        predictor: Predictor,
        redactor: Redactor,
        *,
        limit: int,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        """`limit` is the number of actions after which a turn is stopped; `new_id` names failures."""
        self._tracker = tracker
        self._runner = runner
        self._predictor = predictor
        self._redactor = redactor
        self._limit = limit
        self._clock = clock
        self._new_id = new_id
        self._forced: str | None = None
        self._apologised = False
        self.messages: list[BotMessage] = []

    def log(self, events: Iterable[Event]) -> None:
        """Log events, redacted and with the time; bot messages go to the user."""
        for event in events:
            if event["event"] == "bot":
                self.messages.extend(split(event))
            clean = self._redactor.clean(event)
            self._tracker.update({**clean, "timestamp": self._clock()})

    async def start_session(self) -> None:
        """Run `action_session_start`, which may be the project's own."""
        await self._run(Prediction(ACTION_SESSION_START, None, 1.0))
        if self._tracker.state.action != ACTION_LISTEN:
            # The project's own session start did not end by listening, or failed.
            self.log([action_executed(ACTION_LISTEN)])
        self._forced = None

    async def extract(self) -> None:
        """Fill slots from the last message."""
        events = await extract_slots(self._runner, self._tracker.fork(), secret=self._runner.secret)
        self.log(events)

    async def run_until_listening(self) -> None:
        """Predict and run actions until the assistant listens, or the conversation is paused."""
        while self._may_continue():
            if self._is_over():
                logger.error("Conversation stopped after %d actions in one turn", self._limit)
                self.log([action_executed(ACTION_LISTEN, FAIL_CLOSED)])
                return
            if await self._run(self._next()):
                return

    def _may_continue(self) -> bool:
        state = self._tracker.state
        return not state.paused or state.intent == INTENT_RESTART

    def _is_over(self) -> bool:
        """Rasa's limit of actions since the assistant last listened.

        Rasa lets a conversation go on whose last action (after an `undo`) is to listen, which can last forever.
        """
        count = 0
        for event in reversed(self._tracker.events):
            if event["event"] == "action":
                if event["name"] in _WAITING:
                    break
                count += 1
        waiting = self._tracker.state.action in _WAITING
        return count >= self._limit + (_LIMIT_SLACK if waiting else 0)

    def _next(self) -> Prediction:
        tracker = self._tracker
        if self._forced is not None:
            forced, self._forced = self._forced, None
            return Prediction(forced, FAIL_CLOSED, 1.0)
        followup = tracker.state.followup
        if followup:
            tracker.state.followup = None
            if followup in self._runner.domain.action_set:
                return Prediction(followup, FOLLOWUP_POLICY, 1.0)
            logger.error("The followup action %s does not exist", followup)
        return self._predictor.predict(tracker.state, tracker.history, self._just_rejected())

    def _just_rejected(self) -> str | None:
        for event in reversed(self._tracker.events):
            if event["event"] == "action_execution_rejected":
                return str(event["name"])
            if event["event"] == "action":
                return None
        return None

    async def _run(self, prediction: Prediction) -> bool:
        """Run one action and log it; whether the turn is over."""
        name, tracker = prediction.action, self._tracker
        view = tracker.fork(prediction.events)
        try:
            events = await run_action(name, self._runner, view, tracker)
        except ActionRejectedError:
            self.log([action_rejected(name, prediction.policy, prediction.confidence)])
            return name in _WAITING
        except ActionFailedError as error:
            self._fail(prediction, str(error))
            return False
        except Exception as error:  # a defect here must not silence the assistant
            self._fail(prediction, f"{name}: {describe(error)}")
            return False
        if not any(event["event"] == "action_execution_rejected" for event in events):
            self.log([*prediction.events, self._executed(prediction)])
        self.log(events)
        if any(event["event"] == "user" for event in events):
            await self.extract()
        return name in _WAITING

    def _executed(self, prediction: Prediction) -> Event:
        return action_executed(
            prediction.action,
            prediction.policy,
            prediction.confidence,
            hide_rule_turn=prediction.hide_rule_turn,
        )

    def _fail(self, prediction: Prediction, reason: str) -> None:
        """Close the turn after an action that could not be run.

        Rasa logs the action as if it had run: a form that cannot start is then taken for a completed one, and what
        nobody has validated stays in the slots. Here the candidates are dropped, the question stays, nothing is
        submitted, and the user is told.
        """
        tracker, name = self._tracker, prediction.action
        reference = self._new_id()
        logger.error("An action failed (reference %s): %s", reference, reason)
        form = self._runner.domain.forms.get(name)
        active = tracker.active_loop
        if form is not None:
            self._drop_candidates(form.required_slots)
        if form is None or active == name:
            others = [event for event in prediction.events if event["event"] != loop_interrupted()["event"]]
            self.log([*others, self._executed(prediction)])
        if not self._apologised:
            self._apologised = True
            self.log(self._runner.utter(INTERNAL_ERROR, tracker.fork(), {"reference": reference}, silent=True))
        self._forced = active if active is not None and active != name else ACTION_LISTEN
        if self._forced == ACTION_LISTEN:
            self._keep_masked_field()

    def _keep_masked_field(self) -> None:
        """The question was not asked again: the client must still show a masked field for the answer to it."""
        if field := masked_field(self._tracker.requested_slot, self._runner.domain):
            self.log([bot_uttered(field)])

    def _drop_candidates(self, names: Iterable[str]) -> None:
        """Give the form's slots back the values they had before this message."""
        before = _slots_before_turn(self._tracker, set(names))
        self.log([slot_set(name, value) for name, value in before.items()])


def _slots_before_turn(tracker: Tracker, names: set[str]) -> dict[str, object]:
    """Earlier values of those slots that this turn has set."""
    touched = {event["name"] for event in tracker.slots_set_in_turn()} & names
    if not touched:
        return {}
    before: dict[str, object] = {name: tracker.domain.initial_slots.get(name) for name in touched}
    known: set[str] = set()
    in_turn = True
    for event in reversed(tracker.events):
        if event["event"] in {"restart", "session_started"}:
            break
        if in_turn:
            in_turn = event is not tracker.state.user
        elif event["event"] == "slot" and event["name"] in touched - known:
            before[event["name"]] = event["value"]
            known.add(event["name"])
        if known == touched:
            break
    return before
