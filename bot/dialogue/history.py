"""The events that still count, and the states that rules are matched against.

Rasa keeps every event and derives these anew at each step (`applied_events`, `generate_all_prior_trackers`); here
they are kept up to date, so that the work of a turn does not grow with the conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.events import Event
from bot.dialogue.state import Features, State
from bot.dialogue.traces import MemoryTrace, TraceRules
from bot.project.domain import Domain

KEPT_SNAPSHOTS = 64
"""Executed actions, newest first, that can be undone without replaying the conversation."""


@dataclass(slots=True)
class Mark:
    """An executed action that counts."""

    index: int
    """Its place among the applied events."""
    features: Features
    """The state before it."""
    snapshot: State | None
    """The full state before it; None once it is old."""
    trace: MemoryTrace | None
    """What memoization sees up to it."""


class History:
    """Applied events with the state they add up to, incrementally."""

    def __init__(self, domain: Domain, *, traces: TraceRules | None = None, omit_unset: bool = False) -> None:
        """With `traces`, also keep what memoization sees."""
        self._domain = domain
        self._traces = traces
        self._omit_unset = omit_unset
        self._loops: set[str] = set()
        self.applied: list[Event] = []
        self.marks: list[Mark] = []
        self.state = State(domain, omit_unset=omit_unset)

    def states(self) -> Iterable[Features]:
        """States, newest first: the present one, then the one before each action."""
        yield self.state.view()
        for mark in reversed(self.marks):
            yield mark.features

    def trace(self) -> MemoryTrace | None:
        """What memoization sees now."""
        if self._traces is None:
            return None
        before = self.marks[-1].trace if self.marks else None
        return self._traces.extend(before, self.state, hide=False)

    def add(self, event: Event) -> None:
        """Take one event into account, in the order of the conversation."""
        name = event["event"]
        if name in {"restart", "session_started"}:
            self._clear()
        elif name == "undo":
            self._undo_until("action")
            self._restore()
        elif name == "rewind":
            self._undo_until("user")
            self._undo_until("action")
            self._restore()
        elif name == "action" and event["name"] in self._loops and self._is_happy_path(event["name"]):
            self._fold(event["name"])
        else:
            self._append(event)
            if name == "active_loop" and event["name"] and event["name"] not in self._loops:
                self._learn_loop(event["name"])

    def _append(self, event: Event) -> None:
        if event["event"] == "action":
            trace = None
            if self._traces is not None:
                before = self.marks[-1].trace if self.marks else None
                trace = self._traces.extend(before, self.state, hide=bool(event.get("hide_rule_turn")))
            self.marks.append(Mark(len(self.applied), self.state.view(), self.state.copy(), trace))
            if len(self.marks) > KEPT_SNAPSHOTS:
                self.marks[-KEPT_SNAPSHOTS - 1].snapshot = None
        self.applied.append(event)
        self.state.apply(event)

    def _clear(self) -> None:
        self.applied, self.marks = [], []
        self.state = State(self._domain, omit_unset=self._omit_unset)

    def _learn_loop(self, name: str) -> None:
        """From now on executions of `name` fold; the ones before it was known to be a form fold too."""
        self._loops.add(name)
        if sum(event["event"] == "action" and event["name"] == name for event in self.applied) > 1:
            self._rebuild(self.applied)

    def _undo_until(self, name: str) -> None:
        while self.applied and self.applied.pop()["event"] != name:
            pass

    def _restore(self) -> None:
        """Go back to the state at the end of the shortened `applied`."""
        last: Mark | None = None
        while self.marks and self.marks[-1].index >= len(self.applied):
            last = self.marks.pop()
        if last is not None and last.index == len(self.applied) and last.snapshot is not None:
            self.state = last.snapshot
        else:
            self._rebuild(self.applied)

    def _rebuild(self, events: list[Event]) -> None:
        """Replay events that are already applied ones (nothing in them undoes anything)."""
        self._clear()
        for event in events:
            self.add(event)

    def _is_happy_path(self, loop: str) -> bool:
        """Whether a form runs again on an answer to its own question (then only its first run stays in history).

        It does not if the form was ended since, if it rejected the message, or if something else was done since
        the user last spoke (Rasa's `_first_loop_execution_or_unhappy_path`, the other way round).
        """
        following: str | None = None
        for event in reversed(self.applied):
            name = event["event"]
            if name == "active_loop" and event["name"] is None:
                return False
            if name == "action_execution_rejected" and event["name"] == loop:
                return False
            if name == "user" and following is not None and following != loop:
                return False
            if name == "action":
                if event["name"] == loop:
                    return True
                following = event["name"]
        return False

    def _fold(self, loop: str) -> None:
        """Drop the listening and the answer since the form last ran; what they set stays."""
        while self.marks and self.applied[self.marks[-1].index]["name"] != loop:
            self.marks.pop()
        mark = self.marks[-1]
        tail = self.applied[mark.index :]
        kept = [tail[0], *(event for event in tail[1:] if event["event"] not in _TURN_EVENTS)]
        del self.applied[mark.index :]
        if mark.snapshot is None:
            self._rebuild([*self.applied, *kept])
            return
        self.marks.pop()
        self.state = mark.snapshot
        for event in kept:
            self._append(event)


_TURN_EVENTS = frozenset({"action", "user", "user_featurization"})
