"""Counting uses and failures: what is asked of whoever counts, Redis or the database.

Names hold keyed hashes only (`Vault.mac`). Times are seconds since the epoch, given by the caller, so that several
processes and the tests agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

FAILURES_KEPT_SECONDS: Final = 24 * 3600
"""How long counted failures are kept after the last one (they are forgiven much sooner)."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` uses in any `seconds` (0: no limit); `reason` names it when it refuses."""

    limit: int
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name, and the windows that it has to fit in."""

    name: str
    windows: tuple[Window, ...]

    @property
    def kept_seconds(self) -> float:
        """How long the use has to be remembered."""
        return max(window.seconds for window in self.windows)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a use has to wait for."""

    reason: str
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class Failures:
    """How many failures a name had when it failed last, and when that was."""

    count: float
    last_at: float


class Counts(Protocol):
    """Counts at one moment. Raises DatabaseUnavailableError where the database counts; never for Redis."""

    async def refusal(self, uses: Sequence[Use]) -> Refusal | None:
        """Which window would refuse one of these uses now; of several, the one with the longest wait."""

    async def take(self, uses: Sequence[Use], mark: str) -> Refusal | None:
        """Count these uses under a `mark` of their own, all of them or (refused) none, at once for everybody."""

    async def note(self, uses: Sequence[Use], mark: str) -> None:
        """Count these uses, whatever the windows say: they have happened."""

    async def give_back(self, uses: Sequence[Use], mark: str) -> None:
        """Uncount what was taken under this mark: it came to nothing."""

    async def failures(self, names: Sequence[str]) -> list[Failures | None]:
        """What was counted for each of these names."""

    async def add_failure(self, name: str, forgiven_every: float) -> None:
        """Count one failure more; one is forgotten every so many seconds."""

    async def forget(self, names: Iterable[str]) -> None:
        """Forget all uses and failures of these names."""


class Counting(Protocol):
    """Gives what counts in a turn."""

    def on(self, session: AsyncSession, now: float) -> Counts:
        """Count at `now`, in the transaction of `session` where the database counts."""

    async def undo(self, uses: Sequence[Use], mark: str) -> None:
        """The transaction in which these uses were taken was rolled back: uncount what did not go with it."""

    async def close(self) -> None:
        """Close the connections."""


def longest(refusals: Iterable[tuple[str, float]]) -> Refusal | None:
    """The refusal to tell of, from reasons and waits in seconds (0 or less: not refused)."""
    reason, wait = max(refusals, key=lambda each: each[1], default=("", 0.0))
    return Refusal(reason, max(1, math.ceil(wait - 1e-6))) if wait > 0 else None


def remaining(failures: Failures | None, forgiven_every: float, now: float) -> float:
    """How many failures are not forgiven yet."""
    if failures is None:
        return 0.0
    return max(0.0, failures.count - max(0.0, now - failures.last_at) / forgiven_every)
