"""A conversation: its events, and the state they add up to, kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.dialogue.events import Event
from bot.dialogue.history import History
from bot.dialogue.state import AFTER_RESTART, Loop, State
from bot.dialogue.traces import TraceRules
from bot.project.domain import Domain


class View:
    """A conversation to read from."""

    def __init__(self, sender_id: str, state: State, live: Event | None, restarted_at: int) -> None:
        """`live` is the last user event with its real text, when the logged one is redacted."""
        self.sender_id = sender_id
        self.state = state
        self.restarted_at = restarted_at
        """Index of the first event after the last restart."""
        self._live = live

    @property
    def events(self) -> list[Event]:
        """Every event, oldest first."""
        raise NotImplementedError

    def newest_first(self) -> Iterator[Event]:
        """Every event, without the list being copied."""
        return reversed(self.events)

    def fork(self, extra: Iterable[Event] = (), *, since: int = 0) -> Fork:
        """The conversation as an action sees it, with more events; `since` leaves out the events before an index."""
        raise NotImplementedError

    def slot(self, name: str) -> Any:
        """Value of a slot; None when it is unset or unknown."""
        return self.state.slots.get(name)

    @property
    def latest_user(self) -> Event | None:
        """The last user event, with its real text while its turn lasts."""
        return self._live if self._live is not None else self.state.user

    @property
    def latest_text(self) -> str | None:
        """What the user said last."""
        user = self.latest_user
        return user["text"] if user is not None else None

    def slots_set_in_turn(self) -> list[Event]:
        """Slot events since the last user message (or restart)."""
        found: list[Event] = []
        for event in self.newest_first():
            if event["event"] == "restart" or event is self.state.user:
                break
            if event["event"] == "slot":
                found.append(event)
        found.reverse()
        return found

    def input_channel(self) -> str | None:
        """Channel of the last user message."""
        for event in self.newest_first():
            if event["event"] == "user":
                channel = event.get("input_channel")
                return str(channel) if channel is not None else None
        return None

    def _copied_events(self) -> list[Event]:
        return list(self.events)

    def current_state(self) -> dict[str, Any]:
        """Rasa's tracker JSON with all events; dicts and lists that rasa-sdk changes are copies."""
        state, events = self.state, self._copied_events()
        if self._live is not None:
            for index in range(len(events) - 1, -1, -1):
                if events[index] is state.user:
                    events[index] = self._live
                    break
        return {
            "sender_id": self.sender_id,
            "slots": dict(state.slots),
            "latest_message": dict(self.latest_user["parse_data"]) if self.latest_user is not None else _no_message(),
            "latest_event_time": events[-1]["timestamp"] if events else None,
            "followup_action": state.followup,
            "paused": state.paused,
            "events": events,
            "latest_input_channel": self.input_channel(),
            "active_loop": _loop_json(state.loop),
            "latest_action": {"action_name": state.action} if state.action else {},
            "latest_action_name": state.action,
        }


class Fork(View):
    """A conversation that is ahead of a tracker by some events, as long as the tracker stands still.

    It shares the tracker's list, so that running an action does not copy the conversation.
    """

    def __init__(self, origin: Tracker, state: State, extra: list[Event], since: int) -> None:
        """Start with the events of `origin` from `since` on, and `extra`."""
        super().__init__(origin.sender_id, state, origin.live, max(0, origin.restarted_at - since))
        self._origin = origin
        self._extra = extra
        self._since = since
        self._stop = len(origin.events)

    @property
    def events(self) -> list[Event]:
        """Every event, oldest first (a copy)."""
        return self._origin.events[self._since : self._stop] + self._extra

    def _copied_events(self) -> list[Event]:
        return self.events

    def newest_first(self) -> Iterator[Event]:
        """Every event, without the list being copied."""
        yield from reversed(self._extra)
        for index in range(self._stop - 1, self._since - 1, -1):
            yield self._origin.events[index]

    def fork(self, extra: Iterable[Event] = (), *, since: int = 0) -> Fork:
        """A copy with more events; `since` counts from this one's first event."""
        fork = Fork(self._origin, self.state.copy(), list(self._extra), self._since + since)
        for event in extra:
            fork.add(event)
        return fork

    def add(self, event: Event) -> None:
        """Log an event on this copy only."""
        self._extra.append(event)
        self.state.apply(event)


