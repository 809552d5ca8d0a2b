"""Cron expressions, as in crontab(5): minute, hour, day of the month, month, day of the week (0 or 7: Sunday)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_FARTHEST: Final = timedelta(days=366 * 8 + 2)  # 29 February comes back within 8 years


@dataclass(frozen=True, slots=True)
class Cron:
    """When something is due."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read five fields of numbers, `*`, ranges, steps and lists. Raises ValueError."""
        parts = text.split()
        if len(parts) != len(_RANGES):
            raise ValueError("five fields are expected")
        fields = [_field(part, *limits) for part, limits in zip(parts, _RANGES, strict=True)]
        weekdays = frozenset(day % 7 for day in fields[4])
        cron = cls(
            fields[0], fields[1], fields[2], fields[3], weekdays, parts[2].startswith("*"), parts[4].startswith("*")
        )
        cron.after(datetime(2024, 1, 1))  # noqa: DTZ001  (a day that never comes, like 30 February, is a mistake)
        return cron

    def after(self, moment: datetime) -> datetime:
        """The first minute due after a moment (in the moment's own time zone)."""
        at = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        while at - moment < _FARTHEST:
            if not self._has_day(at):
                at = at.replace(hour=0, minute=0) + timedelta(days=1)
            elif at.hour not in self.hours:
                at = at.replace(minute=0) + timedelta(hours=1)
            elif at.minute not in self.minutes:
                at += timedelta(minutes=1)
            else:
                return at
        raise ValueError("no such day")

    def _has_day(self, at: datetime) -> bool:
        if at.month not in self.months:
            return False
        day, weekday = at.day in self.days, at.isoweekday() % 7 in self.weekdays
        # When both are given, either will do: an oddity of cron.
        return (day and weekday) if self.any_day or self.any_weekday else (day or weekday)


def _field(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            start, stop = low, high
        else:
            start = _number(first, low, high)
            stop = _number(last, low, high) if dash else high if slash else start
        if start > stop:
            raise ValueError(f"{span} goes backwards")
        found |= set(range(start, stop + 1, _number(step, 1, high + 1) if slash else 1))
    return frozenset(found)


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        raise ValueError("a number is out of its range")
    return int(text)
