"""Stories: what followed the very same states before follows again (`rasa/core/policies/memoization.py`)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.dialogue.core import Core
from bot.dialogue.rules import key_text
from bot.dialogue.state import Features
from bot.dialogue.traces import MemoryTrace


def memory_key(states: Iterable[Features]) -> str:
    """The text stories are remembered under: states must be equal in every feature."""
    return key_text(states)


def recall(core: Core, trace: MemoryTrace | None) -> str | None:
    """The action that the stories have after these states, if any."""
    if trace is None or not trace.states:
        return None
    return core.memory.get(memory_key(trace.states))