class Tracker(View):
    """A conversation that can be continued."""

    def __init__(self, sender_id: str, domain: Domain, *, traces: TraceRules | None = None) -> None:
        """A conversation without events. `traces` comes from `Core.traces()` when there are stories."""
        super().__init__(sender_id, State(domain), None, 0)
        self._events: list[Event] = []
        self.domain = domain
        self.history = History(domain, traces=traces)
        self.variations: dict[str, int] = {}
        """Per response, the variation said last."""
        self.last_secret: bytes | None = None
        """A mark of the message before, when that was a secret; in memory only (see `Engine`)."""
        self._saved = 0

    @classmethod
    def from_events(
        cls, sender_id: str, events: Iterable[Event], domain: Domain, *, traces: TraceRules | None = None
    ) -> Tracker:
        """A conversation as it was stored; its events count as saved."""
        tracker = cls(sender_id, domain, traces=traces)
        known = list(events)
        starts = [index for index, event in enumerate(known) if event["event"] in {"restart", "session_started"}]
        # What comes before the last restart or session changes nothing any more: it is only kept.
        first = starts[-1] if starts else 0
        for event in known[:first]:
            tracker._append(event)
        for event in known[first:]:
            tracker.update(event)
        tracker._saved = len(tracker.events)
        return tracker

    @property
    def events(self) -> list[Event]:
        """Every event, oldest first: the list itself, to be read only."""
        return self._events

    @property
    def live(self) -> Event | None:
        """The last user event with its real text, while the turn of a secret lasts."""
        return self._live

    def fork(self, extra: Iterable[Event] = (), *, since: int = 0) -> Fork:
        """The conversation as an action sees it, in constant time."""
        fork = Fork(self, self.state.copy(), [], since)
        for event in extra:
            fork.add(event)
        return fork

    def update(self, event: Event) -> None:
        """Log an event."""
        self._append(event)
        self.history.add(event)
        name = event["event"]
        if name in {"restart", "session_started"}:
            self.state = State(self.domain)
            if name == "restart":
                self.state.followup = AFTER_RESTART
        elif name in {"rewind", "undo"}:
            self.state = self.history.state.copy()
        else:
            self.state.apply(event)

    def new_events(self) -> list[Event]:
        """Events since `mark_saved` was called last, ready to be stored (secrets are redacted in them)."""
        return self.events[self._saved :]

    def mark_saved(self) -> None:
        """What `new_events` gave is stored."""
        self._saved = len(self.events)

    def set_live(self, event: Event | None) -> None:
        """Keep the real text of the last, redacted user event for the turn (None: forget it)."""
        self._live = event

    @property
    def active_loop(self) -> str | None:
        """Name of the active form."""
        return self.state.loop_name

    @property
    def requested_slot(self) -> str | None:
        """Slot that the active form asks for."""
        return self.state.slots.get("requested_slot") if self.state.loop_name else None

    def last_user_time(self) -> float | None:
        """When the user last spoke, in this session and since the last restart."""
        for event in reversed(self._events):
            if event["event"] in {"restart", "session_started"}:
                return None
            if event["event"] == "user":
                return float(event["timestamp"] or 0.0)
        return None

    def _append(self, event: Event) -> None:
        self._events.append(event)
        if event["event"] == "restart":
            self.restarted_at = len(self._events)
        elif event["event"] == "bot":
            metadata = event.get("metadata") or {}
            if "variation" in metadata:
                self.variations[str(metadata.get("utter_action"))] = int(metadata["variation"])


def _loop_json(loop: Loop | None) -> dict[str, Any]:
    return dict(loop._asdict()) if loop is not None else {}


def _no_message() -> dict[str, Any]:
    return {"intent": {}, "entities": [], "text": None, "message_id": None, "metadata": {}}
