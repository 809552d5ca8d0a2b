"""Slowing down guesses, without a lock that a stranger could put on someone else's account.

Failures are counted per conversation and per keyed value (the login typed, the NAM tried), and forgiven as
time goes by. A conversation that fails too often waits longer and longer, up to a quarter of an hour. A value
that fails too often, from whichever conversations, makes waits of half a minute at most, and only for
conversations that failed already: whoever comes with the right password is always heard the first time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.models import Throttle


@dataclass(frozen=True, slots=True)
class Rule:
    """How failures of one kind slow the next try. All times in seconds."""

    free: int
    """Failures that cost nothing."""
    step: float
    """The first wait; it doubles with each further failure."""
    cap: float
    """The longest wait."""
    forgiven_every: float
    """Time after which one failure is forgotten."""


BY_CONVERSATION: Final = {
    "login": Rule(free=5, step=30, cap=900, forgiven_every=600),
    "match": Rule(free=8, step=30, cap=900, forgiven_every=300),
    "code": Rule(free=15, step=30, cap=900, forgiven_every=300),
}
BY_VALUE: Final = {
    "login": Rule(free=10, step=5, cap=30, forgiven_every=60),
    "match": Rule(free=10, step=5, cap=30, forgiven_every=60),
}
KEPT_SECONDS: Final = 24 * 3600


async def wait_seconds(
    session: AsyncSession, now: float, kind: str, conv_index: str, value_index: str | None = None
) -> int:
    """How long this conversation has to wait before it may try again; 0 when it may now."""
    conversation, failed_here = await _wait(session, now, BY_CONVERSATION[kind], f"{kind}:c:{conv_index}")
    if value_index is None or kind not in BY_VALUE or not failed_here:
        return conversation
    value, _ = await _wait(session, now, BY_VALUE[kind], f"{kind}:v:{value_index}")
    return max(conversation, value)


async def record_failure(
    session: AsyncSession, now: float, kind: str, conv_index: str, value_index: str | None = None
) -> None:
    """Count a failed try."""
    await _add(session, now, BY_CONVERSATION[kind], f"{kind}:c:{conv_index}")
    if value_index is not None and kind in BY_VALUE:
        await _add(session, now, BY_VALUE[kind], f"{kind}:v:{value_index}")


async def forget_failures(session: AsyncSession, kind: str, conv_index: str) -> None:
    """A try succeeded: the conversation starts afresh; the value does not, others may still guess it."""
    await session.execute(delete(Throttle).where(Throttle.key == f"{kind}:c:{conv_index}"))


async def _wait(session: AsyncSession, now: float, rule: Rule, key: str) -> tuple[int, bool]:
    row = await session.get(Throttle, key)
    if row is None:
        return 0, False
    failures = _remaining(row, rule, now)
    over = math.ceil(failures) - rule.free
    if over < 0:
        return 0, failures > 0
    wait = min(rule.cap, rule.step * 2 ** min(over, 30))
    return max(0, math.ceil(row.last_at + wait - now)), True


async def _add(session: AsyncSession, now: float, rule: Rule, key: str) -> None:
    # Two conversations may fail on the same value at once: the row is made first, then locked.
    await session.execute(
        text("INSERT INTO throttles (key, failures, last_at) VALUES (:key, 0, :now) ON CONFLICT DO NOTHING"),
        {"key": key, "now": now},
    )
    row = await session.get_one(Throttle, key, with_for_update=True, populate_existing=True)
    row.failures, row.last_at = _remaining(row, rule, now) + 1, now
    await session.flush()


def _remaining(row: Throttle, rule: Rule, now: float) -> float:
    return max(0.0, row.failures - max(0.0, now - row.last_at) / rule.forgiven_every)
