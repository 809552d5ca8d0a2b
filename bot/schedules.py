"""When conversations are anonymized and deleted: `privacy.tracker_store_settings` of endpoints.yml.

The keys are Rasa Pro's: `anonymization` and `deletion`, each with `min_after_session_end` (minutes) and `cron` (in the
server's time). A session ends when nobody has spoken for `session_expiration_time` of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.cron import Cron

Job = Literal["anonymization", "deletion"]
SECTION = "tracker_store_settings"
_JOBS: tuple[Job, ...] = ("anonymization", "deletion")


@dataclass(frozen=True, slots=True)
class Schedule:
    """One job: what, how long after the end of a session, when it runs."""

    job: Job
    minutes: float
    cron: Cron

    def cutoff(self, now: float, session_minutes: float) -> float:
        """Conversations in which nobody spoke since this time (seconds since 1970) are due."""
        return now - (self.minutes + session_minutes) * 60


def read_schedules(section: Mapping[str, Any]) -> list[Schedule]:
    """Read endpoints.yml's `privacy` section. Raises ValueError naming the key that is wrong."""
    given = section.get(SECTION) or {}
    key = f"privacy.{SECTION}"
    if not isinstance(given, Mapping) or set(given) - set(_JOBS):
        raise ValueError(key)
    return [_schedule(job, given[job], f"{key}.{job}") for job in _JOBS if given.get(job) is not None]


def _schedule(job: Job, given: Any, key: str) -> Schedule:
    if not isinstance(given, Mapping) or set(given) != {"min_after_session_end", "cron"}:
        raise ValueError(key)
    minutes = given["min_after_session_end"]
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not 0 <= minutes < float("inf"):
        raise ValueError(f"{key}.min_after_session_end")
    try:
        return Schedule(job, float(minutes), Cron.parse(str(given["cron"])))
    except ValueError:
        raise ValueError(f"{key}.cron") from None
