"""What memoization sees of a conversation: turns that only rules predict are hidden from it.

Rasa: `Domain.states_for_tracker_history(ignore_rule_only_turns=True)`.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.dialogue.state import Features, State
from bot.project.names import ACTION_LISTEN


class MemoryTrace(NamedTuple):
    """The visible states up to some point of a conversation."""

    hidden: bool
    """Whether the current turn is hidden."""
    last_action: str | None
    """Last action of a visible turn."""
    states: tuple[Features, ...]
    """Visible states, oldest first; only as many as can matter."""


_EMPTY = MemoryTrace(False, None, ())


class TraceRules:
    """How to extend a trace."""

    def __init__(self, length: int, rule_only_slots: frozenset[str], rule_only_loops: frozenset[str]) -> None:
        """Keep `length` states; leave out slots and loops that only rules mention."""
        self._length = length
        self._slots = rule_only_slots
        self._loops = rule_only_loops

    def extend(self, before: MemoryTrace | None, state: State, *, hide: bool) -> MemoryTrace:
        """The trace one state further; `hide` is the mark of the action that follows the state."""
        known = before or _EMPTY
        last_action = known.last_action if known.hidden else state.action
        hidden = known.hidden
        # A followup or a form's happy path does not change whether the turn is hidden.
        if not state.followup and state.action != state.loop_name:
            hidden = hide
        if hidden:
            return MemoryTrace(hidden, last_action, known.states)
        view = self._without_rule_only(state.view())
        if known.states and view.action != ACTION_LISTEN:
            previous = known.states[-1]
            view = view._replace(intent=previous.intent, entities=previous.entities)
        if last_action:
            view = view._replace(action=last_action)
        return MemoryTrace(hidden, last_action, (*known.states, view)[-self._length :])

    def _without_rule_only(self, view: Features) -> Features:
        if self._slots and not self._slots.isdisjoint(view.slots):
            kept = {name: feature for name, feature in view.slots.items() if name not in self._slots}
            view = view._replace(slots=kept)
        return view._replace(loop=None) if view.loop in self._loops else view
